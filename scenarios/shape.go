package scenarios

import "math"

// A shape says what may stand at a place of a scenario file. The checker walks it beside the file, and the JSON Schema is
// made from it, so the two cannot disagree.
type shape struct {
	kind     kind
	about    string      // what it means, in English, for editors
	words    []string    // of a word: the ones allowed
	fields   []field     // of a mapping, or of what stands behind each name of a named mapping
	forms    []form      // of a mapping: the key of exactly one of these must be there
	apart    [][2]string // of a mapping: pairs of keys that do not go together
	item     *shape      // of a list or a named mapping
	example  string      // what would be right
	optional bool        // of a named mapping or a list: may be empty
	lines    bool        // of a text: may have several
	empty    bool        // of a text: may be empty
	most     uint64      // of a whole number or a size; 0: a million
}

// A field is a key of a mapping.
type field struct {
	name     string
	required bool
	shape    shape
}

// A form is one of the things that a mapping can be: the key that says so, and the further keys that go with it.
type form struct {
	name  string
	takes []string
}

type kind int

const (
	text     kind = iota
	word          // one of a few words
	whole         // a whole number
	duration      // 20m, 1ms
	rate          // 100Mbit/s
	size          // 2MiB, 640 kB
	percent       // 5%
	date          // 2026-01-05T09:00:00Z
	flag          // true or false
	texts         // one text a language
	mapping       // known keys
	named         // names chosen by the author, each with the same shape
	list
)

func textOf(about, example string) shape { return shape{kind: text, about: about, example: example} }

func listOf(about string, item shape) shape { return shape{kind: list, about: about, item: &item} }

func namedOf(about string, item shape) shape { return shape{kind: named, about: about, item: &item} }

var (
	personShape = textOf("a person of this file", "ana")
	cableShape  = textOf("a cable of this file", "laptop to r1")
	mailShape   = textOf("a mail of this file", "hello")
	people      = listOf("people of this file, or addresses", textOf("a person of this file, or an address", "bob"))
	local       = shape{kind: texts, about: "the same text in each language", example: "{en: Hello, es: Hola}"}
)

// What an act can be, and what an expectation can be about.
var (
	actForms = []form{
		{"does", []string{"who", "on", "mail", "folder", "part", "says", "note"}},
		{"cut", []string{"once sent", "once answered", "says", "note"}},
		{"mend", []string{"once sent", "once answered", "says", "note"}},
		{"lose", []string{"from", "count", "chance", "carrying", "once sent", "once answered", "says", "note"}},
		{"wait", []string{"says", "note"}},
		{"say", []string{"note"}},
	}
	expectForms = []form{
		{"mailbox", []string{"folder", "marked", "holds", "after act"}},
		{"device", []string{"folder", "marked", "holds", "after act"}},
		{"changes", []string{"holds", "after act"}},
		{"queue", []string{"holds", "after act"}},
		{"act", []string{"ends"}},
	}
)

var actShape = shape{kind: mapping, forms: actForms, apart: [][2]string{{"count", "chance"}, {"once sent", "once answered"}}, fields: []field{
	{"who", false, personShape},
	{"does", false, shape{kind: word, about: "what the person does", words: doings()}},
	{"on", false, textOf("one of the person's devices; else the first", "phone")},
	{"mail", false, mailShape},
	{"folder", false, textOf("into which the mail is moved, or which is removed", "Travel")},
	{"part", false, textOf("the name of the attachment that is fetched", "window.png")},
	{"cut", false, cableShape},
	{"mend", false, cableShape},
	{"lose", false, cableShape},
	{"from", false, textOf("frames sent by this end of the cable", "r1")},
	{"count", false, shape{kind: whole, about: "so many frames; else one", example: "1"}},
	{"chance", false, shape{kind: percent, about: "not the first frames, but each with this chance", example: "5%"}},
	{"carrying", false, shape{kind: word, about: "which frames", words: []string{"mail", "anything"}}},
	{"once sent", false, textOf("not at once, but when a message that begins so has passed", "QUIT")},
	{"once answered", false, textOf("not at once, but when the reply to such a message has passed", "DELE 3")},
	{"wait", false, shape{kind: duration, about: "nothing happens for so long; all waits together, at most a hundred years", example: "20m"}},
	{"say", false, local},
	{"says", false, local},
	{"note", false, textOf("id of a note that explains the act", "pop3.dele")},
}}

// file is the shape of a whole scenario.
var file = shape{kind: mapping, about: "a mailwire scenario", fields: []field{
	{"name", true, textOf("what it is called on the command line", "first-mail")},
	{"topic", false, shape{kind: word, about: "where the list shows it", words: Topics}},
	{"title", true, local},
	{"story", false, local},
	{"refutes", false, listOf("ids of misconceptions", textOf("an id", "pop3.dele-deletes-at-once"))},
	{"date", false, shape{kind: date, about: "when it begins, from 1970 to 2099", example: "2026-01-05T09:00:00Z"}},
	{"seed", false, shape{kind: whole, about: "what all chance comes from", example: "1", most: math.MaxUint64}},
	{"secrets", false, shape{kind: word, about: "whether the trace may look inside TLS, or sees what an eavesdropper sees", words: []string{"told", "none"}}},
	{"ledger", false, shape{kind: flag, about: "whether each act's cost is counted", example: "true"}},
	{"parameters", false, namedOf("values that --set can change: $name stands for the value", shape{kind: mapping, fields: []field{
		{"default", true, shape{kind: text, about: "the value without --set", example: "imap", empty: true}},
		{"one of", false, listOf("the values it may have", shape{kind: text, about: "a value", example: "imap", empty: true})},
	}})},
	{"network", true, shape{kind: mapping, fields: []field{
		{"hosts", true, namedOf("the devices", shape{kind: mapping, optional: true, fields: []field{
			{"kind", false, shape{kind: word, about: "what it is", words: []string{"host", "router", "switch"}}},
			{"domain", false, textOf("of a host: whose mail it serves; no other host serves the same", "example.net")},
			{"services", false, listOf("what runs on a host; all but dns need a domain", shape{kind: word, words: []string{"dns", "submission", "submissions", "smtp", "pop3", "pop3s", "imap", "imaps"}})},
			{"tls", false, shape{kind: word, about: "whether the mail host speaks TLS, and whether it demands it of people", words: []string{"offered", "needed"}}},
			{"certificate", false, shape{kind: word, about: "what is wrong with the certificate of a host that speaks TLS", words: Certificates}},
			{"webmail", false, textOf("the domain whose people read their mail on the pages of this host; its mail is kept on another one", "example.net")},
			{"aliases", false, namedOf("names of the domain whose mail goes to others: office: [ana, bob]", people)},
			{"lists", false, namedOf("mailing lists of the domain", shape{kind: mapping, fields: []field{
				{"owner", true, textOf("who hears of failures: a person of this file, or an address", "bob")},
				{"members", true, people},
			}})},
			{"relay", false, shape{kind: word, about: "whether strangers may send through the host to anywhere", words: []string{"closed", "open"}}},
			{"backup for", false, listOf("domains of other hosts: it takes their mail while these are away, and passes it on later", textOf("a domain of this file", "example.org"))},
			{"lacks", false, listOf("extensions of SMTP that the mail host does not know", shape{kind: word, words: Extensions})},
			{"spf", false, textOf("the record that says which hosts send for the domain", "v=spf1 mx -all")},
			{"dkim", false, textOf("the mail host signs what its people send; the value is the name of its key", "lesson")},
			{"dmarc", false, shape{kind: word, about: "what the domain wants done with mail that only says it is from there", words: Policies}},
			{"checks senders", false, shape{kind: flag, about: "whether the mail host checks SPF, DKIM and DMARC of what others bring", example: "true"}},
			{"quota", false, shape{kind: size, about: "how much a mailbox of the domain may hold", example: "10MB", most: math.MaxInt64}},
		}})},
		{"cables", true, namedOf("a cable is called: one end to other end; a host has one, routers and switches have several, and switches form no circle", shape{kind: mapping, optional: true, fields: []field{
			{"delay", false, shape{kind: duration, about: "how long a signal takes from end to end", example: "10ms"}},
			{"rate", false, shape{kind: rate, about: "bits a second", example: "100Mbit/s"}},
			{"queue", false, shape{kind: whole, about: "frames that may wait at each end", example: "100"}},
		}})},
	}}},
	{"people", true, namedOf("who acts", shape{kind: mapping, fields: []field{
		{"address", true, textOf("the mail address, of nobody else", "ana@example.net")},
		{"password", false, textOf("of the mailbox", "correct horse")},
		{"sends as", false, textOf("the address that its program gives as the sender; else its own", "bob@example.org")},
		{"forwards to", false, people},
		{"keeps copy", false, shape{kind: flag, about: "whether what is forwarded stays in the mailbox too", example: "true"}},
		{"uses", false, namedOf("a host with a mail program", shape{kind: mapping, optional: true, fields: []field{
			{"reads", false, shape{kind: word, about: "how it reads the mailbox", words: Strategies}},
			{"security", false, shape{kind: word, about: "how it protects what it says to its server", words: Securities}},
		}})},
	}})},
	{"mails", false, namedOf("what is written, or lies in a mailbox at the start", shape{kind: mapping, fields: []field{
		{"from", true, textOf("a person of this file, or an address", "ana")},
		{"to", true, people},
		{"cc", false, people},
		{"bcc", false, people},
		{"subject", false, shape{kind: text, about: "what it is about", example: "Lunch on Friday?", empty: true}},
		{"text", false, shape{kind: text, about: "what it says", example: "Dear Bob, …", lines: true, empty: true}},
		{"notify", false, listOf("of what the sender wants to hear from mail hosts", shape{kind: word, words: Occasions})},
		{"return", false, shape{kind: word, about: "how much of the mail a report of failure carries", words: []string{"header", "full"}}},
		{"attach", false, listOf("what is attached", shape{kind: mapping, fields: []field{
			{"name", true, textOf("the name of the file", "picture.png")},
			{"picture", true, shape{kind: size, about: "a made-up picture of so many bytes, at most 100 MB", example: "2MiB", most: 100e6}},
		}})},
	}})},
	{"mailboxes", false, namedOf("what lies in a person's inbox at the start", listOf("mails of this file, oldest first", mailShape))},
	{"acts", true, listOf("what happens, in order", actShape)},
	{"expect", false, listOf("what must be true at the end", shape{kind: mapping, forms: expectForms, fields: []field{
		{"mailbox", false, personShape},
		{"after act", false, shape{kind: whole, about: "not at the end, but when the act of this number is over", example: "3"}},
		{"folder", false, textOf("a folder; else the inbox of the mailbox, or all that is on the device", "Trash")},
		{"marked", false, shape{kind: word, about: "only the mails that are so", words: []string{"read", "unread", "flagged"}}},
		{"changes", false, textOf("a host with a mail program: what was done on it and waits to be told to the server", "laptop")},
		{"device", false, textOf("a host with a mail program: what is stored on it", "laptop")},
		{"queue", false, textOf("a host: mail that waits there to be sent on", "mail")},
		{"act", false, shape{kind: whole, about: "the number of an act, from 1", example: "2"}},
		{"holds", false, shape{kind: whole, about: "how many mails", example: "3"}},
		{"ends", false, shape{kind: word, about: "how the act ends", words: []string{"done", "failed"}}},
	}})},
}}

func (s *shape) field(name string) *shape {
	for i := range s.fields {
		if s.fields[i].name == name {
			return &s.fields[i].shape
		}
	}
	return nil
}
