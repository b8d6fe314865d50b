package main

import (
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"mailwire/layers"
	"mailwire/layers/lexicon"
)

func newRootCommand(p *program) *cobra.Command {
	root := &cobra.Command{
		Use:                   "mailwire",
		Short:                 p.words.Label("cli.short"),
		Long:                  p.words.Label("cli.long"),
		Example:               "  mailwire run first-mail\n  mailwire replay lab.pcapng\n  mailwire explain 354",
		Version:               version,
		SilenceErrors:         true,
		SilenceUsage:          true,
		CompletionOptions:     cobra.CompletionOptions{DisableDefaultCmd: true},
		DisableFlagsInUseLine: true,
		Args:                  func(c *cobra.Command, args []string) error { return p.unknownCommand(c, args) },
		RunE:                  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.PersistentFlags().String("lang", "", p.words.Label("cli.flag.lang"))
	root.PersistentPreRunE = func(c *cobra.Command, _ []string) error { return checkLanguage(c.Flags()) }
	root.AddCommand(newRunCommand(p), newCompareCommand(p), newReplayCommand(p), newCaptureCommand(p), newServeCommand(p), newConnectCommand(p), newListCommand(p), newShowCommand(p), newCheckCommand(p), newSchemaCommand(p), newExplainCommand(p), newCompletionCommand(p))
	p.dress(root)
	return root
}

// unknownCommand refuses words behind mailwire that are no command, with the nearest that is one.
func (p *program) unknownCommand(root *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var names []string
	for _, c := range root.Commands() {
		names = append(names, c.Name())
	}
	return p.unknown("command", args[0], names)
}

// unknown says that there is no such thing, and which is near or, where none is, which there are.
func (p *program) unknown(kind, got string, known []string) error {
	what := layers.N("cli.unknown."+kind, word("name", got))
	if near := nearest(got, known); near != "" {
		return wrongUsage(what, layers.N("cli.near", word("name", near)))
	}
	if len(known) == 0 {
		return wrongUsage(what)
	}
	return wrongUsage(what, layers.N("cli.one-of", word("names", strings.Join(known, ", "))))
}

func nearest(got string, known []string) string { return lexicon.Nearest(got, known) }

func checkLanguage(flags *pflag.FlagSet) error {
	name, _ := flags.GetString("lang")
	if _, ok := lexicon.Match(name); name == "" || ok {
		return nil
	}
	return wrongUsage(layers.N("cli.unknown.language", word("name", name)), layers.N("cli.languages"))
}

// flagError says in the reader's language what pflag says in English.
func (p *program) flagError(c *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var missing *pflag.ValueRequiredError
	var invalid *pflag.InvalidValueError
	switch {
	case errors.As(err, &unknown):
		var names []string
		c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, "--"+f.Name) })
		slices.Sort(names)
		name := unknown.GetSpecifiedName()
		if len(name) == 1 {
			name = "-" + name
		} else {
			name = "--" + name
		}
		return p.unknown("flag", name, names)
	case errors.As(err, &missing):
		return wrongUsage(layers.N("cli.flag-needs-value", word("flag", missing.GetSpecifiedName())), p.seeHelp(c))
	case errors.As(err, &invalid):
		return wrongUsage(layers.N("cli.flag-value", word("flag", invalid.GetFlag().Name), word("value", invalid.GetValue())), p.seeHelp(c))
	}
	return wrongUsage(layers.N("cli.flag-syntax", word("error", err.Error())), p.seeHelp(c))
}

func (p *program) seeHelp(c *cobra.Command) layers.Note {
	return layers.N("cli.see-help", word("command", c.CommandPath()+" --help"))
}

// exactly wants n arguments behind a command.
func (p *program) exactly(n int) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) != n {
			return wrongUsage(layers.N("cli.arguments", word("command", c.UseLine())), p.seeHelp(c))
		}
		return nil
	}
}

// atLeast wants n arguments or more behind a command.
func (p *program) atLeast(n int) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) < n {
			return wrongUsage(layers.N("cli.arguments", word("command", c.UseLine())), p.seeHelp(c))
		}
		return nil
	}
}

// atMost wants n arguments or fewer behind a command.
func (p *program) atMost(n int) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) > n {
			return wrongUsage(layers.N("cli.arguments", word("command", c.UseLine())), p.seeHelp(c))
		}
		return nil
	}
}
