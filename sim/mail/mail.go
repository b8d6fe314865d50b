// Package mail holds the people and the programs of the world: user agents on people's devices, and mail hosts that take,
// keep, relay and hand out mail. They speak with the engines of layers/application over the hosts of package host.
//
// A [Server] is a mail host: submission (port 587, with login), relay (port 25), POP3 (110) and IMAP (143) over one
// store, and a queue whose transfer agent finds the next host by MX and tries again when it cannot be reached. An [Agent]
// is a person's mail program on a device: it writes, sends, and reads a mailbox by one of several strategies.
// One of them works without the network: it keeps copies of all folders and a queue of changes, and synchronises (RFC 4549).
//
// Programs and hosts speak TLS where their settings say so ([Authority]).
//
// Not modelled: spam filters; mail hosts with several domains; the same mailboxes on several hosts.
package mail

import (
	"time"

	"mailwire/layers"
	"mailwire/layers/trace"
)

// The ports of the protocols (RFC 5321 §2.3.4, RFC 6409 §3.1, RFC 1939 §3, RFC 3501 §2.1), and those on which TLS comes
// first (RFC 8314 §3.1 to §3.3).
const (
	portSMTP        = 25
	portPOP3        = 110
	portIMAP        = 143
	portSubmissions = 465
	portSubmission  = 587
	portIMAPS       = 993
	portPOP3S       = 995
)

// A Failure is why something that a person or a program wanted did not work, in the words of the lexicon.
type Failure struct{ Note layers.Note }

// Error is the failure for a log.
func (f *Failure) Error() string { return "mail: " + f.Note.ID }

func fail(id string, args ...layers.Arg) *Failure { return &Failure{layers.N(id, args...)} }

// An Observer is told what no packet shows.
type Observer func(*trace.State)

// patience is how long a mail program waits for a silent server before it gives up.
const patience = 60 * time.Second

func text(name, value string) layers.Arg { return layers.A(name, layers.String(value)) }
