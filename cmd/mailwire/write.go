package main

import (
	"bufio"
	"errors"
	"os"

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

// join adds the file to a face. Closing it finishes the file.
func (f *writeFlags) join(p *program, face trace.Face) (trace.Face, func() error, error) {
	if f.file == "" {
		return face, func() error { return nil }, nil
	}
	file, err := os.Create(f.file)
	if err != nil {
		return nil, nil, failed(layers.N("cli.create", word("file", f.file), word("error", cause(err))), layers.N("cli.check-directory"))
	}
	buffered := bufio.NewWriterSize(file, 1<<16)
	written, err := pcapng.New(buffered, p.words)
	if err != nil {
		return nil, nil, err
	}
	return faces{written, face}, func() error { return errors.Join(buffered.Flush(), file.Close()) }, nil
}

// cause is what the system says, without the name of the file, which is said anyway.
func cause(err error) string {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}
