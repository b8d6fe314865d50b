package story

import (
	"strings"

	"mailwire/layers"
	"mailwire/layers/application"
)

// An smtpTalk is what is kept of an SMTP, submission or LMTP session.
type smtpTalk struct {
	lmtp bool           // LHLO was said
	open []*transaction // without a final answer, oldest first
}

// openMax bounds the transactions without an answer: a client may send several before it reads (RFC 2920 §3.1).
const openMax = 8

// A transaction is one mail's: MAIL, RCPT, DATA or BDAT, and their answers.
type transaction struct {
	from       string // "?" where MAIL was not seen
	recipients []string
	tried      int
	answered   int // of the recipients
	accepted   int
	refusedOne string // the first recipient that was refused, and
	refusal    string // the words of whichever answer refused first
	stage      string // what it refused: MAIL, RCPT, DATA or "."
	mailKnown  bool   // MAIL has its answer
	asked      bool   // DATA or BDAT was sent
	dataKnown  bool   // DATA has its answer
	chunks     int    // BDAT commands without an answer
	last       bool   // … and the last of them was sent
	bytes      int64
	head       head
	beginning  string // of the content, while its header is not whole
	begun      bool   // content was seen
	whole      bool   // its last byte too
	holes      bool
	takers     []string // LMTP: the recipients that were accepted, for each of whom the mail has an answer
	owed       int      // LMTP: of these answers, those still to come
	taken      string   // the words of the answer by which the server took it
	odd        string   // words of the server behind the mail that are no reply
	over       bool
}

func (t *smtpTalk) message(b *Book, r *Record, m *application.Message) {
	switch {
	case m.From == layers.Client && m.Kind == application.Command:
		t.command(r, m)
	case m.From == layers.Client && m.Kind == application.Auth:
		r.login.respond(m.Text)
	case m.From == layers.Client && m.Kind == application.Data:
		if fieldText(m, "length") != "" { // else a line behind a DATA that was refused
			t.content(m)
		}
	case m.From == layers.Server && m.Complete:
		t.reply(b, r, m)
	}
}

func (t *smtpTalk) command(r *Record, m *application.Message) {
	switch m.Verb {
	case "LHLO":
		t.lmtp = true
	case "MAIL":
		if len(t.open) < openMax {
			t.open = append(t.open, &transaction{from: path(m)})
		}
	case "RCPT":
		if n := len(t.open); n > 0 {
			t.open[n-1].recipient(path(m))
		}
	case "DATA", "BDAT":
		if n := len(t.open); n > 0 {
			x := t.open[n-1]
			x.ask()
			if m.Verb == "BDAT" {
				x.chunks++
				x.last = strings.HasSuffix(application.Upper(strings.TrimSpace(m.Text)), " LAST")
				x.whole = x.last && strings.HasPrefix(fieldText(m, "chunk-size"), "0")
			}
		}
	case "AUTH":
		r.login.begin(fieldText(m, "mechanism"))
		if initial := fieldText(m, "initial-response"); initial != "" {
			r.login.respond(initial)
		}
	}
}

// ask takes DATA or BDAT; one that was refused may be tried again (RFC 5321 §4.1.4).
func (x *transaction) ask() {
	x.asked, x.dataKnown = true, false
	if x.stage == "DATA" {
		x.stage, x.refusal = "", ""
	}
}

func (x *transaction) recipient(address string) {
	x.tried++
	if len(x.recipients) < namesMax {
		x.recipients = append(x.recipients, address)
	}
}

// content takes a mail, or a chunk of one.
func (t *smtpTalk) content(m *application.Message) {
	x := t.find(func(x *transaction) bool { return x.asked && !x.whole && x.stage != "DATA" })
	if x == nil {
		if len(t.open) == openMax {
			return
		}
		x = &transaction{from: unknown, asked: true}
		t.open = append(t.open, x)
	}
	x.begun = true
	x.read(m.Text)
	x.bytes += m.Length
	for i := range m.Notes {
		x.holes = x.holes || m.Notes[i].ID == "smtp.gap"
	}
	x.whole = m.Complete && (x.chunks == 0 || x.last)
}

// read reads the header in the content, which may come in several chunks.
func (x *transaction) read(content string) {
	if x.head.whole {
		return
	}
	x.beginning += content
	x.head = headOf(x.beginning)
	if x.head.whole = x.head.whole || len(x.beginning) >= application.TextMax; x.head.whole {
		x.beginning = ""
	}
}

// find is the oldest transaction that fits; nil when none does.
func (t *smtpTalk) find(fits func(*transaction) bool) *transaction {
	for _, x := range t.open {
		if fits(x) {
			return x
		}
	}
	return nil
}

func (t *smtpTalk) reply(b *Book, r *Record, m *application.Message) {
	answers := m.Answers
	if m.Code == 334 {
		answers = "AUTH" // and no mail's, though it may look like one's in a recording that begins late; it may be secret
	}
	switch answers {
	case "MAIL":
		if m.Code < 400 {
			t.abandon(b, r) // RFC 5321 §4.1.4: one that is refused ends no transaction before it
		}
		if x := t.find(func(x *transaction) bool { return !x.mailKnown && x.from != unknown }); x != nil {
			x.mailKnown = true
			x.judge("MAIL", m)
			x.over = m.Code >= 400 && x.tried == 0 && !x.asked
		}
	case "RCPT":
		if x := t.find(func(x *transaction) bool { return x.answered < x.tried }); x != nil {
			x.recipientAnswered(m)
		}
	case "DATA":
		if x := t.find(func(x *transaction) bool { return x.asked && !x.dataKnown }); x != nil {
			x.dataKnown = true
			x.judge("DATA", m)
		}
	case ".":
		if x := t.find(func(x *transaction) bool { return x.begun && !x.over }); x != nil {
			x.final(m, t.lmtp)
		}
	case "BDAT":
		if x := t.find(func(x *transaction) bool { return (x.chunks > 0 || x.owed > 0) && !x.over }); x != nil {
			x.chunkAnswered(m, t.lmtp)
		}
	case "AUTH":
		if m.Code == 334 {
			r.login.challenge(m.Text)
		} else {
			r.login.answer(b, r, m.Code == 235)
		}
	case "RSET", "EHLO", "HELO", "LHLO", "QUIT":
		t.abandon(b, r)
	case "STARTTLS":
		r.starttls = r.starttls || m.Code == 220
	case "":
		if x := t.find(func(x *transaction) bool { return x.whole && !x.over }); x != nil && m.Code == 0 {
			x.odd = firstLine(m.Text)
		}
	}
	t.settle(b, r, false)
}

// judge takes a refusal down, the first of a transaction.
func (x *transaction) judge(stage string, m *application.Message) {
	if m.Code >= 400 && x.stage == "" {
		x.stage, x.refusal = stage, firstLine(m.Text)
	}
}

func (x *transaction) recipientAnswered(m *application.Message) {
	address := ""
	if x.answered < len(x.recipients) {
		address = x.recipients[x.answered]
	}
	if m.Code >= 400 {
		x.refuseOne(address, m)
	} else if x.accepted++; len(x.takers) < namesMax {
		x.takers = append(x.takers, address)
	}
	x.answered++
	if x.answered == x.tried && x.accepted == 0 && x.stage == "" {
		x.stage = "RCPT"
	}
}

// refuseOne takes the refusal of a recipient down, the first of a transaction.
func (x *transaction) refuseOne(address string, m *application.Message) {
	if x.refusedOne == "" {
		x.refusedOne = address
		if x.refusal == "" {
			x.refusal = firstLine(m.Text)
		}
	}
}

// final takes the answer to a whole mail; with LMTP one of as many as recipients were accepted (RFC 2033 §4.2).
func (x *transaction) final(m *application.Message, lmtp bool) {
	if lmtp && x.accepted > 1 || x.owed > 0 {
		x.finalForOne(m)
		return
	}
	if m.Code < 400 {
		x.taken = firstLine(m.Text)
	} else {
		x.judge(".", m)
	}
	x.over = true
}

// finalForOne takes the answer to a mail for one of its recipients. It is refused when the last of them is.
func (x *transaction) finalForOne(m *application.Message) {
	if x.owed == 0 {
		x.owed = x.accepted
	}
	address := ""
	if len(x.takers) > 0 {
		address, x.takers = x.takers[0], x.takers[1:]
	}
	x.owed--
	x.over = x.owed == 0
	switch {
	case m.Code >= 400:
		x.accepted--
		x.refuseOne(address, m)
	case x.taken == "":
		x.taken = firstLine(m.Text)
	}
	if x.over && x.taken == "" {
		x.judge(".", m)
	}
}

// chunkAnswered takes the answer to a chunk; the last one's answer is the mail's (RFC 3030 §2).
func (x *transaction) chunkAnswered(m *application.Message, lmtp bool) {
	if x.owed == 0 {
		x.chunks--
	}
	switch {
	case lmtp && x.last && x.chunks == 0:
		x.final(m, lmtp)
	case m.Code >= 400:
		x.judge("BDAT", m)
		x.over = true
	case x.last && x.chunks == 0:
		x.final(m, lmtp)
	}
}

// abandon ends the transactions that the client has given up: nothing of their content was sent.
func (t *smtpTalk) abandon(b *Book, r *Record) {
	for _, x := range t.open {
		if (x.mailKnown || x.from == unknown) && !x.begun && x.answered == x.tried {
			x.over = true
		}
	}
	t.settle(b, r, false)
}

// settle tells the transactions that are over; all of them at the end.
func (t *smtpTalk) settle(b *Book, r *Record, all bool) {
	rest := t.open[:0]
	for _, x := range t.open {
		if x.over || all {
			if x.isMail(r) {
				b.mail(r, x)
			}
		} else {
			rest = append(rest, x)
		}
	}
	clear(t.open[len(rest):])
	t.open = rest
}

// isMail tells whether it was one: words that no MAIL introduced and that the server did not take were none, unless the
// capture may lack the MAIL.
func (x *transaction) isMail(r *Record) bool {
	return x.from != unknown || x.taken != "" || x.begun && x.stage == "" && (r.midStream || r.holes > 0)
}

func (t *smtpTalk) end(b *Book, r *Record) { t.settle(b, r, true) }

// path is the address of MAIL or RCPT, without its angle brackets; "<>" where it is empty.
func path(m *application.Message) string {
	p := fieldText(m, "path")
	if inner := strings.TrimSuffix(strings.TrimPrefix(p, "<"), ">"); inner != "" {
		return shortened(inner, 100)
	}
	if p == "" {
		return unknown
	}
	return "<>"
}

// unknown stands for a name that was not seen.
const unknown = "?"

// namesMax bounds how many recipients of a mail are kept by name.
const namesMax = 8

func fieldText(m *application.Message, name string) string {
	for i := range m.Fields {
		if m.Fields[i].Name == name {
			return m.Fields[i].Value.String()
		}
	}
	return ""
}

// firstLine is the beginning of what a server said, as much as a sentence holds.
func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return shortened(strings.TrimRight(line, "\r "), 100)
}

// shortened is a copy of s, which does not keep the message alive that s is a part of, cut at a whole character behind n bytes.
func shortened(s string, n int) string {
	if len(s) <= n {
		return strings.Clone(s)
	}
	for n > 0 && s[n]&0xc0 == 0x80 {
		n--
	}
	return s[:n] + "..."
}
