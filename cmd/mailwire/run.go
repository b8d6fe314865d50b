package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"mailwire/cmd/internal/terminal"
	"mailwire/layers"
	"mailwire/scenarios"
)

// runOptions are the flags of run.
type runOptions struct {
	trace  traceFlags
	filter filterFlag
	write  writeFlags
	at     []string
	seed   uint64
	set    []string
}

func newRunCommand(p *program) *cobra.Command {
	var o runOptions
	c := &cobra.Command{
		Use:     "run NAME|FILE.yaml",
		Short:   p.words.Label("cli.run.short"),
		Long:    p.words.Label("cli.run.long"),
		Example: "  mailwire run first-mail\n  mailwire run pop-cable --detail story\n  mailwire run duel --write duel.pcapng\n  mailwire run mine.yaml --layer transport",
		Args:    p.exactly(1),
		RunE:    func(_ *cobra.Command, args []string) error { return runRun(p, &o, args[0]) },

		ValidArgs: scenarios.Names(),
	}
	o.trace.add(c, p)
	o.filter.add(c, p)
	o.write.add(c, p)
	c.Flags().StringSliceVar(&o.at, "at", nil, p.words.Label("cli.flag.at"))
	c.Flags().Uint64Var(&o.seed, "seed", 0, p.words.Label("cli.flag.seed"))
	c.Flags().StringArrayVar(&o.set, "set", nil, p.words.Label("cli.flag.set"))
	return c
}

// runRun plays a scenario and shows its trace.
func runRun(p *program, o *runOptions, name string) error {
	set, err := parameters(o.set)
	if err != nil {
		return err
	}
	s, err := p.loadScenario(name, set)
	if err != nil {
		return err
	}
	face, err := o.filter.face(p, &o.trace)
	if err != nil {
		return err
	}
	face, out, err := o.write.join(p, face)
	if err != nil {
		return err
	}
	unmet, err := s.Run(scenarios.Options{Language: p.words.Language(), Seed: o.seed, At: o.at, Face: face})
	var tap *scenarios.TapError
	if errors.As(err, &tap) {
		return errors.Join(p.unknown("tap", tap.Name, tap.Known), out.discard())
	}
	if err := errors.Join(err, out.commit()); err != nil {
		return err
	}
	return p.reportUnmet(s.Name, unmet)
}

// reportUnmet says what did not end as the scenario says it must.
func (p *program) reportUnmet(name string, unmet []layers.Note) error {
	if len(unmet) == 0 {
		return nil
	}
	for _, n := range unmet {
		fmt.Fprintf(p.stderr, "  %s\n", terminal.Safe(p.words.Line(n)))
	}
	return failed(layers.N("cli.expectation-failed", word("name", name)))
}

// parameters reads the values of --set.
func parameters(list []string) (map[string]string, error) {
	set := map[string]string{}
	for _, s := range list {
		name, value, ok := strings.Cut(s, "=")
		if !ok || name == "" {
			return nil, wrongUsage(layers.N("cli.set-syntax", word("value", s)))
		}
		set[name] = value
	}
	return set, nil
}
