package main

import (
	"errors"
	"io"
	"os"

	"github.com/spf13/cobra"

	"mailwire/layers"
	"mailwire/layers/capture"
	"mailwire/layers/trace"
)

// replayOptions are the flags of replay.
type replayOptions struct {
	trace   traceFlags
	filter  filterFlag
	write   writeFlags
	save    saveFlags
	secrets bool
}

func newReplayCommand(p *program) *cobra.Command {
	var o replayOptions
	c := &cobra.Command{
		Use:     "replay FILE|-",
		Short:   p.words.Label("cli.replay.short"),
		Long:    p.words.Label("cli.replay.long"),
		Example: "  mailwire replay lab.pcapng\n  tcpdump -w - port 25 | mailwire replay -\n  mailwire replay lab.pcap --detail story --lang es",
		Args:    p.exactly(1),
		RunE:    func(_ *cobra.Command, args []string) error { return replayRun(p, &o, args[0]) },
	}
	o.trace.add(c, p)
	o.filter.add(c, p)
	o.write.add(c, p)
	o.save.add(c, p)
	c.Flags().BoolVar(&o.secrets, "show-secrets", false, p.words.Label("cli.flag.show-secrets"))
	return c
}

// replayRun explains a capture file.
func replayRun(p *program, o *replayOptions, name string) error {
	in, err := p.openCapture(name)
	if err != nil {
		return err
	}
	defer in.Close()
	reader, err := capture.Open(in)
	if err != nil {
		return captureFault(name, err)
	}
	face, err := o.trace.face(p)
	if err != nil {
		return err
	}
	if face, err = o.filter.wrap(p, face); err != nil {
		return err
	}
	face, out, err := o.write.join(p, face)
	if err != nil {
		return err
	}
	options := trace.Options{ShowSecrets: o.secrets}
	saved, err := o.save.join(p, &options)
	if err != nil {
		return errors.Join(err, out.discard())
	}
	err = trace.Replay(reader, trace.NewFollower(options, face))
	return errors.Join(captureFault(name, err), out.commit(), saved())
}

func (p *program) openCapture(name string) (io.ReadCloser, error) {
	if name == "-" {
		return &liveSource{io.NopCloser(p.stdin), p.stdout}, nil
	}
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		return nil, failed(layers.N("cli.directory", word("file", name)))
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, fileFault(name, err)
	}
	return &liveSource{file, p.stdout}, nil
}

// captureFault says what is wrong with a capture: it is none, or it is damaged.
func captureFault(name string, err error) error {
	var format *capture.FormatError
	var damage *capture.DamageError
	switch {
	case errors.As(err, &format):
		return failed(layers.N("cli.no-capture", word("file", name)), format.Note())
	case errors.As(err, &damage):
		return failed(layers.N("cli.damaged", word("file", name), layers.A("offset", layers.Int(damage.Offset))))
	}
	return err
}
