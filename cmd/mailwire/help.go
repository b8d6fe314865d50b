package main

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"mailwire/cmd/internal/terminal"
)

// dress gives a command and those below it help in the reader's language in place of cobra's English.
func (p *program) dress(c *cobra.Command) {
	c.SetHelpFunc(func(c *cobra.Command, _ []string) { fmt.Fprint(c.OutOrStdout(), p.help(c)) })
	c.SetUsageFunc(func(c *cobra.Command) error { _, err := fmt.Fprint(c.ErrOrStderr(), p.help(c)); return err })
	c.SetFlagErrorFunc(p.flagError)
	c.SetHelpCommand(&cobra.Command{Use: "help COMMAND", Short: p.words.Label("cli.flag.help"), Hidden: true, DisableFlagsInUseLine: true, RunE: func(h *cobra.Command, args []string) error {
		target, _, err := h.Root().Find(args)
		if err != nil || target == h.Root() && len(args) > 0 {
			return p.unknownCommand(h.Root(), args)
		}
		return target.Help()
	}})
	c.SetVersionTemplate("mailwire {{.Version}}\n")
	p.dressFlags(c)
	for _, sub := range c.Commands() {
		p.dressFlags(sub)
	}
}

func (p *program) dressFlags(c *cobra.Command) {
	c.Flags().BoolP("help", "h", false, p.words.Label("cli.flag.help"))
	if c.Version != "" {
		c.Flags().Bool("version", false, p.words.Label("cli.flag.version"))
	}
	c.Flags().SortFlags = false
	c.DisableFlagsInUseLine = true
}

// help is all that a command says of itself.
func (p *program) help(c *cobra.Command) string {
	var b strings.Builder
	width := terminal.Width(p.stdout.stream)
	section := func(label string) { fmt.Fprintf(&b, "\n%s\n", p.words.Label(label)) }
	description := c.Long
	if description == "" {
		description = c.Short
	}
	b.WriteString(ansi.Wrap(description, width, "") + "\n")
	section("cli.help.usage")
	use := c.UseLine()
	if c.HasAvailableSubCommands() {
		use = c.CommandPath() + " " + p.words.Label("cli.help.command-flags")
	}
	b.WriteString("  " + use + "\n")
	if c.Example != "" {
		section("cli.help.examples")
		b.WriteString(c.Example + "\n")
	}
	if c.HasAvailableSubCommands() {
		section("cli.help.commands")
		for _, sub := range c.Commands() {
			if !sub.Hidden {
				row(&b, "  "+sub.Name(), sub.Short, 14, width)
			}
		}
	}
	section("cli.help.flags")
	c.LocalFlags().VisitAll(func(f *pflag.Flag) { row(&b, flagName(f), flagUsage(f), 26, width) })
	c.InheritedFlags().VisitAll(func(f *pflag.Flag) { row(&b, flagName(f), flagUsage(f), 26, width) })
	if c.Flags().Lookup("filter") != nil {
		section("cli.filter.help.title")
		p.filterHelp(&b, width)
	}
	return b.String()
}

// row writes a word and what it means in two columns.
func row(b *strings.Builder, word, meaning string, column, width int) {
	pad := column - ansi.StringWidth(word)
	if pad < 2 {
		b.WriteString(word + "\n")
		word, pad = "", column
	}
	indent := strings.Repeat(" ", column)
	lines := strings.ReplaceAll(ansi.Wrap(meaning, max(width-column, 20), ""), "\n", "\n"+indent)
	b.WriteString(word + strings.Repeat(" ", pad) + lines + "\n")
}

func flagName(f *pflag.Flag) string {
	name := "      --" + f.Name
	if f.Shorthand != "" {
		name = "  -" + f.Shorthand + ", --" + f.Name
	}
	if value, _ := pflag.UnquoteUsage(f); value != "" {
		name += " " + value
	}
	return name
}

func flagUsage(f *pflag.Flag) string {
	_, usage := pflag.UnquoteUsage(f)
	if f.DefValue != "" && f.DefValue != "false" && f.DefValue != "0" && f.DefValue != "[]" {
		usage += " [" + f.DefValue + "]"
	}
	return usage
}
