package smtp

import (
	"slices"
	"time"

	"mailwire/layers/application/sasl"
)

// A Role says what a server is for.
type Role uint8

// The roles.
const (
	Relay      Role = iota // port 25: takes mail for its own users from anyone
	Submission             // ports 587 and 465: takes mail from its users, who log in (RFC 6409 §4.3)
	LMTP                   // no port of its own: the last step into mailboxes, with an answer for each recipient (RFC 2033)
)

// A ServerConfig says what a server is and what it offers. The zero value of each field has a sensible meaning.
type ServerConfig struct {
	Hostname   string
	Role       Role
	Announce   []string // keywords of EHLO without SIZE's value and AUTH's mechanisms; nil: DefaultAnnounce
	Mechanisms []string // of AUTH; nil: sasl.Usual. CRAM-MD5 and SCRAM need a Backend that is a SecretKeeper
	OnlyHELO   bool     // a server from before 1993: EHLO is an unknown command, replies have no enhanced codes
	NeedTLS    bool     // AUTH is offered, and on a Submission server mail accepted, under TLS alone
	RefuseBare bool     // a mail with a CR or LF that stands alone is refused; else they are kept, and end neither line nor mail
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
	Timeout    time.Duration // for a whole command line, and for Progress bytes of a mail
	Progress   int           // bytes of a mail that have to come within Timeout
	Output     int           // bytes owed to a client that does not read, at which the server stops reading: see [Server.Busy]
}

// DefaultLimits holds what RFC 5321 §4.5.3 and RFC 4954 §4 ask for at least, or more.
var DefaultLimits = Limits{Line: 2048, AuthLine: 12288, Recipients: 1000, Size: 32 << 20, Errors: 20, Logins: 3, Timeout: 5 * time.Minute,
	Progress: 1000, Output: 32 << 10}

// DefaultAnnounce lists the extensions that a server announces unless told otherwise: those that need nothing of its
// Backend. STARTTLS, DSN and BINARYMIME are for owners who do their part: run TLS, report, and keep bytes that are no lines.
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
	fill(&c.Limits.Progress, DefaultLimits.Progress)
	fill(&c.Limits.Output, DefaultLimits.Output)
	return c
}

func fill[T int | int64 | time.Duration](value *T, normal T) {
	if *value == 0 {
		*value = normal
	}
}

func (c *ServerConfig) announces(keyword string) bool { return slices.Contains(c.Announce, keyword) }
