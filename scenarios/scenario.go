// Package scenarios loads, checks and runs scenarios: files in which a teacher says which computers there are, who uses
// them, what these people do, what goes wrong on the cables, and what must be true at the end.
//
// A file is YAML. [Load] reads it and reports every fault at once, each with its line and column. [Schema] is the same
// description as a JSON Schema for editors. [Scenario.Run] builds the world (package sim and below), lets the people act,
// and hands every event to a trace.Face. The shipped scenarios are embedded: [Names], [Shipped].
//
// Not modelled: more than one network interface on a host that is not a router; several hosts for the mail of one domain;
// switches in a circle (there is no spanning tree); people who move from cable to cable.
package scenarios

import (
	"time"

	"mailwire/layers/lexicon"
)

// A Scenario is what a file says, checked.
type Scenario struct {
	Name    string
	Topic   string   // smtp, pop, imap, compare or security: where the list shows it
	Title   Texts    // what happens, in one line
	Story   Texts    // what to look for; may be empty
	Refutes []string // ids of the misconceptions that its trace refutes
	Date    time.Time
	Seed    uint64
	Ledger  bool // whether what each act of a reader costs is counted
	Sealed  bool // the secrets of TLS are not told: the trace shows what an eavesdropper sees

	Parameters []Parameter
	Hosts      []Host
	Cables     []Cable
	People     []Person
	Mails      []Mail
	Mailboxes  []Mailbox
	Acts       []Act
	Expect     []Expectation
}

// Texts is one text in several languages, by their codes.
type Texts map[string]string

// A Parameter is a value of the file that --set can change.
type Parameter struct {
	Name    string
	Default string
	OneOf   []string // empty: any
}

// A Host is a device.
type Host struct {
	Name     string
	Kind     string   // host, router or switch
	Domain   string   // whose mail it serves; "" for none
	Services []string // dns, submission, smtp, pop3, imap, and with TLS first: submissions, pop3s, imaps
	TLS      string   // offered, needed or "" for none
	// Certificate is what is wrong with the host's certificate: see Certificates; "" for nothing.
	Certificate string
	Quota       int64  // bytes that a mailbox may hold; 0 for no limit
	Webmail     string // the domain whose mail its web pages show; "" for none
	Aliases     []Alias
	Open        bool // it is an open relay

	BackupFor []string // domains of other hosts, for which it takes mail while these are away
	Lacks     []string // extensions of SMTP that it does not offer
	SPF       string   // record of its domain; "" for none
	DKIM      string   // selector of the key with which it signs; "" for no signatures
	DMARC     string   // what its domain wants done with forged mail: none, quarantine, reject; "" for no record
	Checks    bool     // it checks whose mail others bring
}

// An Alias is a name of a host's domain whose mail goes to others.
type Alias struct {
	Name  string   // before the @
	To    []string // people or addresses
	Owner string   // of a mailing list, who hears of failures; "" when it is none
}

// A Cable joins two hosts.
type Cable struct {
	A, B  string
	Delay time.Duration // propagation, one way
	Rate  int64         // bits a second
	Queue int           // frames that wait at each end before more are dropped
}

// Name is the cable's name in the trace: "ana-r1".
func (c Cable) Name() string { return c.A + "-" + c.B }

// A Person has a mailbox and devices.
type Person struct {
	Name     string
	Address  string // ana@example.net
	Password string
	SendsAs  string   // the sender on the envelope of what it sends; "" for its own address
	Forwards []string // people or addresses to whom its mail goes on; empty: it stays
	Keeps    bool     // of Forwards: with a copy in the mailbox
	Devices  []Device // the first is used where an act names none
}

// A Device is a person's mail program on a host.
type Device struct {
	Host  string
	Reads string // the strategy: see Strategies
	// Security is how it protects what it says to its server: see Securities.
	Security string
}

// A Mail is what a person writes, or what lies in a mailbox at the start.
type Mail struct {
	Name    string
	From    string   // a person or an address
	To      []string // people or addresses
	Cc, Bcc []string
	Subject string
	Text    string
	Attach  []Attachment
	Notify  []string // of what its sender wants to hear: see Occasions; empty where he does not say
	Return  string   // how much of it a report of failure carries: header, full; "" where he does not say
}

// An Attachment is a made-up file: a picture of so many bytes.
type Attachment struct {
	Name    string
	Picture int64 // bytes
}

// A Mailbox lists the mails that lie in a person's inbox at the start.
type Mailbox struct {
	Person string
	Mails  []string
}

// An Act is one step of the story. Its form says what it is, and so which of the fields count.
type Act struct {
	Form string // does, cut, mend, lose, wait or say

	Says Texts  // the act in the author's words; else mailwire's
	Note string // id of a note that explains it

	Who, On string // a person, and which of its devices
	Does    string // what the person does: see doings
	Folder  string // into which a mail is moved, or which is removed
	Part    string // the file name of the part that is fetched
	Mail    string // which mail

	Cut, Mend string // a cable
	Lose      string // a cable
	From      string // of Lose: frames sent by this end
	Count     int    // of Lose: so many frames
	ByChance  bool   // of Lose: instead, each frame by chance
	Chance    int    // of Lose: so many parts in a million; may be 0
	Carrying  string // of Lose: "mail" for frames with data of a mail protocol, "anything"
	OnceSent  string // what is armed happens once a message that begins so has passed
	OnceDone  string // … once the reply to a message that begins so has passed

	Wait time.Duration
	Say  Texts

	Line int // in the file
}

// An Expectation is what must be true at the end.
type Expectation struct {
	Mailbox string // a person's, on the server
	Folder  string // of Mailbox or Device; "" for the inbox of Mailbox, and for all folders of Device
	Marked  string // of Mailbox or Device: only those mails that are read, unread or flagged; "" for all
	Changes string // a person's device: what was done there and the server has not been told
	Device  string // a person's device: what is stored there
	Queue   string // a host's queue of mail that waits to be sent on
	Act     int    // from 1; Ends says how it ended
	After   int    // number of the act after which it must be true; 0: at the end
	Holds   int    // mails
	Ends    string // done or failed
	Line    int
}

// Strategies lists the ways in which a device can read a mailbox.
var Strategies = []string{"pop3-delete", "pop3-leave", "pop3-select", "imap", "imap-disconnected", "imap-offline", "webmail"}

// Compared lists those that the comparison plays: the ways of a mail program that differ most.
var Compared = Strategies[:5]

// Securities lists the ways in which a device can protect what it says to its server.
var Securities = []string{"none", "starttls", "tls"}

// Certificates lists what can be wrong with a certificate: it has expired, is for another name, or is from nobody whom
// programs trust.
var Certificates = []string{"expired", "for another name", "self-signed"}

// In is the text in a language; where it is missing there, in English or else in the first language that has it.
func (t Texts) In(language lexicon.Language) string {
	for _, l := range append([]lexicon.Language{language}, lexicon.Languages[:]...) {
		if s, ok := t[string(l)]; ok {
			return s
		}
	}
	return ""
}

// Topics are the topics in the order of the list.
var Topics = []string{"smtp", "pop", "imap", "compare", "security"}
