package main

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/spf13/cobra"

	"mailwire/cmd/internal/terminal"
	"mailwire/layers"
	"mailwire/layers/lexicon"
	simwords "mailwire/sim/words"
)

func newExplainCommand(p *program) *cobra.Command {
	return &cobra.Command{
		Use:     "explain WORDS…",
		Short:   p.words.Label("cli.explain.short"),
		Long:    p.words.Label("cli.explain.long"),
		Example: "  mailwire explain 354\n  mailwire explain UID FETCH\n  mailwire explain SYN\n  mailwire explain smtp.rcpt.relay-denied\n  mailwire explain -- -ERR",
		Args:    p.atLeast(1),
		RunE:    func(_ *cobra.Command, args []string) error { return explainRun(p, strings.Join(args, " ")) },
	}
}

// explainRun prints every entry of the lexicon that the words name.
func explainRun(p *program, words string) error {
	notes := lexicon.New(p.words.Language(), lexicon.Notes, simwords.Notes)
	found := notes.Find(words)
	if len(found) == 0 {
		what := layers.N("cli.nothing-to-explain", word("words", words))
		if near := notes.Near(words, 5); len(near) > 0 {
			return wrongUsage(what, layers.N("cli.near", word("name", strings.Join(near, ", "))))
		}
		return wrongUsage(what, layers.N("cli.explain-hint"))
	}
	width := min(terminal.Width(p.stdout.stream), 96)
	for i, e := range found {
		if i > 0 {
			fmt.Fprintln(p.stdout)
		}
		head := e.ID
		if e.Layer != 0 {
			head += "  " + p.words.Label("face.layer."+e.Layer.String())
		}
		n := layers.N(e.ID)
		fmt.Fprintf(p.stdout, "%s%s%s\n", head, strings.Repeat(" ", max(2, width-ansi.StringWidth(head)-ansi.StringWidth(e.Reference))), e.Reference)
		fmt.Fprintf(p.stdout, "  %s\n", indented(notes.Line(n), width))
		if why := notes.Why(n); why != "" {
			fmt.Fprintf(p.stdout, "  %s\n", indented(why, width))
		}
	}
	return nil
}

func indented(s string, width int) string {
	return strings.ReplaceAll(ansi.Wrap(s, width-2, ""), "\n", "\n  ")
}
