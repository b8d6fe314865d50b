package main

import (
	"slices"

	"github.com/spf13/cobra"

	"mailwire/layers/trace"
	"mailwire/scenarios"
)

// comparison is the scenario whose parameter "strategy" compare goes through.
const comparison = "strategies"

func newCompareCommand(p *program) *cobra.Command {
	var flags traceFlags
	c := &cobra.Command{
		Use:     "compare [STRATEGY…]",
		Short:   p.words.Label("cli.compare.short"),
		Long:    p.words.Label("cli.compare.long"),
		Example: "  mailwire compare\n  mailwire compare pop3-delete imap\n  mailwire compare --format json",
		RunE:    func(_ *cobra.Command, args []string) error { return compareRun(p, &flags, args) },

		ValidArgs: scenarios.Compared,
	}
	flags.add(c, p)
	return c
}

// compareRun plays the same acts by each strategy and shows the ledger of all of them.
func compareRun(p *program, flags *traceFlags, strategies []string) error {
	if len(strategies) == 0 {
		strategies = scenarios.Compared
	}
	for _, name := range strategies {
		if !slices.Contains(scenarios.Compared, name) {
			return p.unknown("strategy", name, scenarios.Compared)
		}
	}
	var once []string // naming one twice asks nothing more
	for _, name := range strategies {
		if !slices.Contains(once, name) {
			once = append(once, name)
		}
	}
	face, err := flags.face(p)
	if err != nil {
		return err
	}
	ledger := &ledgerFace{face: face}
	for _, name := range once {
		s, err := p.loadScenario(comparison, map[string]string{"strategy": name})
		if err != nil {
			return err
		}
		unmet, err := s.Run(scenarios.Options{Language: p.words.Language(), Face: ledger})
		if err != nil {
			return err
		}
		if err := p.reportUnmet(s.Name, unmet); err != nil {
			return err
		}
	}
	return face.Show(&trace.Board{})
}

// A ledgerFace passes on what a comparison is about: the title once, the rows, and what befalls the people in between.
type ledgerFace struct {
	face   trace.Face
	titled bool
}

// Show passes on the first title, every row, and every act that is nobody's.
func (l *ledgerFace) Show(e trace.Event) error {
	switch e := e.(type) {
	case *trace.Title:
		if l.titled {
			return nil
		}
		l.titled = true
	case *trace.Act:
		if e.Who != "" {
			return nil
		}
	case *trace.Ledger:
	default:
		return nil
	}
	return l.face.Show(e)
}
