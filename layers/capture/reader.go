package capture

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"time"

	"mailwire/layers"
)

// FrameMax is the longest frame that is read, in bytes, unless the file announces longer ones.
const FrameMax = 256 << 10

// recordMax is the longest record of a file that is held in memory, whatever the file announces.
const recordMax = 16 << 20

// A Reader hands out the frames of a capture file one by one.
type Reader struct {
	source  source
	format  format
	frame   layers.Frame
	names   []Name
	secrets []Secrets
	remarks remarks
	opened  bool // Next was called: the remarks of the file's header have been told
	ended   bool
}

// A format reads the records of one kind of file.
type format interface {
	// next reads up to the next frame and fills r.frame, all but its number.
	next(r *Reader) error
}

// Open reads the first bytes of r and recognises what they are. It returns a *FormatError for what is no capture, a
// *DamageError for one whose very header is cut, and the error of r if it fails.
func Open(r io.Reader) (*Reader, error) {
	c := &Reader{source: newSource(r)}
	start, err := c.source.peek(4)
	if bytes.HasPrefix(start, []byte{0x1f, 0x8b}) {
		unpacked, err := newGunzip(bufio.NewReaderSize(io.MultiReader(bytes.NewReader(c.source.buffered()), r), bufferSize))
		if err != nil {
			return nil, &DamageError{Note: layers.N("capture.packed-broken", layers.A("offset", layers.Int(0)))}
		}
		c.source = newSource(unpacked)
		c.source.packed = true
		if start, err = c.source.peek(4); err != nil && err != io.EOF {
			return nil, c.source.ended(err, 0, 4)
		}
	} else if err != nil && err != io.EOF {
		return nil, err
	}
	if c.format, err = c.recognise(start); err != nil {
		return nil, err
	}
	return c, nil
}

// recognise finds the format by the first four bytes and reads the file's header.
func (r *Reader) recognise(start []byte) (format, error) {
	if len(start) < 4 {
		return nil, seems(start)
	}
	switch binary.BigEndian.Uint32(start) {
	case 0xa1b2c3d4:
		return openPcap(&r.source, binary.BigEndian, time.Microsecond)
	case 0xd4c3b2a1:
		return openPcap(&r.source, binary.LittleEndian, time.Microsecond)
	case 0xa1b23c4d:
		return openPcap(&r.source, binary.BigEndian, time.Nanosecond)
	case 0x4d3cb2a1:
		return openPcap(&r.source, binary.LittleEndian, time.Nanosecond)
	case blockSection:
		return openPcapng(&r.source)
	}
	r.source.peek(512) // more to judge by, if there is more
	return nil, seems(r.source.buffered())
}

// Next returns the next frame, valid until the call after; its Interface stays. At the end of a sound file the error is
// io.EOF. A *DamageError may be followed by more calls of Next, which go on behind the damage where the file tells how
// far it goes, and else return io.EOF. Any other error is the error of the underlying reader.
func (r *Reader) Next() (*layers.Frame, error) {
	r.names, r.secrets = r.names[:0], r.secrets[:0]
	if r.opened {
		r.remarks.reset()
	}
	r.opened = true
	if r.ended {
		return nil, io.EOF
	}
	r.frame.Comment = ""
	if err := r.format.next(r); err != nil {
		var skipped *skippedError
		if errors.As(err, &skipped) {
			return nil, skipped.damage
		}
		r.ended = true
		return nil, err
	}
	r.frame.Number++
	return &r.frame, nil
}

// A skippedError is damage behind which a format can go on.
type skippedError struct{ damage *DamageError }

func (e *skippedError) Error() string { return e.damage.Error() }

// Names returns the names that the last call of Next met on its way to the frame, the damage or the end. The slice is
// valid until the next call of Next. At most 65536 are kept at a time.
func (r *Reader) Names() []Name { return r.names }

// Secrets returns the secrets that the last call of Next met, as Names does. The caller may keep their Data. At most
// 16 MiB are kept at a time.
func (r *Reader) Secrets() []Secrets { return r.secrets }

// Remarks returns what the file said of itself on the way of the last call of Next to the frame, the damage or the end;
// after the first call what stands at the start of the file too. The slice is valid until the next call of Next. About
// 1 MiB of them are kept at a time.
func (r *Reader) Remarks() []Remark { return r.remarks.list }
