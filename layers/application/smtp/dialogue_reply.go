package smtp

import (
	"strings"

	"mailwire/layers"
	"mailwire/layers/application"
)

// A replyBytes is a reply of which lines have come and the last has not.
type replyBytes struct {
	Reply
	start  int64
	length int64
	text   []byte // with the line ends between the lines, up to TextMax
	lines  int
	fields []layers.Field
	broken bool // a line is no reply
}

// replyLinesMax bounds the lines of one reply that are kept for its notes.
const replyLinesMax = 200

// fromServer takes the server's bytes line by line.
func (d *Dialogue) fromServer(b []byte) {
	s := &d.sides[layers.Server]
	for len(b) > 0 && !d.upgraded {
		part, ended := s.take(b)
		b = b[len(part):]
		if ended {
			line, start, length := s.line, s.start, s.length
			d.replyLine(line, start, length)
			s.clear()
		}
	}
}

// replyLine adds a line to the reply, which it may end.
func (d *Dialogue) replyLine(line []byte, start, length int64) {
	words := text(line, true)
	l, err := ParseReplyLine(words)
	if d.reply.lines > 0 && (err != nil || l.Code != d.reply.Code) {
		// RFC 5321 §4.2.1: all lines of a reply have one code. This is another reply.
		d.endReply(false, layers.N("smtp.reply.broken"))
	}
	r := &d.reply
	if r.lines == 0 {
		*r = r.next()
		r.start, r.broken = start, err != nil
		r.Code, r.Enhanced = l.Code, l.Enhanced
		if err != nil {
			r.Code = 0
		}
	}
	r.addFields(&l, err, words)
	r.lines++
	r.length += length
	r.text = append(r.text, line[:min(len(line), application.TextMax-len(r.text))]...)
	if len(r.Lines) < replyLinesMax {
		r.Lines = append(r.Lines, l.Text)
	}
	if !l.More {
		d.endReply(true)
	}
}

// next is an empty reply with the space of r, if that was a usual one.
func (r *replyBytes) next() (empty replyBytes) {
	const lines, text = 4, 512
	if cap(r.Lines) <= lines && cap(r.text) <= text {
		empty.Lines, empty.text = r.Lines[:0], r.text[:0]
	}
	return empty
}

func (r *replyBytes) addFields(l *ReplyLine, err error, words string) {
	if err != nil || len(r.fields) >= replyLinesMax {
		return
	}
	at := int(r.length)
	if r.lines == 0 {
		count := 2
		if l.Enhanced != (Enhanced{}) {
			count++
		}
		r.fields = make([]layers.Field, 0, count)
		r.fields = append(r.fields, layers.Field{Name: "code", Range: layers.Range{Offset: at, Length: 3}, Value: layers.Int(l.Code)})
		if l.Enhanced != (Enhanced{}) {
			e := l.Enhanced.String()
			r.fields = append(r.fields, layers.Field{Name: "enhanced", Range: layers.Range{Offset: at + 4, Length: len(e)}, Value: layers.String(e)})
		}
	}
	if l.Text != "" {
		r.fields = append(r.fields, layers.Field{Name: "text", Range: span(at+l.textAt, at+len(words)), Value: layers.String(l.Text)})
	}
}

// message is the reply as a message.
func (r *replyBytes) message(complete bool) application.Message {
	return application.Message{Protocol: "smtp", From: layers.Server, Kind: application.Reply, Code: r.Code, Text: text(r.text, complete),
		Offset: r.start, Length: r.length, Complete: complete, Fields: r.fields}
}

// pendingReply describes a reply that is not complete, with the line that is not.
func (d *Dialogue) pendingReply() (application.Message, bool) {
	s, r := &d.sides[layers.Server], d.reply
	if r.lines == 0 && s.length == 0 {
		return application.Message{}, false
	}
	if r.lines == 0 {
		r.start = s.start
		if l, err := ParseReplyLine(text(s.line, false)); err == nil {
			r.Code = l.Code
		}
	}
	r.text = append(r.text[:len(r.text):len(r.text)], s.line[:min(len(s.line), application.TextMax-len(r.text))]...)
	r.length += s.length
	m := r.message(false)
	if from := int64(len("334 ")); r.Code == 334 && m.Length > from {
		m.Secrets = []layers.Range{{Offset: int(from), Length: int(m.Length - from)}} // as long as it can't be read
	}
	return m, true
}

// tearReply tells the reply under way, with the line that is not complete, because bytes behind it are missing.
func (d *Dialogue) tearReply(why layers.Note) {
	if m, ok := d.pendingReply(); ok {
		d.reply = d.reply.next()
		d.sides[layers.Server].clear()
		m.Notes = append(m.Notes, why)
		d.emit(&m)
	}
}

// endReply tells the reply under way, if there is one.
func (d *Dialogue) endReply(complete bool, notes ...layers.Note) {
	if d.reply.lines == 0 {
		return
	}
	r := d.reply
	d.reply = r.next()
	m := r.message(complete)
	m.Notes = notes
	if !complete || r.broken {
		if r.broken {
			m.Notes = append(m.Notes, layers.N("smtp.reply.broken"))
		}
		d.emit(&m)
		return
	}
	q, greets := d.pair(&r.Reply)
	if greets {
		m.Kind = application.Greeting
	}
	if q.verb == "." && d.mode == inContent {
		d.endEarly()
	}
	if q.verb != "?" {
		m.Answers = q.verb
	}
	m.Notes = d.replyNotes(&r.Reply, q, greets)
	if r.Code == 334 {
		d.challenge(&m, &r.Reply)
	}
	d.emit(&m)
	if greets && d.mode == unsure {
		d.mode = inCommands
	}
	d.begun = true
	d.obey(&r.Reply, q)
}

// pair finds the command that a reply answers.
func (d *Dialogue) pair(r *Reply) (q question, greets bool) {
	if !d.greeted() && (r.Code == 220 || r.Code == 554 || r.Code == 421) && (len(d.asked) == 0 || d.asked[0].verb != "STARTTLS") {
		return question{}, true
	}
	// A code that can answer one command alone finds it even where answers before it were not recorded.
	if verb := answers(r.Code); verb != "" {
		for i, a := range d.asked {
			if a.verb == verb {
				d.asked = d.asked[i:]
				break
			}
		}
	}
	if len(d.asked) == 0 {
		if d.mode == inContent && r.Code != 421 {
			return question{verb: "."}, false
		}
		return question{}, false
	}
	q = d.asked[0]
	if d.lmtp && q.verb == "BDAT" && q.last && q.address == "" && len(d.each) > 0 {
		// RFC 2033 §4.3: the last chunk is answered for each recipient, as a mail behind DATA is.
		d.askForEach()
		q = d.asked[0]
	}
	if len(d.asked) == 1 {
		d.asked = d.asked[:0]
	} else {
		d.asked = d.asked[1:]
	}
	return q, false
}

// askForEach puts a question for each recipient in the place of the first one.
func (d *Dialogue) askForEach() {
	each := make([]question, 0, len(d.each)+len(d.asked))
	for _, address := range d.each {
		each = append(each, question{verb: "BDAT", last: true, address: address})
	}
	d.asked = append(each, d.asked[1:]...)
}

// greeted says whether the server has said anything before.
func (d *Dialogue) greeted() bool { return d.begun && !d.early }

func answers(code int) string {
	switch code {
	case 354:
		return "DATA"
	case 334, 235:
		return "AUTH"
	case 221:
		return "QUIT"
	}
	return ""
}

// obey finds what the reply makes of the session and of the client's next bytes.
func (d *Dialogue) obey(r *Reply, q question) {
	d.early = false
	done := r.Class() == 2
	if done && (q.verb == "EHLO" || q.verb == "LHLO") {
		d.listed, d.offered = true, ParseExtensions(r.Lines).Has("PIPELINING")
	}
	switch q.verb {
	case "EHLO", "HELO", "LHLO", "RSET":
		if done {
			d.inMail, d.accepted, d.tried, d.chunks, d.each = false, 0, 0, 0, nil
			if d.mode != inContent && d.mode != inChunk {
				d.endPassing(false)
			}
		}
	case "MAIL":
		if done {
			d.inMail, d.accepted, d.tried, d.chunks, d.each = true, 0, 0, 0, nil
		}
	case "RCPT":
		if done {
			d.accepted++
			if d.lmtp && len(d.each) < askedMax {
				d.each = append(d.each, q.address)
			}
		}
	case ".":
		d.inMail, d.chunks = false, 0
	case "BDAT":
		if q.last || !done {
			d.inMail, d.chunks = false, 0
		}
	}
	d.decide(r, q)
}

// decide ends the wait for the answer that says what the client's bytes are.
func (d *Dialogue) decide(r *Reply, q question) {
	if d.mode != awaitingAnswer {
		if r.Code == 334 && (d.mode == unsure || d.mode == inCommands) {
			d.prompted()
		}
		return
	}
	switch {
	case d.awaiting == "AUTH" && r.Code == 334:
		d.prompted()
	case d.awaiting != q.verb:
		return
	case q.verb == "DATA" && r.Code == 354:
		d.begin(inContent)
	case q.verb == "STARTTLS" && r.Code == 220:
		d.startTLS()
		return
	default:
		d.mode = inCommands
		if r.Class() >= 4 && (q.verb == "DATA" || q.verb == "AUTH") {
			d.refused = q.verb
		}
	}
	d.release()
}

// endEarly takes a final answer in the midst of a mail: the server ended it at a lookalike of CRLF.CRLF, or what was taken
// for the midst of a mail was none, or the answer came before the end.
func (d *Dialogue) endEarly() {
	if d.mail.lookalike() || d.mail.middle || d.mail.holes {
		d.mail.over = true
		d.endMail(true)
		return
	}
	d.answered = true
}

// relayWords says whether a refusal speaks of relaying.
func relayWords(r *Reply) bool {
	return strings.Contains(strings.ToLower(r.Text()), "relay")
}
