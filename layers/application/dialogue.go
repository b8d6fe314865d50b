// Package application holds what the application protocols below it have in common when a conversation is followed
// from outside: a [Dialogue] takes the bytes of both sides and yields messages. Each protocol's package (smtp, pop3,
// imap, dns, tls, socks, http) implements it, those that have server and client engines with the same grammar.
package application

import "mailwire/layers"

// A Dialogue follows one connection from outside, as a machine of bytes and events. It keeps a bounded amount of
// bytes and never fails: what it cannot read is a message with notes that say so.
type Dialogue interface {
	// Receive takes the next bytes of one side's stream, however TCP cut them. It does not keep b.
	Receive(from layers.Side, b []byte)
	// Gap says that n bytes of one side's stream are missing here; 0 when nobody knows how many.
	Gap(from layers.Side, n int64)
	// End says that no more bytes will come from one side. What was incomplete becomes an incomplete message.
	End(from layers.Side)
	// Next returns the next message that is complete (or ended), in the order in which they were completed.
	Next() (Message, bool)
	// Pending describes the message of which a part has been received from a side, as far as it is known: kind, verb,
	// offset, length so far, secrets so far; not the text of data, of which each packet would copy more. It is valid until the
	// next call. The follower uses it to say what a packet in the midst of a message carries.
	Pending(from layers.Side) (Message, bool)
	// Upgrade tells that both streams go on in another protocol ("tls" after STARTTLS, "" for one that is not
	// followed), from the given offsets on. Until then ok is false; then no more bytes are given to this dialogue.
	Upgrade() (u Upgrade, ok bool)
}

// An Upgrade says where a conversation changes its protocol.
type Upgrade struct {
	Protocol string
	From     [2]int64 // by layers.Side: the offset in that side's stream of the first byte of the new protocol
	Host     string   // with Anew, the server that is spoken to from there on, as the client named it; "" when it is not known
	Port     uint16   // and its port; 0 when it is not known
}

// Anew is the protocol of an upgrade when what follows is to be recognised by what is said, as behind a proxy.
const Anew = "?"

// A MessageKind says what role a message plays in its dialogue.
type MessageKind string

// The kinds of messages.
const (
	Greeting     MessageKind = "greeting"     // a server's first words
	Command      MessageKind = "command"      // what a client asks for
	Reply        MessageKind = "reply"        // a server's answer, or its untagged news
	Continuation MessageKind = "continuation" // a server's "go on", or a client's DONE
	Auth         MessageKind = "auth"         // a line of an authentication dialogue
	Data         MessageKind = "data"         // a mail's or a literal's bytes
	Query        MessageKind = "query"        // a DNS question
	Response     MessageKind = "response"     // a DNS answer
	Handshake    MessageKind = "handshake"    // a TLS handshake message
)

// TextMax is how many bytes of a message are kept as its Text.
const TextMax = 4096

// A Message is one unit of a dialogue.
type Message struct {
	Protocol string
	From     layers.Side
	Kind     MessageKind
	Verb     string         // of a command, upper case; an IMAP command's whole name ("UID FETCH")
	Code     int            // of an SMTP (or HTTP) reply
	Status   string         // of a POP3 reply ("+OK", "-ERR") or an IMAP one (OK, NO, BAD, PREAUTH, BYE)
	Tag      string         // of an IMAP message
	Answers  string         // of a reply, or the mail behind it: the verb that it answers, "." for the end of a mail; "" where it is not known
	Text     string         // its bytes, without the line end that closes it, at most TextMax: untrusted
	Offset   int64          // of its first byte in the stream of its side
	Length   int64          // of all its bytes, with line ends
	Complete bool           // false when its stream ended or broke before its last byte
	Secrets  []layers.Range // bytes of the message, counted from its first one, that are secret
	Fields   []layers.Field // what was read in it, in its own order; Range counted from its first byte
	Notes    []layers.Note
	Inside   *Carried // what it carries of a conversation within; nil for nothing
}

// A Carried is the next piece of a side's stream in a conversation within another: what was encrypted, or compressed.
type Carried struct {
	Bytes []byte
	Gap   int64 // bytes missing here, when Bytes is nil
	Last  bool  // nothing more will come, or be readable, from this side
}
