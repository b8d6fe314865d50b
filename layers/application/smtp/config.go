package smtp

import (
	"net/netip"
	"slices"
	"time"

	"mailwire/layers/application/message"
	"mailwire/layers/application/sasl"
)

// A Role says what a server is for.
type Role uint8

// The roles.
const (
	Relay      Role = iota // port 25: takes mail for its own users from anyone
	Submission             // ports 587 and 465: takes mail from its users, who log in (RFC 6409 §4.3)
)

// A ServerConfig says what a server is and what it offers. The zero value of each field has a sensible meaning.
type ServerConfig struct {
	Hostname   string
	Role       Role
	Announce   []string // keywords of EHLO without SIZE's value and AUTH's mechanisms; nil: DefaultAnnounce
	Mechanisms []string // of AUTH; nil: sasl.Usual. CRAM-MD5 and SCRAM need a Backend that is a SecretKeeper
	OnlyHELO   bool     // a server from before 1993: EHLO is an unknown command, replies have no enhanced codes
	NeedTLS    bool     // AUTH is offered, and on a Submission server mail accepted, under TLS alone
	Refuse     *Reply   // greeting of a server that does no service: 554 or 421 (RFC 5321 §3.1)
	Limits     Limits
	Nonce      func() string // what makes each login unlike others: see sasl.Challenges; nil: CRAM-MD5 and SCRAM are not offered
	SaltKey    string        // for the salts of SCRAM: see sasl.Challenges
}

// Limits of a session; zero fields have the values that DefaultLimits says.
type Limits struct {
	Line       int           // bytes of a command line with CRLF
	AuthLine   int           // bytes of a line in an AUTH dialogue
	Recipients int           // of one mail
	Size       int64         // bytes of one mail, announced with SIZE
	Errors     int           // refused commands after which the server closes
	Logins     int           // failed logins after which the server closes
	Timeout    time.Duration // without a byte of the client
}

// DefaultLimits holds what RFC 5321 §4.5.3 and RFC 4954 §4 ask for at least, or more.
var DefaultLimits = Limits{Line: 2048, AuthLine: 12288, Recipients: 1000, Size: 32 << 20, Errors: 20, Logins: 3, Timeout: 5 * time.Minute}

// DefaultAnnounce lists the extensions that a server announces unless told otherwise.
var DefaultAnnounce = []string{"PIPELINING", "SIZE", "8BITMIME", "ENHANCEDSTATUSCODES", "CHUNKING", "AUTH", "SMTPUTF8", "HELP"}

func (c ServerConfig) withDefaults() ServerConfig {
	if c.Announce == nil {
		c.Announce = DefaultAnnounce
	}
	if c.OnlyHELO {
		c.Announce = []string{}
	}
	if c.Mechanisms == nil {
		c.Mechanisms = sasl.Usual
	}
	if c.Hostname == "" {
		c.Hostname = "localhost"
	}
	fill(&c.Limits.Line, DefaultLimits.Line)
	fill(&c.Limits.AuthLine, DefaultLimits.AuthLine)
	fill(&c.Limits.Recipients, DefaultLimits.Recipients)
	fill(&c.Limits.Size, DefaultLimits.Size)
	fill(&c.Limits.Errors, DefaultLimits.Errors)
	fill(&c.Limits.Logins, DefaultLimits.Logins)
	fill(&c.Limits.Timeout, DefaultLimits.Timeout)
	return c
}

func fill[T int | int64 | time.Duration](value *T, normal T) {
	if *value == 0 {
		*value = normal
	}
}

func (c *ServerConfig) announces(keyword string) bool { return slices.Contains(c.Announce, keyword) }

// A Backend decides what a server does with addresses, logins and mails. Its methods are called while the client waits.
// A refusal is an error: a *[Reply] is sent as it is, any other error becomes 451 4.3.0.
type Backend interface {
	// Login checks a user's password. nil: they are right.
	Login(s *Session, user, password string) error
	// Mail decides on a reverse-path; nil accepts.
	Mail(s *Session, from Path, params []Param) error
	// Rcpt decides on a recipient; nil accepts. Here is where an open relay is made or avoided: see [RelayDenied].
	Rcpt(s *Session, to Path, params []Param) error
	// Deliver takes responsibility for a mail, or refuses it. The server says 250 only behind it. It may keep data.
	Deliver(e *Envelope, data []byte) error
	// Verify answers VRFY and, with expand, EXPN; nil: the server answers 252 and 502.
	Verify(s *Session, words string, expand bool) *Reply
}

// A SecretKeeper is a Backend that can tell a user's secret, which CRAM-MD5 and SCRAM need: see [sasl.Verifier].
type SecretKeeper interface {
	Secret(user string) (secret sasl.Secret, ok bool)
}

// RelayDenied is the refusal of a recipient elsewhere, for a client who may not send there (RFC 5321 §3.6.2, RFC 3463 §3.8).
func RelayDenied() *Reply { return NewReply(550, "5.7.1", "Relaying denied") }

// UnknownUser is the refusal of a recipient who does not exist here (RFC 3463 §3.2).
func UnknownUser() *Reply { return NewReply(550, "5.1.1", "No such user here") }

// MailboxFull is the refusal, for now, of a recipient whose mailbox has no room (RFC 3463 §3.3).
func MailboxFull() *Reply { return NewReply(452, "4.2.2", "Mailbox full") }

// A Session is what a server knows of the connection and the client.
type Session struct {
	Peer     netip.Addr
	TLS      bool
	Client   string // what it said behind EHLO or HELO
	Extended bool   // it said EHLO
	User     string // who is logged in; "" for nobody
}

// An Envelope is what a mail travels with: SMTP's own data about it, which its header need not repeat.
type Envelope struct {
	Session Session
	From    Path
	To      []Path
	Params  []Param   // of MAIL
	At      time.Time // when the last byte arrived
}

// Param returns the value of a parameter of MAIL.
func (e *Envelope) Param(keyword string) (string, bool) {
	return Command{Params: e.Params}.Param(keyword)
}

// With names the protocol that the mail came by, for Received (RFC 3848, RFC 6531 §4.3).
func (e *Envelope) With() string {
	with := "SMTP"
	if e.Session.Extended {
		with = "ESMTP"
		if _, utf8 := e.Param("SMTPUTF8"); utf8 {
			with = "UTF8SMTP"
		}
		if e.Session.TLS {
			with += "S"
		}
		if e.Session.User != "" {
			with += "A"
		}
	}
	return with
}

// Received is the trace line that a server puts on top of the mail that it takes (RFC 5321 §4.4), with its CRLFs. id is the
// server's own name for the mail, or "". A mail to several does not say for whom it is: that would betray a Bcc.
func (e *Envelope) Received(by, id string) string {
	stamp := message.Received{From: e.Session.Client, By: by, With: e.With(), ID: id, Date: e.At}
	if stamp.From == "" {
		stamp.From = "unknown"
	}
	if e.Session.Peer.IsValid() {
		stamp.Source = Literal(e.Session.Peer)
	}
	if len(e.To) == 1 {
		stamp.For = e.To[0].Mailbox.String()
	}
	return string(stamp.Append(nil))
}

// Literal is the address literal of an IP address: [192.0.2.1] or [IPv6:2001:db8::1] (RFC 5321 §4.1.3).
func Literal(a netip.Addr) string {
	if a = a.Unmap(); a.Is6() {
		return "[IPv6:" + a.WithZone("").String() + "]"
	}
	return "[" + a.String() + "]"
}
