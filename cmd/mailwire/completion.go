package main

import (
	"github.com/spf13/cobra"
)

func newCompletionCommand(p *program) *cobra.Command {
	shells := []string{"bash", "zsh", "fish", "powershell"}
	return &cobra.Command{
		Use:       "completion SHELL",
		Short:     p.words.Label("cli.completion.short"),
		Long:      p.words.Label("cli.completion.long"),
		Example:   "  source <(mailwire completion bash)\n  mailwire completion fish > ~/.config/fish/completions/mailwire.fish",
		Args:      p.exactly(1),
		ValidArgs: shells,
		RunE: func(c *cobra.Command, args []string) error {
			switch args[0] {
			case "bash":
				return c.Root().GenBashCompletionV2(p.stdout, true)
			case "zsh":
				return c.Root().GenZshCompletion(p.stdout)
			case "fish":
				return c.Root().GenFishCompletion(p.stdout, true)
			case "powershell":
				return c.Root().GenPowerShellCompletionWithDesc(p.stdout)
			}
			return p.unknown("shell", args[0], shells)
		},
	}
}
