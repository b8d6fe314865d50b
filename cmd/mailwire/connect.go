package main

import (
	"bytes"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"net/netip"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"mailwire/cmd/internal/host"
	"mailwire/layers"
	"mailwire/layers/application/message"
	"mailwire/layers/application/sasl"
	"mailwire/layers/application/smtp"
	"mailwire/layers/capture"
	"mailwire/layers/trace"
	"mailwire/sim/mail"
)

// connectOptions are the flags of connect.
type connectOptions struct {
	trace   traceFlags
	filter  filterFlag
	save    saveFlags
	send    string
	from    string
	to      []string
	reads   string
	fetch   bool
	clear   bool
	anybody bool
	secrets bool
}

func newConnectCommand(p *program) *cobra.Command {
	var o connectOptions
	c := &cobra.Command{
		Use:   "connect URL",
		Short: p.words.Label("cli.connect.short"),
		Long:  p.words.Label("cli.connect.long"),
		Example: "  mailwire connect imaps://ana@mail.example.net\n  mailwire connect pop3s://ana@mail.example.net --reads pop3-leave --save mails\n" +
			"  mailwire connect smtp://ana@mail.example.net --send lunch.eml\n  mailwire connect imap://ana@127.0.0.1:2143 --any-certificate --fetch",
		Args: p.exactly(1),
		RunE: func(_ *cobra.Command, args []string) error { return connectRun(p, &o, args[0]) },
	}
	o.trace.add(c, p)
	o.filter.add(c, p)
	o.save.add(c, p)
	c.Flags().StringVar(&o.send, "send", "", p.words.Label("cli.flag.send"))
	c.Flags().StringVar(&o.from, "from", "", p.words.Label("cli.flag.from"))
	c.Flags().StringSliceVar(&o.to, "to", nil, p.words.Label("cli.flag.to"))
	c.Flags().StringVar(&o.reads, "reads", "", p.words.Label("cli.flag.reads"))
	c.Flags().BoolVar(&o.fetch, "fetch", false, p.words.Label("cli.flag.fetch"))
	c.Flags().BoolVar(&o.clear, "no-tls", false, p.words.Label("cli.flag.no-tls"))
	c.Flags().BoolVar(&o.anybody, "any-certificate", false, p.words.Label("cli.flag.any-certificate"))
	c.Flags().BoolVar(&o.secrets, "show-secrets", false, p.words.Label("cli.flag.show-secrets"))
	return c
}

// connectRun lets our mail program speak to a real server, and explains what is said.
func connectRun(p *program, o *connectOptions, url string) error {
	at, err := parseServer(url)
	if err != nil {
		return err
	}
	errand, err := p.errand(o, at)
	if err != nil {
		return err
	}
	if at.user != "" {
		if errand.config.Password, err = p.password(at); err != nil {
			return err
		}
	}
	face, err := o.filter.face(p, &o.trace)
	if err != nil {
		return err
	}
	options := trace.Options{ShowSecrets: o.secrets}
	saved, err := o.save.join(p, &options)
	if err != nil {
		return err
	}
	errand.config.Taken = func(*mail.Local) error { return o.save.kept() }
	call := &call{face: face, follower: trace.NewFollower(options, face), at: at}
	ctx, stop := untilSignal()
	defer stop()
	var failure *mail.Failure
	err = host.Call(ctx, func() error { return errors.Join(call.err, p.idle()) }, func(n mail.Network, done func()) {
		call.Network = n
		errand.run(call, func(f *mail.Failure) {
			failure = f
			done()
		})
	})
	if errors.Is(err, host.ErrStopped) {
		err = nil // a signal ends it in order
	}
	err = errors.Join(err, call.follower.Close(), saved())
	if err == nil && failure != nil {
		return failed(failure.Note, failureHint(failure)...)
	}
	return err
}

// failureHint is what can be done about a failure, where that is not plain.
func failureHint(f *mail.Failure) []layers.Note {
	switch f.Note.ID {
	case "mail.failed.certificate-unknown", "mail.failed.certificate-name", "mail.failed.certificate-expired":
		return []layers.Note{layers.N("cli.connect.certificate.hint")}
	case "mail.failed.no-tls", "mail.failed.no-mechanism":
		return []layers.Note{layers.N("cli.connect.clear.hint")}
	}
	return nil
}

// An errand is what is to be done at a server.
type errand struct {
	config mail.AgentConfig
	list   bool // tell which mails there are
	fetch  bool
	to     []smtp.Path
	data   []byte // to be sent
}

// errand reads the flags, and what is to be sent.
func (p *program) errand(o *connectOptions, at *mailServer) (*errand, error) {
	policy := &sasl.Policy{Clear: o.clear, Nonce: rand.Text}
	e := &errand{fetch: o.fetch, config: mail.AgentConfig{
		Person: at.user, Address: at.user, Server: at.host, Port: at.port, Security: mail.StartTLS, Auth: policy, Trust: trust(o.anybody),
	}}
	switch {
	case at.tls:
		e.config.Security = mail.TLS
	case o.clear:
		e.config.Security = mail.NoTLS
	}
	if at.protocol == "smtp" {
		return e, e.load(o)
	}
	if o.send != "" {
		return nil, wrongUsage(layers.N("cli.connect.send-by-smtp"), layers.N("cli.connect.url.hint"))
	}
	return e, e.choose(p, o, at)
}

// choose says how a mailbox is read.
func (e *errand) choose(p *program, o *connectOptions, at *mailServer) error {
	known := []string{string(mail.POP3Select), string(mail.POP3Leave), string(mail.POP3Delete)}
	if at.protocol == "imap" {
		known = []string{string(mail.IMAP), string(mail.IMAPDisconnected), string(mail.IMAPOffline)}
	}
	e.list, e.config.Reads = true, mail.Strategy(known[0])
	switch {
	case o.reads == "" && o.save.dir == "":
	case o.reads == "" && at.protocol == "imap":
		e.config.Reads = mail.IMAPDisconnected // whole mails: of parts alone nothing can be saved
	case o.reads == "":
		e.config.Reads = mail.POP3Leave
	default:
		if !slices.Contains(known, o.reads) {
			return p.unknown("reads", o.reads, known)
		}
		e.config.Reads = mail.Strategy(o.reads)
	}
	if at.user == "" {
		return wrongUsage(layers.N("cli.connect.no-user"), layers.N("cli.connect.url.hint"))
	}
	if (e.config.Reads == mail.POP3Delete || e.config.Reads == mail.IMAPOffline) && o.save.dir == "" {
		return wrongUsage(layers.N("cli.connect.delete-unsaved"), layers.N("cli.connect.delete-unsaved.hint"))
	}
	return nil
}

// load reads the mail that is to be sent. Sender and recipients are those of its header where the flags do not say others.
func (e *errand) load(o *connectOptions) error {
	if o.send == "" {
		return wrongUsage(layers.N("cli.connect.nothing-to-send"), layers.N("cli.connect.nothing-to-send.hint"))
	}
	data, err := os.ReadFile(o.send)
	if err != nil {
		return failed(layers.N("cli.open", word("file", o.send), word("error", cause(err))))
	}
	data = message.LineEnds(data)
	header, _ := message.ParseHeader(data)
	from, to := o.from, o.to
	if from == "" {
		from = first(addresses(header, "From"))
	}
	if len(to) == 0 {
		to = append(append(addresses(header, "To"), addresses(header, "Cc")...), addresses(header, "Bcc")...)
	}
	if from == "" || len(to) == 0 {
		return wrongUsage(layers.N("cli.connect.no-envelope", word("file", o.send)), layers.N("cli.connect.no-envelope.hint"))
	}
	e.data, e.config.From = withoutBcc(data), from
	for _, address := range append([]string{from}, to...) {
		path, err := smtp.ParsePath("<" + address + ">")
		if err != nil {
			return wrongUsage(layers.N("cli.connect.address", word("address", address)))
		}
		e.to = append(e.to, path)
	}
	e.to = e.to[1:]
	return nil
}

// run does the errand.
func (e *errand) run(c *call, done func(*mail.Failure)) {
	e.config.Observer = func(s *trace.State) { c.show(s) }
	trust := e.config.Trust
	e.config.Trust = func(server string) *tls.Config {
		config := trust(server)
		config.KeyLogWriter = c
		return config
	}
	agent := mail.NewAgent(c, e.config)
	if e.data != nil {
		agent.Post(e.to, e.data)
		agent.Send(done)
		return
	}
	look := agent.Look
	if e.fetch {
		look = agent.Fetch
	}
	look(func(f *mail.Failure) {
		if f == nil {
			c.list(agent)
		}
		done(f)
	})
}

// A call is the network to a server, with all that is said there followed.
type call struct {
	mail.Network
	at       *mailServer
	face     trace.Face
	follower *trace.Follower
	err      error // of the face
}

// Open connects to the server.
func (c *call) Open(name string, port uint16, opened func(mail.Connection), failed func(*mail.Failure)) {
	c.Network.Open(name, port, func(conn mail.Connection) {
		ends := [2]netip.AddrPort{layers.Client: conn.Local(), layers.Server: conn.Remote()}
		socket, err := c.follower.Socket(c.now(), trace.SocketConfig{Ends: ends, Names: [2]string{layers.Client: "localhost", layers.Server: name}, Service: c.at.service()})
		c.fail(err)
		opened(mail.Watch(conn, layers.Client, socket, c.now, c.fail))
	}, failed)
}

func (c *call) now() time.Time { return c.World().Now() }

func (c *call) show(e trace.Event) { c.fail(c.face.Show(e)) }

// fail keeps the first error.
func (c *call) fail(err error) {
	if c.err == nil {
		c.err = err
	}
}

// list tells which mails there are.
func (c *call) list(a *mail.Agent) {
	for i, l := range a.Mails() {
		n := layers.N("mail.listed", layers.A("number", layers.Int(i+1)), word("subject", l.Subject), layers.A("bytes", layers.Int(l.Size)))
		c.show(&trace.State{Time: c.now(), Host: c.at.host, Kind: "mailbox", Values: n.Args, Note: n})
	}
}

// Write takes the secrets of a TLS session, so that the follower can read it.
func (c *call) Write(line []byte) (int, error) {
	c.follower.Learn(trace.Secret{Type: capture.SecretsTLS, Data: bytes.Clone(line)})
	return len(line), nil
}

// trust is how the certificate of a server is taken.
func trust(anybody bool) func(server string) *tls.Config {
	return func(server string) *tls.Config {
		return &tls.Config{ServerName: server, InsecureSkipVerify: anybody, MinVersion: tls.VersionTLS12}
	}
}

// withoutBcc is a mail without the field that its readers are not to see (RFC 5322 §3.6.3).
func withoutBcc(data []byte) []byte {
	header, _ := message.ParseHeader(data)
	for _, f := range slices.Backward(header) {
		if f.Is("Bcc") {
			data = slices.Delete(data, f.Range.Offset, f.Range.Offset+f.Range.Length)
		}
	}
	return data
}

func addresses(header message.Header, name string) (all []string) {
	for _, a := range message.ParseAddresses(header.Decoded(name)) {
		if a.Host != "" {
			all = append(all, a.String())
		}
	}
	return all
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}
