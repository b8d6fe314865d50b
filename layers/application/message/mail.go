package message

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Mail is what somebody wants to send, in the words of a person. Build makes its bytes; the same values make the same
// bytes. Addresses are written as in a header: "Ana <ana@example.net>".
type Mail struct {
	From, Sender, ReplyTo string
	To, Cc, Bcc           []string
	KeepBcc               bool // write Bcc too, as in the sender's own copy; otherwise nobody is told (RFC 5322 §3.6.3)
	Subject               string
	Date                  time.Time // in the zone in which it is to be written; must be set
	MessageID             string    // without < and >; "" derives one from the other values
	InReplyTo, References []string  // message identifiers, without < and >
	Extra                 []ExtraField

	Text         string   // with LF or CRLF line ends
	HTML         string   // the same as HTML, or ""
	TextEncoding Encoding // "" chooses
	Attachments  []Attachment
	NoMIME       bool // the text alone without any MIME field, as before 1992
}

// An ExtraField is a header field that Mail has no place for.
type ExtraField struct{ Name, Value string }

// An Attachment is a file inside a mail.
type Attachment struct {
	Name      string // of the file; "" for none
	Type      string // "image/png"; "" is application/octet-stream
	Bytes     []byte
	Encoding  Encoding // "" is base64; 7bit or 8bit for message/rfc822, which must not be encoded (RFC 2046 §5.2.1)
	Inline    bool     // to be shown with the text rather than as a file
	ContentID string   // without < and >
}

// Recipients is every address that the mail is to be delivered to, Bcc included, each once: for RCPT TO.
func (m *Mail) Recipients() []string {
	var all []string
	seen := map[string]bool{}
	for _, list := range [][]string{m.To, m.Cc, m.Bcc} {
		for _, a := range ParseAddresses(strings.Join(list, ", ")) {
			if s := a.String(); a.Group == NoGroup && a.Host != "" && !seen[s] {
				seen[s] = true
				all = append(all, s)
			}
		}
	}
	return all
}

// Build returns the mail's bytes, or an error that says which value cannot be sent and why.
func (m *Mail) Build() ([]byte, error) {
	w := writer{}
	switch {
	case m.Date.IsZero():
		return nil, fmt.Errorf("message: Date: a mail needs one (RFC 5322 §3.6)")
	case m.From == "":
		return nil, fmt.Errorf("message: From: a mail needs one (RFC 5322 §3.6)")
	case m.TextEncoding != "" && !slices.Contains(encodings, m.TextEncoding):
		return nil, fmt.Errorf("message: %q is no encoding (RFC 2045 §6.1)", m.TextEncoding)
	case m.NoMIME && (m.HTML != "" || len(m.Attachments) > 0):
		return nil, fmt.Errorf("message: HTML and attachments need MIME (RFC 2045)")
	}
	w.line("Date", m.Date.Format(DateLayout))
	w.addresses("From", m.From)
	w.addresses("Sender", m.Sender)
	w.addresses("Reply-To", m.ReplyTo)
	w.addresses("To", m.To...)
	w.addresses("Cc", m.Cc...)
	if m.KeepBcc {
		w.addresses("Bcc", m.Bcc...)
	}
	w.text("Subject", m.Subject)
	id := m.identifier()
	w.identifiers("Message-ID", id)
	w.identifiers("In-Reply-To", m.InReplyTo...)
	w.identifiers("References", m.References...)
	for _, x := range m.Extra {
		w.text(x.Name, x.Value)
	}
	for _, a := range m.Attachments {
		w.check(a)
	}
	w.checkLines()
	if w.err != nil {
		return nil, w.err
	}
	if m.NoMIME {
		return append(append(w.b, "\r\n"...), CRLF([]byte(m.Text))...), nil
	}
	w.line("MIME-Version", "1.0")
	e := m.entity()
	e.setBoundaries("mailwire-" + digest(id))
	return e.append(w.b), w.err
}

// identifier is the mail's Message-ID: given, or made of everything that tells this mail from others.
func (m *Mail) identifier() string {
	if m.MessageID != "" {
		return m.MessageID
	}
	host := "localhost"
	if from := ParseAddresses(m.From); len(from) > 0 && from[0].Host != "" {
		host = from[0].Host
	}
	parts := []string{m.Date.Format(time.RFC3339Nano), m.From, strings.Join(m.Recipients(), " "), m.Subject, m.Text}
	return digest(strings.Join(parts, "\x00")) + "@" + host
}

// digest is eight bytes of a hash of s as hexadecimal digits.
func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:8])
}

// entity is the tree of the mail's body: the text, perhaps in two forms, and the attachments behind it.
func (m *Mail) entity() *entity {
	body := textEntity("plain", m.Text, m.TextEncoding)
	if m.HTML != "" {
		// RFC 2046 §5.1.4: the plainest form comes first, the best last.
		body = &entity{kind: "multipart/alternative", parts: []*entity{body, textEntity("html", m.HTML, m.TextEncoding)}}
	}
	if len(m.Attachments) == 0 {
		return body
	}
	mixed := &entity{kind: "multipart/mixed", parts: []*entity{body}}
	for _, a := range m.Attachments {
		mixed.parts = append(mixed.parts, a.entity())
	}
	return mixed
}

// A writer writes header fields and keeps the first error.
type writer struct {
	b   []byte
	err error
}

// fault keeps an error about the field name when text cannot stand in a header: what follows a line end would be taken
// for another field, or for the body.
func (w *writer) fault(name, text string) bool {
	if w.err == nil && strings.ContainsAny(name+text, "\r\n\x00") {
		w.err = fmt.Errorf("message: %q: a field holds no line end and no NUL (RFC 5322 §2.2)", name)
	}
	if w.err == nil && !isFieldName([]byte(name)) {
		w.err = fmt.Errorf("message: %q is no name of a field (RFC 5322 §3.6.8)", name)
	}
	return w.err != nil
}

// checkLines keeps an error when a line is longer than a line may be: a word without a blank cannot be folded.
func (w *writer) checkLines() {
	for line := range bytes.SplitSeq(w.b, []byte("\r\n")) {
		if w.err == nil && len(line) > lineMax {
			w.err = fmt.Errorf("message: %.40q…: a line of %d bytes that cannot be folded (RFC 5322 §2.1.1)", line, len(line))
		}
	}
}

func (w *writer) line(name, value string) { w.b = appendFolded(w.b, name, []string{value}) }

func (w *writer) text(name, value string) {
	if value != "" && !w.fault(name, value) {
		w.b = appendFolded(w.b, name, textWords(value, len(name)+2))
	}
}

func (w *writer) addresses(name string, lists ...string) {
	text := strings.Join(lists, ", ")
	if text == "" || w.fault(name, text) {
		return
	}
	list := ParseAddresses(text)
	if len(list) == 0 {
		w.err = fmt.Errorf("message: %s: %q is no address (RFC 5322 §3.4)", name, text)
	}
	for i, a := range list {
		if a.Group == NoGroup && (a.Mailbox == "" || a.Host == "") {
			w.err = fmt.Errorf("message: %s: %q is no address: it needs the form name@domain (RFC 5322 §3.4.1)", name, a.String())
		}
		list[i].Name = DecodeWords(a.Name)
	}
	w.b = appendFolded(w.b, name, addressWords(list, len(name)+2))
}

func (w *writer) identifiers(name string, ids ...string) {
	var words []string
	for _, id := range ids {
		if !isPlain(id) || strings.ContainsAny(id, "<>") || id == "" {
			w.err = fmt.Errorf("message: %s: %q is no message identifier (RFC 5322 §3.6.4)", name, id)
			return
		}
		words = append(words, "<"+id+">")
	}
	if len(words) > 0 {
		w.b = appendFolded(w.b, name, words)
	}
}

// check refuses an attachment whose header could not be written as it is.
func (w *writer) check(a Attachment) {
	kind, subtype, ok := strings.Cut(a.Type, "/")
	switch {
	case w.err != nil:
	case a.Type != "" && !(ok && isToken(kind) && isToken(subtype)):
		w.err = fmt.Errorf("message: attachment %q: %q is no type and subtype (RFC 2045 §5.1)", a.Name, a.Type)
	case strings.EqualFold(kind, "multipart"):
		w.err = fmt.Errorf("message: attachment %q: a multipart is made of parts, not of a file (RFC 2046 §5.1)", a.Name)
	case a.ContentID != "" && (!isPlain(a.ContentID) || strings.ContainsAny(a.ContentID, "<>")):
		w.err = fmt.Errorf("message: attachment %q: %q is no message identifier (RFC 2045 §7)", a.Name, a.ContentID)
	case a.Encoding != "" && !slices.Contains(encodings, a.Encoding):
		w.err = fmt.Errorf("message: attachment %q: %q is no encoding (RFC 2045 §6.1)", a.Name, a.Encoding)
	}
}

func appendInt(dst []byte, n int) []byte { return strconv.AppendInt(dst, int64(n), 10) }
