package smtp

import (
	"bytes"

	"mailwire/layers"
	"mailwire/layers/application"
	"mailwire/layers/application/message"
)

// A mailBytes is the mail, or the chunk of one, that is under way.
type mailBytes struct {
	start   int64
	length  int64
	text    []byte // as on the wire, up to TextMax
	tail    [5]byte
	bare    int // CRs and LFs that stand alone
	unstuff Unstuffer
	middle  bool // its beginning was not seen
	holes   bool
	chunk   bool
	first   bool // the first chunk
	last    bool // no chunk comes behind it
	over    bool // it has its answer, though its end was not seen
}

// begin makes the client's next bytes a mail or a chunk.
func (d *Dialogue) begin(m mode) {
	d.mode = m
	d.answered = false
	d.mail = mailBytes{start: d.sides[layers.Client].offset, chunk: m == inChunk, first: d.chunks == 0, last: d.lastChunk || m == inContent}
	if m == inChunk {
		d.chunks++
	}
	if d.mail.first || d.passing == nil {
		d.pass()
	}
}

// pass follows the mail that begins here.
func (d *Dialogue) pass() {
	d.endPassing(false)
	var copy application.MailWriter
	if d.keep != nil {
		verb := "DATA"
		if d.mail.chunk {
			verb = "BDAT"
		}
		copy = d.keep(application.MailStart{From: layers.Client, Verb: verb})
	}
	d.passing = message.NewPassing(copy)
}

// endPassing ends the mail that was followed, if one was.
func (d *Dialogue) endPassing(complete bool) {
	if d.passing != nil {
		d.passing.End(complete)
		d.passing = nil
	}
}

// KeepMails hands on the mails that pass.
func (d *Dialogue) KeepMails(open func(application.MailStart) application.MailWriter) { d.keep = open }

// readContent reads a mail behind DATA up to its end.
func (d *Dialogue) readContent(b []byte) (n int) {
	m := &d.mail
	var done bool
	d.plain, n, done = m.unstuff.Append(d.plain[:0], b)
	d.passing.Write(d.plain)
	m.add(b[:n])
	if done {
		d.endMail(true)
	}
	return n
}

// readChunk reads the bytes of BDAT.
func (d *Dialogue) readChunk(b []byte) (n int) {
	n = int(min(d.left, int64(len(b))))
	m := &d.mail
	d.passing.Write(b[:n])
	m.add(b[:n])
	if d.left -= int64(n); d.left == 0 {
		d.endMail(true)
	}
	return n
}

func (m *mailBytes) add(b []byte) {
	m.length += int64(len(b))
	m.bare += bytes.Count(b, []byte{'\n'}) + bytes.Count(b, []byte{'\r'}) - 2*bytes.Count(b, []byte("\r\n"))
	if len(b) > 0 && b[0] == '\n' && m.tail[len(m.tail)-1] == '\r' {
		m.bare -= 2
	}
	if room := application.TextMax - len(m.text); room > 0 {
		m.text = append(m.text, b[:min(room, len(b))]...)
	}
	last := b[max(0, len(b)-len(m.tail)):]
	copy(m.tail[:], m.tail[len(last):])
	copy(m.tail[len(m.tail)-len(last):], last)
}

func (m *mailBytes) gap(n int64) {
	m.length += n
	m.holes = true
}

// lookalike says whether the mail so far ends with a lone dot between line ends that are not both CRLF.
func (m *mailBytes) lookalike() bool {
	t := m.tail[:]
	return bytes.HasSuffix(t, []byte("\n.\n")) || bytes.HasSuffix(t, []byte("\n.\r\n"))
}

// message is the mail as a message; complete says that its end was seen.
func (m *mailBytes) message(complete bool) application.Message {
	t := m.text
	if complete && int64(len(t)) == m.length && !m.chunk {
		t = bytes.TrimSuffix(t, []byte("\r\n"))
	}
	told := m.pending()
	told.Text, told.Complete = string(t), complete && !m.holes
	return told
}

// pending is the mail under way. It is asked for with each packet, so its text is not copied.
func (m *mailBytes) pending() application.Message {
	told := application.Message{Protocol: "smtp", From: layers.Client, Kind: application.Data, Offset: m.start, Length: m.length}
	if m.middle {
		told.Secrets = middleSecrets(m.text, m.length)
	}
	return told
}

// endMail tells the mail or chunk that is under way. Behind its end the server owes an answer, one for each recipient with
// LMTP (RFC 2033 §4.2).
func (d *Dialogue) endMail(complete bool) {
	if d.mode != inContent && d.mode != inChunk || d.mail.length == 0 {
		if d.mode == inContent || d.mode == inChunk {
			d.mode = inCommands
		}
		return
	}
	m := d.mail
	told := m.message(complete)
	told.Notes = d.mailNotes(&m, complete)
	told.Fields = []layers.Field{{Name: "length", Value: layers.Int(m.length)}}
	if m.unstuff.Stuffed > 0 {
		told.Fields = append(told.Fields, layers.Field{Name: "dots-removed", Value: layers.Int(m.unstuff.Stuffed)})
	}
	if m.last || !complete {
		d.endPassing(complete)
	}
	d.mode = inCommands
	if m.middle && (m.over || !complete) {
		d.mode = unsure // perhaps it was none
	}
	d.mail = mailBytes{}
	d.emit(&told)
	if m.chunk || m.over || d.answered {
		return
	}
	if !d.lmtp || len(d.each) == 0 {
		d.ask(question{verb: "."})
		return
	}
	for _, address := range d.each {
		d.ask(question{verb: ".", address: address})
	}
}

func (d *Dialogue) ask(q question) {
	if len(d.asked) == askedMax {
		d.asked = nil
	}
	d.asked = append(d.asked, q)
}
