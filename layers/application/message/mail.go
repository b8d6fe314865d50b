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
	Comments              string    // remarks on the mail
	Keywords              []string  // words to find it by
	Date                  time.Time // in the zone in which it is to be written; must be set
	MessageID             string    // without < and >; "" derives one from the other values
	InReplyTo, References []string  // message identifiers, without < and >
	Extra                 []ExtraField

	Text         string   // with LF or CRLF line ends
	HTML         string   // the same as HTML, or ""
	TextEncoding Encoding // "" chooses
	Attachments  []Attachment
	Body         *Entity // instead of the four above: a body made of other parts
	NoMIME       bool    // the text alone without any MIME field, as before 1992

	Charset string // of the text and of encoded words; "", and where it lacks a character, is UTF-8
	UTF8    bool   // write the header's characters as they are: for SMTPUTF8 alone (RFC 6532)
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
	w := writer{speller: speller{charset: m.Charset, utf8: m.UTF8}}
	switch {
	case m.Date.IsZero():
		return nil, fmt.Errorf("message: Date: a mail needs one (RFC 5322 §3.6)")
	case m.From == "":
		return nil, fmt.Errorf("message: From: a mail needs one (RFC 5322 §3.6)")
	case m.TextEncoding != "" && !slices.Contains(encodings, m.TextEncoding):
		return nil, fmt.Errorf("message: %q is no encoding (RFC 2045 §6.1)", m.TextEncoding)
	case m.Charset != "" && (!KnowsCharset(m.Charset) || !isToken(m.Charset)):
		return nil, fmt.Errorf("message: %q is no charset that is known here (RFC 2045 §5)", m.Charset)
	case m.Body != nil && (m.Text != "" || m.HTML != "" || len(m.Attachments) > 0 || m.NoMIME):
		return nil, fmt.Errorf("message: a mail has a text with attachments, or a body of its own")
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
	w.text("Comments", m.Comments)
	w.phrases("Keywords", m.Keywords)
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
	e := m.Body
	if e == nil {
		e = m.entity()
	}
	if err := e.check(0); err != nil {
		return nil, err
	}
	e.setBoundaries("mailwire-" + digest(id))
	return e.append(w.b), nil
}

// identifier is the mail's Message-ID: given, or made of everything that tells this mail from others.
func (m *Mail) identifier() string {
	if m.MessageID != "" {
		return m.MessageID
	}
	return m.identifierOf(m.Text)
}

// identifierOf makes one of the mail's other values and of what it holds.
func (m *Mail) identifierOf(content string) string {
	host := "localhost"
	if from := ParseAddresses(m.From); len(from) > 0 && from[0].Host != "" {
		host = from[0].Host
	}
	parts := []string{m.Date.Format(time.RFC3339Nano), m.From, strings.Join(m.Recipients(), " "), m.Subject, content}
	return digest(strings.Join(parts, "\x00")) + "@" + host
}

// digest is eight bytes of a hash of s as hexadecimal digits.
func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:8])
}

// entity is the tree of the mail's body: the text, perhaps in two forms, and the attachments behind it.
func (m *Mail) entity() *Entity {
	body := textEntity("plain", m.Text, m.Charset, m.TextEncoding)
	var files []*Entity
	if m.HTML != "" {
		html := textEntity("html", m.HTML, m.Charset, m.TextEncoding)
		var shown []*Entity // within the HTML, by their Content-ID
		for _, a := range m.Attachments {
			if a.Inline && a.ContentID != "" {
				shown = append(shown, a.entity())
			} else {
				files = append(files, a.entity())
			}
		}
		if len(shown) > 0 {
			html = Related(html, shown...)
		}
		// RFC 2046 §5.1.4: the plainest form comes first, the best last.
		body = Multipart("alternative", body, html)
	} else {
		for _, a := range m.Attachments {
			files = append(files, a.entity())
		}
	}
	if len(files) == 0 {
		return body
	}
	return Multipart("mixed", append([]*Entity{body}, files...)...)
}

// A writer writes header fields and keeps the first error.
type writer struct {
	speller speller
	b       []byte
	err     error
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
		w.b = appendFolded(w.b, name, w.speller.text(value, len(name)+2))
	}
}

// phrases writes a list of phrases parted by commas.
func (w *writer) phrases(name string, list []string) {
	var words []string
	for i, phrase := range list {
		if phrase == "" || w.fault(name, phrase) {
			continue
		}
		words = append(words, w.speller.phrase(phrase, len(name)+2)...)
		if i < len(list)-1 {
			words[len(words)-1] += ","
		}
	}
	if len(words) > 0 {
		w.b = appendFolded(w.b, name, words)
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
		if a.Group == NoGroup && !w.speller.utf8 && !isASCII([]byte(a.Mailbox+a.Host)) {
			w.err = fmt.Errorf("message: %s: %q needs a mail whose header is UTF-8 (RFC 6532 §3.2)", name, a.String())
		}
		list[i].Name = DecodeWords(a.Name)
	}
	w.b = appendFolded(w.b, name, w.speller.addresses(list, len(name)+2))
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
