package main

import (
	"errors"

	"github.com/spf13/cobra"

	"mailwire/layers"
	"mailwire/layers/trace"
)

// replayOptions are the flags of replay.
type replayOptions struct {
	explainFlags
	tail      bool
	compare   string
	anonymize string // the file to write instead
}

func newReplayCommand(p *program) *cobra.Command {
	var o replayOptions
	c := &cobra.Command{
		Use:     "replay FILE…|-",
		Short:   p.words.Label("cli.replay.short"),
		Long:    p.words.Label("cli.replay.long"),
		Example: "  mailwire replay lab.pcapng\n  mailwire replay client.pcap server.pcap\n  tcpdump -w - port 25 | mailwire replay -\n  mailwire replay --tail growing.pcapng\n  mailwire replay lab.pcap --detail story --lang es",
		Args:    p.atLeast(1),
		RunE:    func(_ *cobra.Command, args []string) error { return replayRun(p, &o, args) },
	}
	o.add(c, p)
	addCompare(c, p, &o.compare)
	c.Flags().BoolVar(&o.tail, "tail", false, p.words.Label("cli.flag.tail"))
	c.Flags().StringVar(&o.anonymize, "anonymize", "", p.words.Label("cli.flag.anonymize"))
	return c
}

// replayRun explains capture files.
func replayRun(p *program, o *replayOptions, names []string) error {
	if o.anonymize != "" {
		return anonymizeRun(p, names, o)
	}
	if o.tail && len(names) > 1 {
		return wrongUsage(layers.N("cli.tail-one"))
	}
	ctx, stop := p.untilStopped(names, o.tail)
	defer stop()
	var source trace.Source
	var refused, err error
	if o.tail && names[0] != "-" {
		source, err = p.follow(ctx, names[0])
	} else {
		source, refused, err = p.openCaptures(ctx, names)
	}
	if err != nil {
		return err
	}
	if o.compare != "" {
		return errors.Join(p.contrastSource(source, o, names[0]), refused)
	}
	return errors.Join(p.explainSource(source, &o.explainFlags, names[0]), refused)
}

// explainFlags are the flags of the commands that explain real traffic.
type explainFlags struct {
	trace   traceFlags
	filter  filterFlag
	write   writeFlags
	save    saveFlags
	keys    string
	secrets bool
}

func (f *explainFlags) add(c *cobra.Command, p *program) {
	f.trace.add(c, p)
	f.filter.add(c, p)
	f.write.add(c, p)
	f.save.add(c, p)
	c.Flags().StringVar(&f.keys, "keys", "", p.words.Label("cli.flag.keys"))
	c.Flags().BoolVar(&f.secrets, "show-secrets", false, p.words.Label("cli.flag.show-secrets"))
}

// explainSource shows the trace of a source, and keeps its frames and mails where that is asked for. Faults are told with
// its name.
func (p *program) explainSource(source trace.Source, o *explainFlags, name string) error {
	face, err := o.trace.face(p)
	if err != nil {
		return err
	}
	return p.explainTo(face, source, o, name)
}

// explainTo is explainSource with a face of the caller's.
func (p *program) explainTo(face trace.Face, source trace.Source, o *explainFlags, name string) error {
	keys, err := p.readKeys(o.keys)
	if err != nil {
		return err
	}
	face, err = o.filter.wrap(p, face)
	if err != nil {
		return err
	}
	face, out, err := o.write.join(p, face)
	if err != nil {
		return err
	}
	options := trace.Options{ShowSecrets: o.secrets, Keys: keys}
	saved, err := o.save.join(p, &options)
	if err != nil {
		return errors.Join(err, out.discard())
	}
	err = trace.Replay(source, trace.NewFollower(options, face))
	return errors.Join(captureFault(name, err), out.commit(), saved())
}
