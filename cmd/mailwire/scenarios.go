package main

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/spf13/cobra"

	"mailwire/cmd/internal/terminal"
	"mailwire/layers"
	"mailwire/scenarios"
)

func newListCommand(p *program) *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: p.words.Label("cli.list.short"),
		Args:  p.exactly(0),
		RunE:  func(*cobra.Command, []string) error { return listRun(p) },
	}
}

// listRun prints the shipped scenarios by topic, each with its title.
func listRun(p *program) error {
	byTopic := map[string][]*scenarios.Scenario{}
	for _, name := range scenarios.Names() {
		s, err := p.loadScenario(name, nil)
		if err != nil {
			return err
		}
		byTopic[s.Topic] = append(byTopic[s.Topic], s)
	}
	width := terminal.Width(p.stdout.stream)
	for i, topic := range scenarios.Topics {
		if i > 0 {
			fmt.Fprintln(p.stdout)
		}
		fmt.Fprintln(p.stdout, p.words.Label("cli.topic."+topic))
		for _, s := range byTopic[topic] {
			title := ansi.Wrap(s.Title.In(p.words.Language()), max(width-22, 20), "")
			fmt.Fprintf(p.stdout, "  %-20s%s\n", s.Name, strings.ReplaceAll(title, "\n", "\n"+strings.Repeat(" ", 22)))
		}
	}
	return nil
}

func newShowCommand(p *program) *cobra.Command {
	return &cobra.Command{
		Use:       "show NAME",
		Short:     p.words.Label("cli.show.short"),
		Long:      p.words.Label("cli.show.long"),
		Example:   "  mailwire show first-mail > mine.yaml\n  mailwire run mine.yaml",
		Args:      p.exactly(1),
		ValidArgs: scenarios.Names(),
		RunE: func(_ *cobra.Command, args []string) error {
			source, ok := scenarios.Shipped(args[0])
			if !ok {
				return p.unknown("scenario", args[0], scenarios.Names())
			}
			_, err := p.stdout.Write(source)
			return err
		},
	}
}

func newCheckCommand(p *program) *cobra.Command {
	return &cobra.Command{
		Use:     "check FILE.yaml",
		Short:   p.words.Label("cli.check.short"),
		Long:    p.words.Label("cli.check.long"),
		Example: "  mailwire check mine.yaml",
		Args:    p.exactly(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if _, err := p.loadScenario(args[0], nil); err != nil {
				return err
			}
			fmt.Fprintln(p.stdout, terminal.Safe(p.words.Line(layers.N("cli.check-fine", word("file", args[0])))))
			return nil
		},
	}
}

func newSchemaCommand(p *program) *cobra.Command {
	return &cobra.Command{
		Use:     "schema",
		Short:   p.words.Label("cli.schema.short"),
		Example: "  mailwire schema > mailwire.schema.json\n  echo '# yaml-language-server: $schema=mailwire.schema.json' > mine.yaml",
		Args:    p.exactly(0),
		RunE: func(*cobra.Command, []string) error {
			_, err := p.stdout.Write(scenarios.Schema())
			return err
		},
	}
}
