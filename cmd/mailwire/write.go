package main

import (
	"bufio"
	"errors"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"mailwire/cmd/internal/pcapng"
	"mailwire/layers"
	"mailwire/layers/trace"
)

// writeFlags are the flags of the commands that can write the frames they show.
type writeFlags struct{ file string }

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
// had the name before, perhaps the very capture that is being read, is there until then.
type output struct {
	name     string
	file     *os.File // nil: none
	buffered *bufio.Writer
	whole    bool // the file has its name already: it is a pipe or a device
}

// join adds the file that the flags ask for to a face.
func (f *writeFlags) join(p *program, face trace.Face) (trace.Face, *output, error) {
	if f.file == "" {
		return face, &output{}, nil
	}
	o, err := createOutput(f.file)
	if err != nil {
		return nil, nil, failed(layers.N("cli.create", word("file", f.file), word("error", cause(err))), layers.N("cli.check-directory"))
	}
	written, err := pcapng.New(o.buffered, p.words)
	if err != nil {
		return nil, nil, errors.Join(err, o.discard())
	}
	return faces{written, face}, o, nil
}

func createOutput(name string) (*output, error) {
	info, err := os.Stat(name)
	special := err == nil && !info.Mode().IsRegular()
	var file *os.File
	if special {
		file, err = os.OpenFile(name, os.O_WRONLY, 0)
	} else {
		part := filepath.Join(filepath.Dir(name), "."+filepath.Base(name)+".part")
		file, err = os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o666)
	}
	if err != nil {
		return nil, err
	}
	return &output{name: name, file: file, buffered: bufio.NewWriterSize(file, 1<<16), whole: special}, nil
}

// commit finishes the file and gives it its name.
func (o *output) commit() error {
	if o.file == nil {
		return nil
	}
	if err := errors.Join(o.buffered.Flush(), o.file.Close()); err != nil || o.whole {
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
