package main

import (
	"github.com/spf13/cobra"

	"mailwire/cmd/internal/save"
	"mailwire/layers"
	"mailwire/layers/trace"
)

// saveFlags are the flags of the commands that can save the mails that pass.
type saveFlags struct {
	dir string
	box *save.Box
}

func (f *saveFlags) add(c *cobra.Command, p *program) {
	c.Flags().StringVar(&f.dir, "save", "", p.words.Label("cli.flag.save"))
}

// join lets a trace hand over its mails. finish says what was saved, once the trace is over.
func (f *saveFlags) join(p *program, o *trace.Options) (finish func() error, err error) {
	if f.dir == "" {
		return func() error { return nil }, nil
	}
	box, err := save.Open(f.dir)
	if err != nil {
		return nil, f.fault(err)
	}
	f.box, o.Mails = box, box.Mail
	return func() error {
		saved, err := box.Close()
		if err != nil {
			return f.fault(err)
		}
		p.complain(p.words.Line(layers.N("cli.saved", word("directory", f.dir), layers.A("mails", layers.Int(saved.Mails)),
			layers.A("incomplete", layers.Int(saved.Incomplete)), layers.A("attachments", layers.Int(saved.Attachments)))))
		return nil
	}, nil
}

// kept says whether all mails that have passed are saved: why not, or nil.
func (f *saveFlags) kept() error {
	if f.box == nil {
		return nil
	}
	return f.box.Err()
}

func (f *saveFlags) fault(err error) error {
	return failed(layers.N("cli.create", word("file", f.dir), word("error", cause(err))), layers.N("cli.check-directory"))
}
