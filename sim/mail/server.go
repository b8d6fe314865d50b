package mail

import (
	"container/list"
	"crypto/tls"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"time"

	"mailwire/layers"
	"mailwire/layers/application/authenticity"
	"mailwire/layers/application/imap"
	"mailwire/layers/application/pop3"
	"mailwire/layers/application/smtp"
	"mailwire/layers/trace"
	"mailwire/sim/host"
	"mailwire/sim/mail/store"
)

// A ServerConfig says what a mail host is.
type ServerConfig struct {
	Domain   string      // whose mail it keeps: example.net
	Services []string    // submission, smtp, pop3, imap, and with TLS first: submissions, pop3s, imaps
	TLS      *tls.Config // with the host's certificate; nil: TLS is not offered
	// Trust is how the host, as a client, takes the certificate of another mail host; nil: it sends in the clear.
	Trust   func(server string) *tls.Config
	NeedTLS bool // nobody logs in without TLS
	// Nonce gives what makes one login unlike another and can't be foreseen: see [sasl.Challenges]. nil: CRAM-MD5, SCRAM and APOP
	// are not offered. SaltKey is the host's own secret beside it.
	Nonce     func() string
	SaltKey   string
	Pause     time.Duration // how long the answer to a failed login is held back: see [pop3.Options]
	Aliases   []Alias
	Forwards  []Forward
	Backups   []string             // domains for which it takes mail while their own host is away, and passes it on to that
	OpenRelay bool                 // it passes on anybody's mail to anywhere
	Lacks     []string             // extensions of SMTP that it does not offer, as hosts of old: DSN, 8BITMIME …
	Sign      *authenticity.Signer // signs what its own people send; nil: nothing is signed
	Check     bool                 // SPF, DKIM and DMARC of what other hosts bring are checked, and DMARC's policy is obeyed
	Spool     Spool                // keeps what waits in the queue; nil: in memory alone
	Observer  Observer             // told what the store and the queue hold; may be nil
}

// A Server is a mail host.
type Server struct {
	host     *host.Host
	config   ServerConfig
	store    *store.Store
	queue    queue
	sample   *rand.Rand // for policies that hold for a part of the mails
	accepted int        // mails, for their names
	told     map[*store.Mailbox]store.Holding
	sessions list.List // of those that are open
}

// NewServer starts the services on a host over a store.
func NewServer(h *host.Host, config ServerConfig, s *store.Store) (*Server, error) {
	if config.Spool == nil {
		config.Spool = noSpool{}
	}
	srv := &Server{host: h, config: config, store: s, told: map[*store.Mailbox]store.Holding{}}
	srv.queue.server, srv.queue.chance = srv, h.World().Rand("mx "+h.Name())
	srv.sample = h.World().Rand("dmarc " + h.Name())
	s.OnChange = func(a *store.Account, m *store.Mailbox) { srv.tellMailbox(a, m) }
	for _, service := range services {
		if slices.Contains(config.Services, service.name) {
			if _, err := h.Listen(service.port, func(c *host.Conn) { srv.serve(&service, &simulated{Conn: c}) }); err != nil {
				return nil, err
			}
		}
	}
	return srv, srv.queue.resume()
}

// Name is the name of the host in the world's name system: mail.example.net.
func (s *Server) Name() string { return HostName(s.config.Domain) }

// HostName is the name of the host that keeps the mail of a domain. People get it from their provider, as part of the
// account's settings; other hosts find it in the domain's MX record.
func HostName(domain string) string { return "mail." + domain }

// Waiting is how many mails wait in the queue to be passed on.
func (s *Server) Waiting() int { return len(s.queue.items) }

func (s *Server) now() time.Time { return s.host.World().Now() }

// A service is a protocol on a port.
type service struct {
	name  string
	port  uint16
	tls   bool // from the first byte on
	serve func(s *Server, c Connection, tls bool)
}

// services are all that a mail host may offer.
var services = []service{
	{"submission", portSubmission, false, (*Server).serveSubmission},
	{"submissions", portSubmissions, true, (*Server).serveSubmission},
	{"smtp", portSMTP, false, (*Server).serveRelay},
	{"pop3", portPOP3, false, (*Server).servePOP3},
	{"pop3s", portPOP3S, true, (*Server).servePOP3},
	{"imap", portIMAP, false, (*Server).serveIMAP},
	{"imaps", portIMAPS, true, (*Server).serveIMAP},
}

// Accept serves a connection that came from outside of the world, as a client of the service called name.
func (s *Server) Accept(name string, c Connection) error {
	for i := range services {
		if services[i].name == name && services[i].tls && s.config.TLS == nil {
			return fmt.Errorf("mail: %s needs a certificate", name)
		}
		if services[i].name == name {
			s.serve(&services[i], c)
			return nil
		}
	}
	return fmt.Errorf("mail: no service is called %q", name)
}

// Shutdown ends all sessions as a host does that goes down (RFC 5321 §3.8, RFC 9051 §7.1.5): what has been accepted stays.
func (s *Server) Shutdown() {
	var open []*session
	for e := s.sessions.Front(); e != nil; e = e.Next() {
		open = append(open, e.Value.(*session))
	}
	for _, one := range open {
		one.shutdown()
	}
}

// Sessions is how many are open.
func (s *Server) Sessions() int { return s.sessions.Len() }

// run starts a session that is ended when the host goes down.
func (s *Server) run(c Connection, e engine, notice func(), ended func(error)) *session {
	var place *list.Element
	running := run(s.host.World(), c, e, notice, func(why error) {
		if place != nil {
			s.sessions.Remove(place)
		}
		ended(why)
	})
	if !running.over {
		place = s.sessions.PushBack(running)
	}
	return running
}

func (s *Server) serve(by *service, c Connection) {
	if by.tls {
		c = s.secure(c)
	}
	by.serve(s, c, by.tls)
}

// secure is a connection of the host's, inside TLS.
func (s *Server) secure(c Connection) Connection { return secureServer(c, s.config.TLS) }

func (s *Server) serveSubmission(c Connection, tls bool) { s.serveSMTP(c, smtp.Submission, tls) }
func (s *Server) serveRelay(c Connection, tls bool)      { s.serveSMTP(c, smtp.Relay, tls) }

func (s *Server) serveSMTP(c Connection, role smtp.Role, tls bool) {
	config := smtp.ServerConfig{Hostname: s.Name(), Role: role, Announce: append(slices.Clone(smtp.DefaultAnnounce), "DSN"), NeedTLS: s.config.NeedTLS, Nonce: s.config.Nonce, SaltKey: s.config.SaltKey}
	if role == smtp.Relay {
		// Nobody logs in on port 25: other hosts bring mail for the users here, and these hand theirs in on port 587.
		config.Announce = slices.DeleteFunc(config.Announce, func(word string) bool { return word == "AUTH" })
	}
	config.Announce = slices.DeleteFunc(config.Announce, func(word string) bool { return slices.Contains(s.config.Lacks, word) })
	if s.config.TLS != nil {
		config.Announce = append(config.Announce, "STARTTLS")
	}
	b := &backend{server: s}
	e := smtp.NewServer(s.now(), config, b, peer(c))
	if tls {
		e.Secured(s.now())
	}
	var running *session
	var machine engine = e
	ended := func() { e.End(s.now()) }
	if s.config.Check && role == smtp.Relay {
		p := newPatient(e)
		machine, ended, b.wait = p, p.end, p.wait
		b.woken = func() {
			p.task.step()
			running.step()
		}
	}
	running = s.run(c, machine, func() {
		for event, ok := e.Next(); ok; event, ok = e.Next() {
			if _, is := event.(*smtp.Secure); is {
				running.startTLS(s.secure, func() { e.Secured(s.now()) })
			}
		}
	}, func(error) { ended() })
}

func (s *Server) servePOP3(c Connection, tls bool) {
	options := pop3.Options{Hostname: s.Name(), Implementation: "mailwire", TLS: s.config.TLS != nil, Secure: tls, RequireTLS: s.config.NeedTLS,
		Nonce: s.config.Nonce, SaltKey: s.config.SaltKey, Pause: s.config.Pause}
	if s.config.Nonce != nil {
		options.Timestamp = "<" + s.config.Nonce() + "@" + s.Name() + ">"
	}
	e := pop3.NewServer(s.now(), options, s.store.POP3())
	var running *session
	notice := func() {
		for event, ok := e.Next(); ok; event, ok = e.Next() {
			switch event := event.(type) {
			case pop3.StartTLS:
				running.startTLS(s.secure, e.Secured)
			case pop3.Abandoned:
				// What no packet shows: a session that ends without QUIT forgets its marks.
				if event.Marked > 0 {
					s.tell("mailbox", layers.N("pop3.not-updated", layers.A("count", layers.Int(event.Marked))))
					s.tellAgain(event.User)
				}
			}
		}
	}
	running = s.run(c, e, notice, func(error) {
		e.Hangup()
		notice()
	})
}

func (s *Server) serveIMAP(c Connection, tls bool) {
	var running *session
	var e *imap.Server
	woken := false
	// A change is told at the same instant but after the act that made it, so that one act is one piece of news.
	wake := func() {
		if !woken {
			woken = true
			s.host.World().After(0, func() {
				woken = false
				e.Wake(s.now())
				running.step()
			})
		}
	}
	e = imap.NewServer(s.now(), imap.Config{
		Backend: s.store.IMAP(wake), Name: s.Name(), StartTLS: s.config.TLS != nil, Secured: tls, NeedTLS: s.config.NeedTLS,
		Nonce: s.config.Nonce, SaltKey: s.config.SaltKey,
	})
	running = s.run(c, e, func() {
		for event, ok := e.Next(); ok; event, ok = e.Next() {
			if _, is := event.(imap.StartTLS); is {
				running.startTLS(s.secure, func() { e.Secured(s.now()) })
			}
		}
	}, func(error) { e.Close() })
}

func peer(c Connection) netip.Addr { return c.Remote().Addr() }

// TellMailboxes tells what every mailbox holds.
func (s *Server) TellMailboxes() {
	for _, a := range s.store.Accounts() {
		for _, m := range a.Mailboxes() {
			s.tellMailbox(a, m)
		}
	}
}

// tellAgain tells what a user's mailboxes hold, though it is what was told before: after a session that changed nothing.
func (s *Server) tellAgain(user string) {
	account, ok := s.store.Lookup(user)
	if !ok {
		return
	}
	for _, m := range account.Mailboxes() {
		delete(s.told, m)
		s.tellMailbox(account, m)
	}
}

// tellMailbox tells what a mailbox holds now, if that is something new.
func (s *Server) tellMailbox(a *store.Account, m *store.Mailbox) {
	holds := m.Holding()
	if before, ok := s.told[m]; ok && before == holds {
		return
	}
	s.told[m] = holds
	args := append([]layers.Arg{text("user", a.User), text("mailbox", m.Name())}, holds.Values()...)
	s.tell("mailbox", layers.N("mail.mailbox", args...))
}

func (s *Server) tell(kind string, n layers.Note) {
	if s.config.Observer != nil {
		s.config.Observer(&trace.State{Time: s.now(), Host: s.host.Name(), Kind: kind, Values: n.Args, Note: n})
	}
}
