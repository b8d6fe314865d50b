package story

import (
	"strconv"
	"strings"

	"mailwire/layers"
	"mailwire/layers/application/message"
)

// A mail is one that was sent, with the servers that it passed.
type mail struct {
	place
	from, to string
	subject  string
	titled   bool
	bytes    int64
	hops     []layers.Note
}

// hopsMax bounds the steps of a mail's way that are told.
const hopsMax = 12

// mail takes down a transaction that is over. One with a Message-ID that was seen before is the same mail a server further
// on, or the same mail once more.
func (b *Book) mail(r *Record, x *transaction) {
	key := x.head.id
	if key == "" {
		key = "#" + strconv.Itoa(r.stream) + "." + strconv.Itoa(r.transactions)
	}
	r.transactions++
	if x.begun {
		b.readable(r, x.bytes)
	}
	hops := x.hops(r)
	b.sums.transfer(x)
	m, fresh := b.mails.at(key)
	if m == nil {
		return
	}
	if fresh {
		*m = mail{place: place{r.stream, r.packet}, from: x.from, to: names(x.recipients, x.tried), bytes: x.bytes, subject: x.head.subject, titled: x.head.titled}
	}
	if len(m.hops)+len(hops) <= hopsMax {
		m.hops = append(m.hops, hops...)
	}
}

// fetched takes down that a mail was downloaded, if it is one whose sending was seen.
func (b *Book) fetched(r *Record, id string) {
	if len(b.mails.items) == 0 {
		return
	}
	i, known := b.mails.index[id]
	if !known || id == "" {
		return
	}
	if m := b.mails.items[i]; len(m.hops) < hopsMax {
		m.hops = append(m.hops, layers.N("story.hop.fetched", number("stream", r.stream), text("client", r.Client), text("server", r.Server),
			text("user", r.login.name()), text("protocol", layers.ProtocolName(r.protocol))))
	}
}

// point tells the mail.
func (m *mail) point() Point {
	args := []layers.Arg{text("from", m.from), text("to", m.to), number("bytes", m.bytes)}
	id := "story.mail.untitled"
	switch {
	case m.bytes == 0:
		id, args = "story.mail.envelope", args[:2]
	case m.titled:
		id, args = "story.mail", append(args, text("subject", m.subject))
	}
	return Point{Note: layers.Note{ID: id, Args: args}, Details: m.hops, Stream: m.stream, Packet: m.packet}
}

// hops tell what became of a mail between two programs.
func (x *transaction) hops(r *Record) []layers.Note {
	ends := []layers.Arg{number("stream", r.stream), text("client", r.Client), text("server", r.Server)}
	hop := func(id string, args ...layers.Arg) layers.Note {
		return layers.N("story.hop."+id, append(ends[:len(ends):len(ends)], args...)...)
	}
	var list []layers.Note
	switch {
	case x.taken != "" && (x.stage == "" || x.stage == "."):
		list = append(list, hop("taken", text("reply", x.taken)))
	case x.stage != "" && x.refusal != "" && x.refusal[0] == '4':
		list = append(list, hop("deferred", text("stage", x.stageName()), text("reply", x.refusal)))
	case x.stage != "":
		list = append(list, hop("refused", text("stage", x.stageName()), text("reply", x.refusal)))
	case x.odd != "":
		list = append(list, hop("odd", text("reply", x.odd)))
	case x.whole:
		list = append(list, hop("unanswered"))
	case x.begun && r.broken():
		list = append(list, hop("broken", number("bytes", x.bytes)))
	case x.begun:
		list = append(list, hop("unfinished", number("bytes", x.bytes)))
	case x.over:
		list = append(list, hop("abandoned"))
	default:
		list = append(list, hop("unseen"))
	}
	if refused := x.answered - x.accepted; refused > 0 && x.accepted > 0 {
		list = append(list, layers.N("story.hop.recipients-refused", number("count", refused), number("of", x.tried),
			text("address", x.refusedOne), text("reply", x.refusal)))
	}
	if x.holes {
		list = append(list, layers.N("story.hop.holes"))
	}
	return list
}

// stageName is the command that was refused; the mail itself is what DATA or BDAT brought.
func (x *transaction) stageName() string {
	if x.stage == "." {
		return "DATA"
	}
	return x.stage
}

// names lists the first recipients, and how many more there are.
func names(recipients []string, of int) string {
	const shown = 3
	list := strings.Join(recipients[:min(shown, len(recipients))], ", ")
	switch {
	case list == "":
		return unknown
	case of > shown:
		return list + " +" + strconv.Itoa(of-shown)
	}
	return list
}

// A head is what a story needs of a mail's header.
type head struct {
	id, subject string
	titled      bool
	whole       bool // its end was seen
}

// headOf reads what a story needs in the header at the beginning of a mail.
func headOf(text string) (h head) {
	for at := 0; at < len(text); {
		end := fieldEnd(text, at)
		field := text[at:end]
		at = end
		switch {
		case strings.HasPrefix(field, "\r\n"), strings.HasPrefix(field, "\n"):
			h.whole = true
			return h
		case h.id == "" && begins(field, "message-id:"):
			h.id = shortened(strings.TrimSpace(theField(field).Unfolded()), 250)
		case !h.titled && begins(field, "subject:"):
			h.subject, h.titled = shortened(theField(field).Decoded(), 120), true
		}
	}
	return h
}

// fieldEnd is where the field that begins at a place ends: behind its line, and the lines that are folded (RFC 5322 §2.2.3).
func fieldEnd(text string, at int) int {
	for at < len(text) {
		line := strings.IndexByte(text[at:], '\n')
		if line < 0 {
			return len(text)
		}
		at += line + 1
		if at == len(text) || text[at] != ' ' && text[at] != '\t' {
			return at
		}
	}
	return at
}

func begins(field, name string) bool {
	return len(field) > len(name) && strings.EqualFold(field[:len(name)], name)
}

// theField is the one field in text.
func theField(text string) message.Field {
	fields, _ := message.ParseHeader([]byte(text))
	if len(fields) == 0 {
		return message.Field{}
	}
	return fields[0]
}
