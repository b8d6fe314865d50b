package main

import (
	"crypto/rand"
	"crypto/tls"
	"errors"
	"math"
	"net"
	"net/netip"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"mailwire/cmd/internal/host"
	"mailwire/cmd/internal/terminal"
	"mailwire/layers"
	"mailwire/scenarios"
	"mailwire/sim"
	"mailwire/sim/mail"
)

// serveOptions are the flags of serve.
type serveOptions struct {
	trace    traceFlags
	filter   filterFlag
	write    writeFlags
	doors    []*doorFlag
	accounts []string
	anywhere bool
	needTLS  bool
	secrets  bool
	at       []string
	seed     uint64
	store    string
	set      []string
	host     string
}

// A doorFlag says where the clients of a service come in.
type doorFlag struct {
	service, address string
}

// doors are the services in the order in which people need them, and where they wait unless they are told otherwise.
func doors() []*doorFlag {
	return []*doorFlag{
		{"submission", "127.0.0.1:2587"}, {"submissions", "127.0.0.1:2465"}, {"imap", "127.0.0.1:2143"}, {"imaps", "127.0.0.1:2993"},
		{"pop3", "127.0.0.1:2110"}, {"pop3s", "127.0.0.1:2995"}, {"smtp", "127.0.0.1:2525"},
	}
}

// flag is the name of the flag: people know the port of submissions as that of SMTPS.
func (d *doorFlag) flag() string {
	if d.service == "submissions" {
		return "smtps"
	}
	return d.service
}

func newServeCommand(p *program) *cobra.Command {
	o := serveOptions{doors: doors()}
	c := &cobra.Command{
		Use:     "serve [NAME|FILE.yaml]",
		Short:   p.words.Label("cli.serve.short"),
		Long:    p.words.Label("cli.serve.long"),
		Example: "  mailwire serve\n  mailwire serve --account eva:secret --detail fields\n  mailwire serve --imap 127.0.0.1:10143 --smtp off\n  mailwire serve --format json > sessions.jsonl",
		Args:    p.atMost(1),
		RunE:    func(_ *cobra.Command, args []string) error { return serveRun(p, &o, args) },

		ValidArgs: scenarios.Names(),
	}
	o.trace.add(c, p)
	o.filter.add(c, p)
	o.write.growing = true
	o.write.add(c, p)
	for _, d := range o.doors {
		c.Flags().StringVar(&d.address, d.flag(), d.address, p.words.Label("cli.flag.door", word("service", d.service)))
	}
	c.Flags().StringArrayVar(&o.accounts, "account", nil, p.words.Label("cli.flag.account"))
	c.Flags().StringVar(&o.store, "store", "", p.words.Label("cli.flag.store"))
	c.Flags().StringVar(&o.host, "host", "", p.words.Label("cli.flag.host"))
	c.Flags().BoolVar(&o.needTLS, "require-tls", false, p.words.Label("cli.flag.require-tls"))
	c.Flags().BoolVar(&o.anywhere, "anywhere", false, p.words.Label("cli.flag.anywhere"))
	c.Flags().BoolVar(&o.secrets, "show-secrets", false, p.words.Label("cli.flag.show-secrets"))
	c.Flags().StringSliceVar(&o.at, "at", nil, p.words.Label("cli.flag.at"))
	c.Flags().Uint64Var(&o.seed, "seed", 0, p.words.Label("cli.flag.seed"))
	c.Flags().StringArrayVar(&o.set, "set", nil, p.words.Label("cli.flag.set"))
	return c
}

// serveRun lets real programs talk to a simulated mail host until it is stopped.
func serveRun(p *program, o *serveOptions, args []string) (err error) {
	s, err := p.servedScenario(o, args)
	if err != nil {
		return err
	}
	accounts, err := o.readAccounts()
	if err != nil {
		return err
	}
	if err := o.checkDoors(); err != nil {
		return err
	}
	name, err := s.MailHost(o.host)
	if err != nil {
		return p.serveFault(err, o.store)
	}
	kept, err := openStore(o.store)
	if err != nil {
		return err
	}
	defer kept.close()
	certificate, err := kept.certificate(append([]string{"localhost", name, "127.0.0.1", "::1"}, o.elsewhere()...)...)
	if err != nil {
		return err
	}
	printer := host.NewPrinter(p.stdout.stream)
	p.stdout.Reset(printer)
	defer func() { err = errors.Join(err, p.idle(), printer.Flush()) }()
	debug.SetMemoryLimit(math.MaxInt64) // mails are here to be kept,
	debug.SetGCPercent(400)             // and looking through them for what is not costs more than it brings
	ctx, stop := untilSignal()
	defer stop()
	open, err := o.openDoors()
	if err != nil {
		return err
	}
	defer closeDoors(open)
	face, err := o.filter.face(p, &o.trace)
	if err != nil {
		return err
	}
	recorder, err := p.record(&o.write, open)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, recorder.close()) }()
	options := scenarios.LiveOptions{
		Language: p.words.Language(), Start: time.Now(), Seed: o.seed, At: o.at, Host: o.host, Accounts: accounts, Disk: kept.disk(),
		TLS: &tls.Config{Certificates: []tls.Certificate{certificate}}, NeedTLS: o.needTLS, Logins: scenarios.Logins{Nonce: rand.Text, SaltKey: rand.Text(), Pause: loginPause},
		ShowSecrets: o.secrets, Counted: o.trace.quiet, Face: face,
	}
	if recorder != nil {
		options.KeyLog = recorder
	}
	live, err := s.Serve(options)
	if err != nil {
		return p.serveFault(err, o.store)
	}
	if err := p.printCard(o, &card{program: p, live: live, open: open, certificate: certificate, needTLS: o.needTLS, quiet: o.trace.quiet}); err != nil {
		return err
	}
	if err := live.Begin(); err != nil {
		return err
	}
	return errors.Join(host.Serve(ctx, served{live, p}, open, host.Limits{}), live.Close())
}

// loginPause is how long who has given a wrong password waits.
const loginPause = 2 * time.Second

// printCard prints the settings in front of what is said.
func (p *program) printCard(o *serveOptions, c *card) error {
	if o.trace.format == "json" {
		return errors.Join(c.printJSON(p.stdout), p.idle())
	}
	if c.width = o.trace.width; c.width == 0 {
		c.width = terminal.Width(p.stdout.stream)
	}
	c.colors = terminal.Colors(p.stdout.stream, o.trace.color)
	c.print(p.stdout)
	return p.idle()
}

// servedScenario is the scenario that is asked for, or the one that is made for this.
func (p *program) servedScenario(o *serveOptions, args []string) (*scenarios.Scenario, error) {
	if len(args) == 0 {
		return scenarios.Load(scenarios.Served(), nil)
	}
	set, err := parameters(o.set)
	if err != nil {
		return nil, err
	}
	return p.loadScenario(args[0], set)
}

// readAccounts reads the values of --account.
func (o *serveOptions) readAccounts() (accounts []scenarios.Account, err error) {
	for _, a := range o.accounts {
		user, password, ok := strings.Cut(a, ":")
		if !ok || user == "" || password == "" {
			return nil, wrongUsage(layers.N("cli.account-syntax"))
		}
		accounts = append(accounts, scenarios.Account{User: user, Password: password})
	}
	return accounts, nil
}

// checkDoors wants addresses of this computer alone, unless it was told otherwise.
func (o *serveOptions) checkDoors() error {
	for _, d := range o.doors {
		if d.address == "off" {
			continue
		}
		at, err := net.ResolveTCPAddr("tcp", d.address)
		if err != nil || !strings.Contains(d.address, ":") {
			return wrongUsage(layers.N("cli.door-syntax", word("flag", "--"+d.flag()), word("value", d.address)), layers.N("cli.door-example"))
		}
		if !at.IP.IsLoopback() && !o.anywhere {
			return wrongUsage(layers.N("cli.door-anywhere", word("flag", "--"+d.flag()), word("value", d.address)), layers.N("cli.door-anywhere.hint"))
		}
	}
	return nil
}

// openDoors begins to listen.
func (o *serveOptions) openDoors() (open []host.Door, err error) {
	for _, d := range o.doors {
		if d.address == "off" {
			continue
		}
		l, err := net.Listen(d.network(), d.address)
		if err != nil {
			closeDoors(open)
			return nil, doorFault(d, err)
		}
		open = append(open, host.Door{Service: d.service, Listener: l})
	}
	if len(open) == 0 {
		return nil, wrongUsage(layers.N("cli.no-doors"))
	}
	return open, nil
}

// network keeps an address to its own version of IP: Go takes 0.0.0.0 for both.
func (d *doorFlag) network() string {
	at, err := netip.ParseAddrPort(d.address)
	switch {
	case err != nil:
		return "tcp"
	case at.Addr().Is4():
		return "tcp4"
	}
	return "tcp6"
}

// elsewhere are the addresses under which other computers can reach the host.
func (o *serveOptions) elsewhere() []string {
	var at []netip.AddrPort
	for _, d := range o.doors {
		if address, err := netip.ParseAddrPort(d.address); err == nil {
			at = append(at, address)
		}
	}
	return addressesOf(at)
}

// reachable are the addresses under which other computers can reach the doors.
func reachable(open []host.Door) []string {
	var at []netip.AddrPort
	for _, d := range open {
		at = append(at, addressOf(d))
	}
	return addressesOf(at)
}

// addressesOf lists those of at that are not for this computer alone, each once; in the place of "all", those it has.
func addressesOf(at []netip.AddrPort) (all []string) {
	for _, address := range at {
		switch ip := address.Addr(); {
		case ip.IsUnspecified():
			all = append(all, host.Addresses(ip.Is4())...)
		case !ip.IsLoopback():
			all = append(all, ip.String())
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func closeDoors(open []host.Door) {
	for _, d := range open {
		d.Listener.Close()
	}
}

// doorFault says why nothing can wait at an address, and what to do.
func doorFault(d *doorFlag, err error) error {
	args := []layers.Arg{word("service", d.service), word("address", d.address), word("flag", "--"+d.flag())}
	switch {
	case isTaken(err):
		return failed(layers.N("cli.door-taken", args[:2]...), layers.N("cli.door-taken.hint", args[2]))
	case isForbidden(err):
		return failed(layers.N("cli.door-forbidden", args[:2]...), layers.N("cli.door-forbidden.hint", args[2]))
	}
	return failed(layers.N("cli.door-closed", append(args[:2], word("error", cause(err)))...), layers.N("cli.door-taken.hint", args[2]))
}

// serveFault says why a scenario cannot be served.
func (p *program) serveFault(err error, store string) error {
	var tap *scenarios.TapError
	var at *scenarios.HostError
	var account *scenarios.AccountError
	switch {
	case errors.As(err, &tap):
		return p.unknown("tap", tap.Name, tap.Known)
	case errors.As(err, &at) && at.Name == "":
		return failed(layers.N("cli.no-mail-host"))
	case errors.As(err, &at):
		return p.unknown("host", at.Name, at.Known)
	case errors.As(err, &account):
		return wrongUsage(layers.N("cli.account-elsewhere", word("user", account.User), word("domain", account.Domain)))
	case store != "":
		return storeFault(store, err) // nothing else of the world meets the disk
	}
	return err
}

// served is what host.Serve lets programs into: after each turn everything said so far is shown.
type served struct {
	*scenarios.Live
	program *program
}

// World keeps the time.
func (s served) World() *sim.World { return s.Live.World() }

// Accept serves a connection.
func (s served) Accept(service string, c mail.Connection) error { return s.Live.Accept(service, c) }

// Refuse turns a client away.
func (s served) Refuse(service string, client netip.AddrPort) []byte {
	return s.Live.Refuse(service, client)
}

// Turned shows what was said.
func (s served) Turned() error { return errors.Join(s.Live.Err(), s.program.idle()) }
