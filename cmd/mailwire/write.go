package main

import (
	"bufio"
	"errors"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"mailwire/cmd/internal/pcapng"
	"mailwire/cmd/internal/terminal"
	"mailwire/layers"
	"mailwire/layers/trace"
)

// writeFlags are the flags of the commands that can write the frames they show.
type writeFlags struct {
	file    string
	growing bool // the file is to be read while it is written
}

func (f *writeFlags) add(c *cobra.Command, p *program) {
	c.Flags().StringVar(&f.file, "write", "", p.words.Label("cli.flag.write"))
}

// faces shows each event on several faces.
type faces []trace.Face

// Show hands the event to each face until one fails.
func (f faces) Show(e trace.Event) error {
	for _, face := range f {
		if err := face.Show(e); err != nil {
			return err
		}
	}
	return nil
}

// An output is a capture file that is being written, or none. It takes its name only when it is whole, so that what
// had the name before, perhaps the very capture that is being read, is there until then. One that is to be read while it
// grows has its name at once.
type output struct {
	name     string
	file     *os.File // nil: standard output, or none
	buffered *bufio.Writer
	whole    bool // the file has its name already
}

// join adds the file that the flags ask for to a face. A hyphen stands for standard output, which then holds the capture
// alone.
func (f *writeFlags) join(p *program, face trace.Face) (trace.Face, *output, error) {
	if f.file == "" {
		return face, &output{}, nil
	}
	o, err := f.output(p)
	if err != nil {
		return nil, nil, err
	}
	if f.growing && o.file != nil {
		p.flushes = append(p.flushes, o.buffered.Flush)
	}
	written, err := pcapng.New(blocks{o.buffered}, p.words)
	if err != nil {
		return nil, nil, errors.Join(err, o.discard())
	}
	if f.file == "-" {
		return written, o, nil
	}
	return faces{written, face}, o, nil
}

// bufferSize is how much of a capture is held back.
const bufferSize = 1 << 16

func (f *writeFlags) output(p *program) (*output, error) {
	if f.file == "-" {
		if terminal.Is(p.stdout.stream) {
			return nil, wrongUsage(layers.N("cli.write-terminal"), layers.N("cli.write-pipe"))
		}
		return &output{buffered: p.stdout.Writer}, nil
	}
	o, err := createOutput(f.file, f.growing)
	if err != nil {
		return nil, failed(layers.N("cli.create", word("file", f.file), word("error", cause(err))), layers.N("cli.check-directory"))
	}
	return o, nil
}

func createOutput(name string, growing bool) (*output, error) {
	info, err := os.Stat(name)
	special := err == nil && !info.Mode().IsRegular()
	var file *os.File
	switch {
	case special:
		file, err = os.OpenFile(name, os.O_WRONLY, 0)
	case growing:
		file, err = os.Create(name)
	default:
		part := filepath.Join(filepath.Dir(name), "."+filepath.Base(name)+".part")
		file, err = os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o666)
	}
	if err != nil {
		return nil, err
	}
	return &output{name: name, file: file, buffered: bufio.NewWriterSize(file, bufferSize), whole: special || growing}, nil
}

// blocks writes each block whole, so that what is there can be read at any moment.
type blocks struct{ *bufio.Writer }

// Write begins a new piece where the block does not fit into the one at hand.
func (b blocks) Write(block []byte) (int, error) {
	if len(block) > b.Available() {
		if err := b.Flush(); err != nil {
			return 0, err
		}
	}
	return b.Writer.Write(block)
}

// commit finishes the file and gives it its name.
func (o *output) commit() error {
	if o.buffered == nil {
		return nil
	}
	err := o.buffered.Flush()
	if o.file == nil {
		return err
	}
	if err := errors.Join(err, o.file.Close()); err != nil || o.whole {
		return err
	}
	return os.Rename(o.file.Name(), o.name)
}

// discard leaves no file behind.
func (o *output) discard() error {
	if o.file == nil || o.whole {
		return nil
	}
	return errors.Join(o.file.Close(), os.Remove(o.file.Name()))
}

// cause is what the system says, without the name of the file, which is said anyway.
func cause(err error) string {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}
