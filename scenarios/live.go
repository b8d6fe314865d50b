package scenarios

import (
	"crypto/tls"
	"embed"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"time"

	"mailwire/layers"
	"mailwire/layers/capture"
	"mailwire/layers/lexicon"
	"mailwire/layers/trace"
	"mailwire/sim"
	"mailwire/sim/mail"
	"mailwire/sim/network"
)

//go:embed live/*.yaml
var liveFiles embed.FS

// Served is the file of the scenario whose mail host is served to real programs where no other is asked for.
func Served() []byte {
	source, err := liveFiles.ReadFile("live/serve.yaml")
	if err != nil {
		panic(err) // embedded
	}
	return source
}

// LiveOptions decide how a scenario's mail host is served to programs outside of its world.
type LiveOptions struct {
	Language    lexicon.Language
	Start       time.Time   // when the world begins, in place of the scenario's date
	Seed        uint64      // 0: the scenario's own
	At          []string    // whose simulated frames are shown, as for Options.At
	Host        string      // the mail host; "": the first one
	Accounts    []Account   // beside the scenario's people; one of a known address changes its password
	TLS         *tls.Config // with the host's certificate; nil: TLS is not offered
	NeedTLS     bool        // nobody logs in without TLS
	Logins      Logins      // what makes logins safe from who listens or guesses
	Disk        Disk        // of all mail hosts; nil: what they hold lives as long as the process
	KeyLog      io.Writer   // is told the secrets of TLS sessions too, in the format of SSLKEYLOGFILE; nil for nobody
	ShowSecrets bool
	Counted     bool // what clients say is counted for the summary and not read
	Face        trace.Face
}

// Logins is what a served host needs to offer APOP, CRAM-MD5 and SCRAM; the zero value offers none of them.
type Logins struct {
	Nonce   func() string // see [mail.ServerConfig]; it does not come from the world, whose seed anybody may know
	SaltKey string
	Pause   time.Duration // how long the answer to a failed login is held back
}

// An Account is a user of the served host. A user without a domain is one of the host's.
type Account struct{ User, Password string }

// A HostError says that the scenario has no mail host of that name, or none at all.
type HostError struct {
	Name  string
	Known []string
}

// Error says the same for a log.
func (e *HostError) Error() string { return fmt.Sprintf("scenario: no mail host %q", e.Name) }

// An AccountError says that the address of an account is none, or none of the host's domain.
type AccountError struct{ User, Domain string }

// Error says the same for a log.
func (e *AccountError) Error() string {
	return fmt.Sprintf("scenario: no user %q at %s", e.User, e.Domain)
}

// A Live is a scenario's world whose first mail host serves programs outside of it. Nobody acts in it but them; what they
// send elsewhere goes through the simulated network. It is used by one goroutine at a time, which runs its World at the
// pace of a real clock.
type Live struct {
	tracer
	options LiveOptions
	server  *mail.Server
	domain  string
}

// Serve makes the world of a scenario. Nothing is shown before Begin.
func (s *Scenario) Serve(o LiveOptions) (*Live, error) {
	served, err := s.served(&o)
	if err != nil {
		return nil, err
	}
	taps, err := s.taps(o.At)
	if err != nil {
		return nil, err
	}
	seed := o.Seed
	if seed == 0 {
		seed = s.Seed
	}
	l := &Live{options: o, domain: served.host(o.Host).Domain}
	config := l.secrets(o.TLS)
	w, err := build(served, seed, outside{o.Host, config, o.NeedTLS, o.Logins, o.Disk}, func(state *trace.State) { l.show(state) })
	if err != nil {
		return nil, err
	}
	l.server = w.servers[o.Host]
	l.follow(w, taps, trace.Options{ShowSecrets: o.ShowSecrets}, o.Face)
	w.network.Observe(network.Observer{Crossed: l.crossed, Dropped: l.dropped})
	return l, nil
}

// Begin opens the trace.
func (l *Live) Begin() error {
	l.show(l.world.scenario.title(l.world.Seed(), l.options.Language))
	l.show(l.world.names())
	l.server.TellMailboxes()
	return l.err
}

// MailHost is the name in the world's name system of the mail host called name; of the first one where that is "". The
// error is a *HostError.
func (s *Scenario) MailHost(name string) (string, error) {
	var known []string
	for _, h := range s.Hosts {
		if h.Domain == "" {
			continue
		}
		if h.Name == name || name == "" {
			return mail.HostName(h.Domain), nil
		}
		known = append(known, h.Name)
	}
	return "", &HostError{name, known}
}

// servedQuota is how many bytes an account may hold where the scenario sets no limit: a program that does not stop would
// otherwise fill the memory of the computer, or its disk.
const servedQuota = 1 << 30

// served is the scenario at the time of the start, with the further accounts. It completes the options.
func (s *Scenario) served(o *LiveOptions) (*Scenario, error) {
	var known []string
	for _, h := range s.Hosts {
		if h.Domain != "" {
			known = append(known, h.Name)
		}
	}
	if o.Host == "" && len(known) > 0 {
		o.Host = known[0]
	}
	if !slices.Contains(known, o.Host) {
		return nil, &HostError{o.Host, known}
	}
	served := *s
	served.Date = o.Start
	served.People = slices.Clone(s.People)
	served.Hosts = slices.Clone(s.Hosts)
	for i := range served.Hosts {
		if served.Hosts[i].Quota == 0 {
			served.Hosts[i].Quota = servedQuota
		}
	}
	domain := s.host(o.Host).Domain
	for _, a := range o.Accounts {
		if err := served.add(a, domain); err != nil {
			return nil, err
		}
	}
	return &served, nil
}

// add makes an account of the domain.
func (s *Scenario) add(a Account, domain string) error {
	address, ok := parseAddress(a.User)
	if !ok {
		address, ok = parseAddress(a.User + "@" + domain)
	}
	if !ok || domainOf(address) != domain {
		return &AccountError{a.User, domain}
	}
	for i := range s.People {
		if domainOf(s.People[i].Address) == domain && localPart(s.People[i].Address) == localPart(address) {
			s.People[i].Password = a.Password
			return nil
		}
	}
	s.People = append(s.People, Person{Name: address, Address: address, Password: a.Password})
	return nil
}

// secrets makes the host tell the trace the secrets of its TLS sessions, so that it can read them.
func (l *Live) secrets(config *tls.Config) *tls.Config {
	if config == nil {
		return nil
	}
	config = config.Clone()
	config.KeyLogWriter = keyLog{l}
	return config
}

// A keyLog takes lines of the format of SSLKEYLOGFILE (RFC 9850).
type keyLog struct{ live *Live }

// Write tells the follower a line.
func (k keyLog) Write(line []byte) (int, error) {
	secret := trace.Secret{Type: capture.SecretsTLS, Data: slices.Clone(line)}
	k.live.follower.Learn(secret)
	if k.live.options.ShowSecrets {
		k.live.show(trace.Secrets{secret})
	}
	if k.live.options.KeyLog != nil {
		return k.live.options.KeyLog.Write(line)
	}
	return len(line), nil
}

// World keeps the time.
func (l *Live) World() *sim.World { return l.world.World }

// Name is the served host's name: mail.example.org.
func (l *Live) Name() string { return l.server.Name() }

// Accounts are the users of the served host, by address.
func (l *Live) Accounts() (accounts []Account) {
	for _, p := range l.world.scenario.People {
		if domainOf(p.Address) == l.domain {
			accounts = append(accounts, Account{p.Address, p.Password})
		}
	}
	return accounts
}

// Accept serves a connection from outside as a client of a service, and follows what is said.
func (l *Live) Accept(service string, c mail.Connection) error {
	ends := [2]netip.AddrPort{layers.Client: c.Remote(), layers.Server: c.Local()}
	client := ends[layers.Client].Addr().String()
	if ends[layers.Client].Addr().IsLoopback() {
		client = "localhost"
	}
	socket, err := l.follower.Socket(l.world.Now(), trace.SocketConfig{
		Ends: ends, Names: [2]string{layers.Client: client, layers.Server: l.options.Host}, Service: service, Counted: l.options.Counted,
	})
	if err != nil {
		return err
	}
	return l.server.Accept(service, mail.Watch(c, layers.Server, socket, l.world.Now, l.fail))
}

// fail keeps the first error of the face.
func (l *Live) fail(err error) {
	if l.err == nil {
		l.err = err
	}
}

// Refuse tells that there is no place for a client of a service, and returns what it is told.
func (l *Live) Refuse(service string, client netip.AddrPort) []byte {
	return l.server.Refuse(service, client)
}

// Shutdown ends all sessions, with their protocols' words.
func (l *Live) Shutdown() { l.server.Shutdown() }

// Err is why the trace cannot go on: the error of the face.
func (l *Live) Err() error { return l.err }

// Close ends the trace.
func (l *Live) Close() error {
	if l.err == nil {
		l.err = l.follower.Close()
	}
	return l.err
}
