package host

import (
	"context"
	"errors"
	"io"
	"os"
	"time"

	"mailwire/layers"
	"mailwire/layers/capture"
)

// look is how often a file is looked at for more.
const look = 100 * time.Millisecond

// errReplaced ends the reading of a file that was begun anew: truncated, or another has its name now.
var errReplaced = errors.New("host: file replaced")

// A tail reads a file that grows: at its end it waits for more.
type tail struct {
	ctx  context.Context
	idle Idle
	name string
	file *os.File
	read int64
}

func (t *tail) Read(b []byte) (int, error) {
	for {
		if t.ctx.Err() != nil {
			return 0, ErrStopped
		}
		n, err := t.file.Read(b)
		t.read += int64(n)
		if n > 0 || err != nil && err != io.EOF {
			return n, err
		}
		if t.replaced() {
			return 0, errReplaced
		}
		if err := t.idle(); err != nil {
			return 0, err
		}
		select {
		case <-t.ctx.Done():
		case <-time.After(look):
		}
	}
}

// replaced says whether the file is shorter than what was read of it, or its name stands for another one. A name that is
// gone may come back.
func (t *tail) replaced() bool {
	now, err := t.file.Stat()
	if err != nil {
		return false
	}
	if now.Size() < t.read {
		return true
	}
	named, err := os.Stat(t.name)
	return err == nil && !os.SameFile(now, named)
}

// A Followed is a capture file that grows, as a source of frames. A record that is not whole yet is waited for. When the
// file is begun anew, its frames follow those of before, numbered on.
type Followed struct {
	tail    *tail
	reader  *capture.Reader
	frame   layers.Frame
	number  int
	remarks []capture.Remark
}

// Follow opens a capture file and waits for its first bytes. Errors are those of the system and of capture.Open.
func Follow(ctx context.Context, name string, idle Idle) (*Followed, error) {
	f := &Followed{tail: &tail{ctx: ctx, idle: idle, name: name}}
	return f, f.open()
}

// open begins with the file that has the name now.
func (f *Followed) open() error {
	for {
		file, err := os.Open(f.tail.name)
		if err != nil {
			return err
		}
		f.Close()
		f.tail.file, f.tail.read = file, 0
		f.reader, err = capture.Open(f.tail)
		if !errors.Is(err, errReplaced) {
			return err
		}
	}
}

// Close closes the file.
func (f *Followed) Close() error {
	if f.tail.file == nil {
		return nil
	}
	return f.tail.file.Close()
}

// Next waits for the next frame. It ends with [ErrStopped].
func (f *Followed) Next() (*layers.Frame, error) {
	f.remarks = f.remarks[:0]
	frame, err := f.reader.Next()
	if errors.Is(err, errReplaced) {
		if err := f.open(); err != nil {
			return nil, err
		}
		file := layers.A("file", layers.String(f.tail.name))
		f.remarks = append(f.remarks, capture.Remark{Kind: capture.RemarkReplaced, Values: []layers.Arg{file}, Note: layers.N("capture.replaced", file)})
		frame, err = f.reader.Next()
	}
	f.remarks = append(f.remarks, f.reader.Remarks()...)
	if err != nil {
		return nil, err
	}
	f.number++
	f.frame = *frame
	f.frame.Number = f.number
	return &f.frame, nil
}

// Names is as that of a capture.Reader.
func (f *Followed) Names() []capture.Name { return f.reader.Names() }

// Secrets is as that of a capture.Reader.
func (f *Followed) Secrets() []capture.Secrets { return f.reader.Secrets() }

// Remarks is as that of a capture.Reader; and a file that was begun anew is told.
func (f *Followed) Remarks() []capture.Remark { return f.remarks }
