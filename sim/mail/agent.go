package mail

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"slices"
	"time"

	"mailwire/layers"
	"mailwire/layers/application/message"
	"mailwire/layers/application/sasl"
	"mailwire/layers/application/smtp"
	"mailwire/layers/trace"
)

// A Strategy is how a mail program reads a mailbox.
type Strategy string

// The strategies.
const (
	POP3Delete Strategy = "pop3-delete" // download everything, then delete it on the server
	POP3Leave  Strategy = "pop3-leave"  // download what is new, leave a copy on the server
	POP3Select Strategy = "pop3-select" // look at the headers first (LIST, TOP), fetch or delete one by one
	IMAP       Strategy = "imap"        // read on the server, fetch what is wanted

	IMAPOffline      Strategy = "imap-offline"      // download everything from INBOX, then delete it on the server
	IMAPDisconnected Strategy = "imap-disconnected" // keep a copy of all folders, work on it, and synchronise
)

// speaksIMAP says whether the strategy uses IMAP rather than POP3.
func (s Strategy) speaksIMAP() bool { return s == IMAP || s == IMAPOffline || s == IMAPDisconnected }

// A Security is how a mail program protects what it says to its server.
type Security string

// The ways, as mail programs call them in their settings.
const (
	NoTLS    Security = "none"
	StartTLS Security = "starttls" // in the clear first, then over to TLS (RFC 3207, RFC 2595, RFC 9051 §6.2.1)
	TLS      Security = "tls"      // from the first byte, on a port of its own (RFC 8314 §3)
)

// An AgentConfig says whose mail program it is and what its account's settings are.
type AgentConfig struct {
	Person   string
	Address  string // ana@example.net; also the user of the login
	From     string // the sender of what it sends; "" is Address
	Password string
	Server   string // name of the host for sending and reading
	Reads    Strategy
	Security Security
	// Trust is how the program checks the certificate of a server; needed unless Security is NoTLS.
	Trust    func(server string) *tls.Config
	Observer Observer // told what the device holds; may be nil

	Port uint16 // of the server; 0: that of the service
	// Auth is how the program may log in; nil: as programs in a lesson do, in the way that shows most.
	Auth *sasl.Policy
	// Taken is told of each mail that has been fetched as a whole, before the server is told to delete it. An error keeps it
	// there; nil: what is in memory is safe enough.
	Taken func(*Local) error
}

// An Agent is a person's mail program on a device. What the person asks for takes time; each method returns at once and
// calls done when the world has come to its end, with nil or why it did not work. One thing is done at a time.
type Agent struct {
	network Network
	config  AgentConfig
	local   []*Local
	folders []*folder // those that a disconnected program keeps, in the order in which it learned of them
	changes []*change // what the server has not been told of yet, oldest first
	outbox  []*outgoing
	news    *idling // the session that waits for news, if any

	connected time.Duration // of all sessions that have ended
	sessions  int
	opened    time.Time // since when there has been one without a break
}

// A Local is a mail as far as the device knows it.
type Local struct {
	ID      string // the server's: UIDL, or UIDVALIDITY and UID
	UID     uint32 // IMAP's
	Subject string
	Size    int64  // of the whole mail on the server
	Header  []byte // what has been fetched of it
	Text    []byte // the part for people to read
	Whole   []byte // everything
	Hidden  bool   // deleted here

	Folder string   // in which the device shows it; "" is INBOX
	Held   string   // in which the server keeps it, where its UID counts; "" while the server does not have it
	Flags  []string // as the device shows them
	Parts  []Part   // those that were fetched alone
}

// A Part is one part of a mail, as it was sent.
type Part struct {
	Name  string
	Bytes []byte
}

// Readable says whether a person can read the mail on the device without the network.
func (l *Local) Readable() bool { return l.Whole != nil || l.Text != nil }

// Stored is how many bytes of the mail lie on the device.
func (l *Local) Stored() int64 {
	n := len(l.Header) + len(l.Text) + len(l.Whole)
	for _, p := range l.Parts {
		n += len(p.Bytes)
	}
	return int64(n)
}

type outgoing struct {
	to     []smtp.Path
	data   []byte
	wishes Wishes
}

// NewAgent returns a mail program without any mail.
func NewAgent(n Network, config AgentConfig) *Agent { return &Agent{network: n, config: config} }

// Connected is how long the device has been connected to its mail host so far, by one session or several at once.
func (a *Agent) Connected() time.Duration {
	if a.sessions == 0 {
		return a.connected
	}
	return a.connected + a.now().Sub(a.opened)
}

// Holding is what is stored on the device: the mails that can be read there without the network, and the bytes of all that
// was fetched.
func (a *Agent) Holding() trace.Holding {
	var h trace.Holding
	for _, l := range a.local {
		if l.Hidden {
			continue
		}
		if l.Readable() {
			h.Messages++
		}
		h.Bytes += l.Stored()
	}
	return h
}

// Known is how many mails the device knows of, readable or not.
func (a *Agent) Known() int {
	n := 0
	for _, l := range a.local {
		if !l.Hidden {
			n++
		}
	}
	return n
}

// Write makes a mail and puts it into the outbox. It uses no network.
func (a *Agent) Write(m *message.Mail) error {
	data, err := m.Build()
	if err != nil {
		return err
	}
	var to []smtp.Path
	for _, address := range m.Recipients() {
		path, err := smtp.ParsePath("<" + address + ">")
		if err != nil {
			return err
		}
		to = append(to, path)
	}
	a.outbox = append(a.outbox, &outgoing{to: to, data: data})
	a.tell("mail.outbox", layers.A("waiting", layers.Int(len(a.outbox))), layers.A("bytes", layers.Int(len(data))))
	return nil
}

// Wishes are what somebody wants to hear about a mail (RFC 3461 §4).
type Wishes struct {
	Notify smtp.Notify // of each recipient; 0: as hosts do without being asked
	Return smtp.Return // how much of the mail a report of failure carries
}

// Ask makes wishes those of the mail that was written last.
func (a *Agent) Ask(wishes Wishes) {
	if len(a.outbox) > 0 {
		a.outbox[len(a.outbox)-1].wishes = wishes
	}
}

// recipients are those of a mail, with the wishes about each.
func (o *outgoing) recipients() []smtp.Recipient {
	all := smtp.To(o.to...)
	for i := range all {
		all[i].Notify = o.wishes.Notify
	}
	return all
}

// Mails lists the mails that the device shows.
func (a *Agent) Mails() []*Local {
	return slices.DeleteFunc(slices.Clone(a.local), func(l *Local) bool { return l.Hidden })
}

// Post puts a mail that somebody else has written into the outbox.
func (a *Agent) Post(to []smtp.Path, data []byte) {
	a.outbox = append(a.outbox, &outgoing{to: to, data: data})
}

// find returns the mail with a subject that the device knows.
func (a *Agent) find(subject string) *Local {
	for _, l := range a.local {
		if l.Subject == subject && !l.Hidden {
			return l
		}
	}
	return nil
}

func (a *Agent) byID(id string) *Local {
	for _, l := range a.local {
		if l.ID == id {
			return l
		}
	}
	return nil
}

func (a *Agent) add(l *Local) *Local {
	a.local = append(a.local, l)
	return l
}

func (a *Agent) now() time.Time { return a.network.World().Now() }

func (a *Agent) tell(id string, args ...layers.Arg) {
	if a.config.Observer != nil {
		n := layers.N(id, append([]layers.Arg{text("person", a.config.Person)}, args...)...)
		a.config.Observer(&trace.State{Time: a.now(), Host: a.network.Name(), Kind: "disk", Values: n.Args, Note: n})
	}
}

// tellHolding tells what the device holds now.
func (a *Agent) tellHolding() {
	h := a.Holding()
	a.tell("mail.device", layers.A("messages", layers.Int(h.Messages)), layers.A("bytes", layers.Int(h.Bytes)))
}

// A ports is where a service is found.
type ports struct{ plain, tls uint16 }

var (
	submissionPorts = ports{portSubmission, portSubmissions}
	pop3Ports       = ports{portPOP3, portPOP3S}
	imapPorts       = ports{portIMAP, portIMAPS}
)

// open connects to a service of the account's server and calls ready with the connection, or failed with why not.
func (a *Agent) open(at ports, ready func(Connection), failed func(*Failure)) {
	port := at.plain
	if a.config.Security == TLS {
		port = at.tls
	}
	if a.config.Port != 0 {
		port = a.config.Port
	}
	a.network.Open(a.config.Server, port, func(conn Connection) {
		if a.sessions == 0 {
			a.opened = a.now()
		}
		a.sessions++
		if a.config.Security == TLS {
			conn = a.secure(conn)
		}
		ready(conn)
	}, failed)
}

// secure is the program's side of TLS over a connection.
func (a *Agent) secure(c Connection) Connection {
	return secureClient(c, a.config.Trust(a.config.Server))
}

// broken is why a session ended that should not have ended.
func (a *Agent) broken(why error) *Failure {
	var certificate *tls.CertificateVerificationError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	server := text("name", a.config.Server)
	switch {
	case errors.Is(why, smtp.ErrNoTLS):
		return fail("mail.failed.no-tls", server)
	case !errors.As(why, &certificate):
		return fail("mail.failed.broke-off", server)
	case errors.As(certificate.Err, &name):
		return fail("mail.failed.certificate-name", server)
	case errors.As(certificate.Err, &invalid) && invalid.Reason == x509.Expired:
		return fail("mail.failed.certificate-expired", server)
	}
	return fail("mail.failed.certificate-unknown", server)
}

// closed counts the time in which there was a session, when the last one has ended.
func (a *Agent) closed() {
	if a.sessions--; a.sessions == 0 {
		a.connected += a.now().Sub(a.opened)
	}
}
