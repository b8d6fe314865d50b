package mail

import (
	"net/netip"
	"slices"
	"time"

	"mailwire/layers"
	"mailwire/layers/application/imap"
	"mailwire/layers/application/pop3"
	"mailwire/layers/application/smtp"
	"mailwire/layers/trace"
	"mailwire/sim/host"
	"mailwire/sim/mail/store"
)

// A ServerConfig says what a mail host is.
type ServerConfig struct {
	Domain   string   // whose mail it keeps: example.net
	Services []string // submission, smtp, pop3, imap
	Observer Observer // told what the store and the queue hold; may be nil
}

// A Server is a mail host.
type Server struct {
	host     *host.Host
	config   ServerConfig
	store    *store.Store
	queue    queue
	accepted int // mails, for their names
	told     map[*store.Mailbox]store.Holding
}

// NewServer starts the services on a host over a store.
func NewServer(h *host.Host, config ServerConfig, s *store.Store) (*Server, error) {
	srv := &Server{host: h, config: config, store: s, told: map[*store.Mailbox]store.Holding{}}
	srv.queue.server = srv
	s.OnChange = func(a *store.Account, m *store.Mailbox) { srv.tellMailbox(a, m) }
	services := []struct {
		name  string
		port  uint16
		serve func(*host.Conn)
	}{
		{"submission", portSubmission, func(c *host.Conn) { srv.serveSMTP(c, smtp.Submission) }},
		{"smtp", portSMTP, func(c *host.Conn) { srv.serveSMTP(c, smtp.Relay) }},
		{"pop3", portPOP3, srv.servePOP3},
		{"imap", portIMAP, srv.serveIMAP},
	}
	for _, service := range services {
		if slices.Contains(config.Services, service.name) {
			if _, err := h.Listen(service.port, service.serve); err != nil {
				return nil, err
			}
		}
	}
	return srv, nil
}

// Name is the name of the host in the world's name system: mail.example.net.
func (s *Server) Name() string { return HostName(s.config.Domain) }

// HostName is the name of the host that keeps the mail of a domain. People get it from their provider, as part of the
// account's settings; other hosts find it in the domain's MX record.
func HostName(domain string) string { return "mail." + domain }

// Waiting is how many mails wait in the queue to be passed on.
func (s *Server) Waiting() int { return len(s.queue.items) }

func (s *Server) now() time.Time { return s.host.World().Now() }

func (s *Server) serveSMTP(c *host.Conn, role smtp.Role) {
	config := smtp.ServerConfig{Hostname: s.Name(), Role: role}
	if role == smtp.Relay {
		// Nobody logs in on port 25: other hosts bring mail for the users here, and these hand theirs in on port 587.
		config.Announce = slices.DeleteFunc(slices.Clone(smtp.DefaultAnnounce), func(word string) bool { return word == "AUTH" })
	}
	e := smtp.NewServer(s.now(), config, &backend{s}, peer(c))
	run(c, e, func() { drain(e.Next) }, func(error) {})
}

func (s *Server) servePOP3(c *host.Conn) {
	e := pop3.NewServer(s.now(), pop3.Options{Implementation: "mailwire"}, s.store.POP3())
	// What no packet shows: a session that ends without QUIT forgets its marks.
	notice := func() {
		for event, ok := e.Next(); ok; event, ok = e.Next() {
			if a, is := event.(pop3.Abandoned); is && a.Marked > 0 {
				s.tell("mailbox", layers.N("pop3.not-updated", layers.A("count", layers.Int(a.Marked))))
				s.tellAgain(a.User)
			}
		}
	}
	run(c, e, notice, func(error) {
		e.Hangup()
		notice()
	})
}

func (s *Server) serveIMAP(c *host.Conn) {
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
	e = imap.NewServer(s.now(), imap.Config{Backend: s.store.IMAP(wake), Name: s.Name()})
	running = run(c, e, func() { drain(e.Next) }, func(error) { e.Close() })
}

// drain takes the events of an engine whose owner needs none of them: the packets tell the same.
func drain[E any](next func() (E, bool)) {
	for {
		if _, ok := next(); !ok {
			return
		}
	}
}

func peer(c *host.Conn) netip.Addr { return c.Remote().Addr() }

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
