package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"mailwire/cmd/internal/host"
	"mailwire/cmd/internal/terminal"
	"mailwire/layers"
)

// captureOptions are the flags of capture.
type captureOptions struct {
	explainFlags
	at   string
	list bool
}

func newCaptureCommand(p *program) *cobra.Command {
	var o captureOptions
	o.write.growing = true
	c := &cobra.Command{
		Use:     "capture -i IFACE",
		Short:   p.words.Label("cli.capture.short"),
		Long:    p.words.Label("cli.capture.long"),
		Example: "  mailwire capture -D\n  mailwire capture -i eth0 --filter 'port 25'\n  mailwire capture -i any --write lab.pcapng",
		Args:    p.exactly(0),
		RunE:    func(_ *cobra.Command, _ []string) error { return captureRun(p, &o) },
	}
	c.Flags().StringVarP(&o.at, "interface", "i", "", p.words.Label("cli.flag.interface"))
	c.Flags().BoolVarP(&o.list, "list-interfaces", "D", false, p.words.Label("cli.flag.list-interfaces"))
	o.add(c, p)
	_ = c.RegisterFlagCompletionFunc("interface", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return interfaceNames(), cobra.ShellCompDirectiveNoFileComp
	})
	return c
}

// captureRun explains what passes an interface until it is stopped.
func captureRun(p *program, o *captureOptions) error {
	if o.list {
		return p.listInterfaces()
	}
	if o.at == "" {
		return wrongUsage(layers.N("cli.no-interface-named"), layers.N("cli.one-of", word("names", strings.Join(interfaceNames(), ", "))))
	}
	ctx, stop := untilSignal()
	defer stop()
	live, err := host.Capture(ctx, o.at, p.idle)
	if err != nil {
		return p.interfaceFault(o.at, err)
	}
	defer live.Close()
	p.notice(layers.N("cli.capturing", word("name", o.at)))
	return p.interfaceFault(o.at, p.explainSource(live, &o.explainFlags, o.at))
}

// listInterfaces prints the interfaces that can be captured on, with their addresses.
func (p *program) listInterfaces() error {
	list, err := host.Interfaces()
	if err != nil {
		return err
	}
	for _, i := range list {
		line := fmt.Sprintf("%-16s %s", i.Name, strings.Join(i.Addresses, ", "))
		if !i.Up {
			line = fmt.Sprintf("%-16s (%s)", i.Name, p.words.Label("cli.interface-is-down"))
		}
		fmt.Fprintln(p.stdout, terminal.Safe(strings.TrimRight(line, " ")))
	}
	fmt.Fprintf(p.stdout, "%-16s (%s)\n", host.Any, p.words.Label("cli.interface-any"))
	return nil
}

func interfaceNames() (names []string) {
	list, err := host.Interfaces()
	if err != nil {
		return nil
	}
	for _, i := range list {
		names = append(names, i.Name)
	}
	return append(names, host.Any)
}

// interfaceFault says why an interface cannot be captured on, and what to do.
func (p *program) interfaceFault(name string, err error) error {
	switch {
	case errors.Is(err, host.ErrNoInterface):
		return p.unknown("interface", name, interfaceNames())
	case errors.Is(err, host.ErrDown):
		return failed(layers.N("cli.interface-down", word("name", name)), layers.N("cli.interface-up", word("name", name)))
	case errors.Is(err, host.ErrNotHere):
		return failed(layers.N("cli.no-live-capture"), layers.N("cli.capture-otherwise", word("name", name)))
	case errors.Is(err, host.ErrNoRight):
		return failed(layers.N("cli.no-right-to-capture", word("name", name)), layers.N("cli.give-right-to-capture", word("program", ownName()), word("name", name)))
	}
	return err
}

// ownName is the file of this program, as it is to be named to setcap.
func ownName() string {
	name, err := os.Executable()
	if err != nil {
		return "mailwire"
	}
	if real, err := filepath.EvalSymlinks(name); err == nil {
		return real
	}
	return name
}
