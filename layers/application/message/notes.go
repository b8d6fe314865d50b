package message

import (
	"bytes"
	"slices"
	"strings"

	"mailwire/layers"
)

// notedFields lists, sorted and in lower case, the header fields that the lexicon explains as "header.<name>".
var notedFields = []string{
	"accept-language", "arc-authentication-results", "arc-message-signature", "arc-seal", "archived-at",
	"authentication-results", "auto-submitted", "autocrypt", "bcc", "cc", "comments",
	"content-description", "content-disposition", "content-id", "content-language", "content-location", "content-md5",
	"content-transfer-encoding", "content-type", "date", "delivered-to", "delivery-date", "disposition-notification-options", "disposition-notification-to", "dkim-signature",
	"envelope-to", "errors-to", "feedback-id", "from", "importance", "in-reply-to", "keywords", "list-archive", "list-help", "list-id", "list-owner", "list-post",
	"list-subscribe", "list-unsubscribe", "list-unsubscribe-post", "message-id", "mime-version", "organization",
	"original-recipient", "precedence", "priority", "received", "received-spf", "references", "reply-to",
	"resent-bcc", "resent-cc", "resent-date", "resent-from", "resent-message-id", "resent-reply-to", "resent-sender", "resent-to",
	"return-path", "return-receipt-to", "sender", "sensitivity", "subject", "thread-index", "thread-topic", "tls-required", "to", "user-agent", "x-envelope-from", "x-loop", "x-mailer",
	"x-originating-ip", "x-priority", "x-spam-flag", "x-spam-score", "x-spam-status",
}

// notedNames finds the place of a name in notedFields; noteIDs has the id of the note at that place.
var notedNames, noteIDs = func() (map[string]int, []string) {
	names, ids := make(map[string]int, len(notedFields)), make([]string, len(notedFields))
	for i, name := range notedFields {
		names[name], ids[i] = i, "header."+name
	}
	return names, ids
}()

// IsNoted says whether the lexicon explains the header field name, in any case.
func IsNoted(name string) bool {
	_, found := notedField(name)
	return found
}

// notedField is the place of a name, in any case, in notedFields. None there is longer than 32 bytes.
func notedField(name string) (place int, found bool) {
	var lower [32]byte
	if len(name) > len(lower) {
		return 0, false
	}
	for i := range len(name) {
		c := name[i]
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		lower[i] = c
	}
	place, found = notedNames[string(lower[:len(name)])]
	return place, found
}

// noteMax is how many bytes of a value stand in a note.
const noteMax = 200

// Notes explains a mail as it passes in DATA, RETR or FETCH. Head is its first bytes, without the dots that SMTP and
// POP3 add; total is how many bytes it has altogether, -1 when nobody knows. A field is explained once, however often it
// stands there; of what the missing bytes would tell, only what follows from total is told, and as an estimate. The values in the notes are
// untrusted; they are valid as long as anything.
func Notes(head []byte, total int64) []layers.Note {
	n := noter{m: Parse(head), total: total, whole: total >= 0 && total <= int64(len(head))}
	fields := len(n.m.Root.Fields) // a note with a value or two for most of them, and some for the parts
	n.notes, n.args = make([]layers.Note, 0, fields+8), layers.NewArgSpace(fields+16)
	n.header()
	n.m.Walk(func(p *Part, depth int) bool {
		n.part(p, depth)
		return len(n.notes) < 100
	})
	// What explains single words comes last: where there is no room for all, it can be missed.
	for _, f := range n.answering {
		n.authenticity(f.Name, f.Value)
	}
	for _, id := range n.words {
		n.add(id)
	}
	return n.notes
}

// A noter gathers the notes of one mail.
type noter struct {
	m     *Message
	total int64
	whole bool // nothing is missing behind the bytes of m
	notes []layers.Note
	args  layers.ArgSpace
	said  []string // ids that stand once
	words []string // ids of notes on single words

	answering []Param // fields that tell who answers for the mail, with their values
}

func (n *noter) add(id string, args ...layers.Arg) { n.notes = append(n.notes, n.args.N(id, args...)) }

// once says whether id has not been said yet.
func (n *noter) once(id string) bool {
	if slices.Contains(n.said, id) {
		return false
	}
	n.said = append(n.said, id)
	return true
}

// header explains the fields of the mail's own header, the first of each name, and the empty line.
func (n *noter) header() {
	root := n.m.Root
	explained := make([]bool, len(notedFields))
	for i := range root.Fields {
		f := &root.Fields[i]
		place, noted := notedField(f.Name)
		if !noted || explained[place] {
			continue
		}
		explained[place] = true
		if noteIDs[place] == "header.received" {
			n.received(root.Fields)
			continue
		}
		raw := f.Unfolded()
		n.add(noteIDs[place], layers.A("value", text(DecodeWords(raw))))
		n.encodedWord(raw)
		if answersFor[notedFields[place]] {
			n.answering = append(n.answering, Param{notedFields[place], raw})
		}
	}
	n.unnoted()
	n.oddities()
	for i := range root.Fields {
		f := &root.Fields[i]
		if lines := countLines(f.Bytes()); lines > 1 && n.once("message.folding") {
			n.add("message.folding", layers.A("field", text(f.Name)), layers.A("lines", layers.Int(lines)))
		}
	}
	if emptyLine(n.m.HeaderBytes(root)) != "" {
		n.add("message.header-body-separator",
			layers.A("fields", layers.Int(len(root.Fields))), layers.A("header", layers.Int(root.Header.Length)))
	}
}

// unnoted names the fields that have no note of their own: those of some program's own, which begin with X-, and others.
func (n *noter) unnoted() {
	var private, others []string
	for i := range n.m.Root.Fields {
		name := n.m.Root.Fields[i].Name
		list := &others
		if len(name) > 2 && strings.EqualFold(name[:2], "x-") {
			list = &private
		}
		known := func(s string) bool { return strings.EqualFold(s, name) }
		if _, noted := notedField(name); !noted && name != "" && len(*list) < unnotedMax && !slices.ContainsFunc(*list, known) {
			*list = append(*list, name)
		}
	}
	if len(private) > 0 {
		n.add("header.x-other", layers.A("fields", text(strings.Join(private, ", "))))
	}
	if len(others) > 0 {
		n.add("header.other", layers.A("fields", text(strings.Join(others, ", "))))
	}
}

// unnotedMax bounds the names in one note.
const unnotedMax = 20

// received explains the mail's journey: the top line is of the last server.
func (n *noter) received(h Header) {
	first, _ := h.Get("Received")
	clauses, _ := cutDate(first.Unfolded())
	var last Received
	last.parse(clauses)
	n.add("header.received", layers.A("hops", layers.Int(h.Hops())), layers.A("by", text(orUnknown(last.By))))
}

func orUnknown(s string) string {
	if s == "" {
		return "?"
	}
	return s
}

func (n *noter) encodedWord(raw string) {
	start := strings.Index(raw, "=?")
	if start < 0 {
		return
	}
	w, length := encodedWord(raw[start:])
	if length == 0 || !n.once("mime.encoded-word") {
		return
	}
	n.add("mime.encoded-word", layers.A("word", text(raw[start:start+length])),
		layers.A("text", text(decodeCharset(w.charset, w.bytes))), layers.A("charset", text(w.charset)))
}

// part explains how a part is made and what its encoding costs.
func (n *noter) part(p *Part, depth int) {
	if len(p.Parts) > 0 {
		id := "mime.multipart"
		if sub := strings.ToLower(p.Type.Subtype); sub != "mixed" && slices.Contains(notedMultiparts, sub) {
			id += "." + sub
		}
		if n.once(id) {
			n.add(id, layers.A("parts", layers.Int(len(p.Parts))), layers.A("boundary", text(p.Type.Params.Get("boundary"))))
		}
		if n.once("mime.boundary") {
			n.add("mime.boundary", layers.A("boundary", text("--"+p.Type.Params.Get("boundary"))))
		}
		return
	}
	if p.Message != nil {
		if n.once("mime.message-rfc822") {
			n.add("mime.message-rfc822", layers.A("subject", text(p.Message.Fields.Decoded("Subject"))))
		}
		return
	}
	n.report(p)
	n.composite(p)
	if word, _ := p.disposition(); depth > 0 && strings.EqualFold(word, "attachment") {
		n.add("mime.attachment", layers.A("name", text(orUnknown(p.FileName()))), layers.A("type", text(p.Type.String())))
	}
	if i := slices.IndexFunc(p.parameters(), func(x Param) bool { return strings.Contains(x.Name, "*") }); i >= 0 && n.once("mime.rfc2231") {
		n.add("mime.rfc2231")
	}
	n.encoding(p)
}

// parameters are those of Content-Type and of Content-Disposition.
func (p *Part) parameters() Params {
	_, disposition := p.disposition()
	return append(slices.Clone(p.Type.Params), disposition...)
}

// notedMultiparts lists the subtypes of multipart with a note of their own.
var notedMultiparts = []string{"alternative", "related", "digest", "report", "signed", "encrypted", "parallel", "form-data"}

// encoding tells bytes before and after. Of a part that goes on behind the bytes at hand it tells how it begins.
func (n *noter) encoding(p *Part) {
	body := n.m.BodyBytes(p)
	complete := n.whole || p.Body.End() < len(n.m.Bytes)
	if len(body) == 0 {
		return
	}
	switch p.Encoding {
	case Base64:
		first := bytes.Trim(body[:min(len(body), 80)], " \t\r\n")
		if len(first) >= 4 {
			if raw := decodeBase64(first[:4]); len(raw) == 3 && n.once("mime.base64.three-bytes") {
				n.add("mime.base64.three-bytes", layers.A("bytes", layers.Bytes(raw)), layers.A("characters", text(string(first[:4]))))
			}
		}
		if complete {
			n.grown("mime.base64", len(decodeBase64(body)), body)
		} else if rest := n.total - int64(p.Body.Offset); rest > int64(len(body)) {
			// Full lines: 57 bytes as 76 characters and CRLF.
			n.add("mime.base64.rest", layers.A("before", layers.Int(rest*base64Raw/(base64Line+2))), layers.A("after", layers.Int(rest)))
		}
	case QuotedPrintable:
		if complete {
			n.grown("mime.quoted-printable", len(QuotedPrintable.Decode(body)), body)
		}
	case Bit8, Binary:
		if id := "mime." + string(p.Encoding); n.once(id) {
			n.add(id)
		}
	}
}

// grown says what an encoding made of before bytes.
func (n *noter) grown(id string, before int, body []byte) {
	lines := countLines(body)
	if body[len(body)-1] != '\n' {
		lines++
	}
	n.add(id, layers.A("before", layers.Int(before)), layers.A("after", layers.Int(len(body))), layers.A("lines", layers.Int(lines)))
}

// text is s as an argument, cut where it is very long.
func text(s string) layers.Value {
	if len(s) > noteMax {
		s = strings.ToValidUTF8(s[:noteMax], "") + "…"
	}
	return layers.String(s)
}
