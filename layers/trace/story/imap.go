package story

import (
	"strconv"
	"strings"

	"mailwire/layers"
	"mailwire/layers/application"
	"mailwire/layers/application/imap"
)

// An imapTalk is what is kept of an IMAP session.
type imapTalk struct {
	counts commands
	under  []underWay // commands without an answer that change something, bounded
	fetch  fetched    // the FETCH response under way
	brought

	naming   bool // the next literal of the client is LOGIN's user name
	idling   bool
	copying  bool // the client keeps a copy: it wants to be told what has changed while it was away (RFC 7162 §3.2)
	readOnly bool // the mailbox was opened by EXAMINE
	marked   int  // mails of the open mailbox that have been marked \Deleted
	left     int  // of mailboxes that were left, marked and not removed
	removed  int
	moved    int
	copied   int
	saved    int // by APPEND
	unsaved  int // APPEND was refused
	savedTo  string
	news     int // responses that came while IDLE waited
}

// An underWay is a command whose answer decides what became of mails.
type underWay struct {
	tag, verb, mailbox string
	count              int   // mails it names, where that can be told
	told               int   // of its untagged responses
	bytes              int64 // of APPEND
}

// underMax bounds the commands under way that are followed.
const underMax = 16

func (t *imapTalk) message(b *Book, r *Record, m *application.Message) {
	switch {
	case m.From == layers.Client && m.Kind == application.Auth:
		r.login.respond(m.Text)
	case m.From == layers.Client && m.Kind == application.Data:
		t.literal(r, m)
	case m.From == layers.Client:
		if m.Complete {
			t.command(b, r, m)
		}
	case m.Kind == application.Data:
		t.piece(b, r, m)
	default:
		t.endFetch(b, r)
		t.reply(b, r, m)
	}
}

// literal takes a literal of the client: the name in LOGIN, or a mail.
func (t *imapTalk) literal(r *Record, m *application.Message) {
	n, _ := strconv.Atoi(fieldText(m, "literal"))
	if t.naming {
		t.naming = false
		r.login.user = shortened(m.Text[:min(max(n, 0), len(m.Text))], 100)
		return
	}
	if u := t.find(m.Tag); u != nil {
		u.bytes += int64(n)
	}
}

func (t *imapTalk) find(tag string) *underWay {
	for i := range t.under {
		if t.under[i].tag == tag {
			return &t.under[i]
		}
	}
	return nil
}

func (t *imapTalk) command(b *Book, r *Record, m *application.Message) {
	if m.Verb == "DONE" {
		return // the end of IDLE, which has been counted
	}
	t.counts.add(m.Verb)
	arguments := fieldText(m, "arguments")
	switch m.Verb {
	case "LOGIN":
		r.login.how, r.login.shown = "LOGIN", true
		d := imap.NewDecoder([]byte(arguments))
		var user string
		switch {
		case strings.HasPrefix(arguments, "{"):
			t.naming = true
		case d.Astring(&user) && d.SP():
			r.login.user = shortened(user, 100)
		}
	case "AUTHENTICATE":
		mechanism, initial, _ := strings.Cut(arguments, " ")
		if application.IsMechanism(mechanism) {
			r.login.begin(mechanism)
			if initial != "" {
				r.login.respond(initial)
			}
		}
	case "ENABLE":
		t.copying = t.copying || strings.Contains(application.Upper(arguments), "QRESYNC")
	case "IDLE":
		t.idling = true
		t.await(m, "")
	case "APPEND":
		var mailbox string
		imap.NewDecoder([]byte(arguments)).Mailbox(&mailbox)
		t.await(m, mailbox)
	case "STORE", "UID STORE", "MOVE", "UID MOVE", "COPY", "UID COPY", "EXPUNGE", "UID EXPUNGE", "CLOSE", "SELECT", "EXAMINE", "UNSELECT":
		t.await(m, "")
		t.under[len(t.under)-1].count = deletes(m.Verb, arguments)
	}
}

// await follows a command until its answer.
func (t *imapTalk) await(m *application.Message, mailbox string) {
	if len(t.under) == underMax {
		t.under = append(t.under[:0], t.under[1:]...)
	}
	t.under = append(t.under, underWay{tag: shortened(m.Tag, 100), verb: m.Verb, mailbox: shortened(mailbox, 60)})
}

// deletes is how many mails a STORE marks \Deleted; -1 when it marks none; 0 when the command does not tell how many.
func deletes(verb, arguments string) int {
	if !strings.HasSuffix(verb, "STORE") {
		return 0
	}
	set, what, _ := strings.Cut(arguments, " ")
	item, list, _ := strings.Cut(application.Upper(what), " ")
	if strings.HasPrefix(item, "-") || !strings.Contains(list, `\DELETED`) {
		return -1
	}
	if strings.ContainsAny(set, ":*$") {
		return 0
	}
	return strings.Count(set, ",") + 1
}

func (t *imapTalk) reply(b *Book, r *Record, m *application.Message) {
	switch {
	case m.Kind == application.Greeting:
		if m.Status == "PREAUTH" {
			r.login.how, r.login.done = "PREAUTH", true
		}
	case m.Kind == application.Auth:
		r.login.challenge(m.Text)
	case m.Kind == application.Continuation:
	case m.Tag == "*":
		t.untagged(m)
	case m.Answers == "LOGIN", m.Answers == "AUTHENTICATE":
		r.login.answer(b, r, m.Status == "OK")
	case m.Answers == "STARTTLS":
		r.starttls = r.starttls || m.Status == "OK"
	default:
		t.answered(b, r, m)
	}
}

// untagged takes what the server tells besides its answers.
func (t *imapTalk) untagged(m *application.Message) {
	switch name := fieldText(m, "response-name"); name {
	case "FETCH":
		t.fetch = fetched{open: true}
		t.fetch.take(fieldText(m, "response-data"))
		t.storing(m)
	case "EXPUNGE", "VANISHED":
		if strings.HasPrefix(application.Upper(fieldText(m, "response-data")), "(EARLIER)") {
			return // no news: the answer to a client that was away
		}
		for i := range t.under {
			if u := &t.under[i]; strings.HasSuffix(u.verb, "EXPUNGE") || strings.HasSuffix(u.verb, "MOVE") {
				u.told++
				return
			}
		}
		t.news++
	case "EXISTS", "RECENT":
		if t.idling {
			t.news++
		}
	}
}

// storing counts the mails that STORE is seen to have marked.
func (t *imapTalk) storing(m *application.Message) {
	for i := range t.under {
		if u := &t.under[i]; strings.HasSuffix(u.verb, "STORE") && u.count >= 0 && strings.Contains(m.Text, `\Deleted`) {
			u.told++
			return
		}
	}
}

// answered takes the answer to a command that changes something.
func (t *imapTalk) answered(b *Book, r *Record, m *application.Message) {
	u := t.find(m.Tag)
	if u == nil {
		return
	}
	done := *u
	kept := t.under[:0]
	for _, other := range t.under {
		if other.tag != m.Tag {
			kept = append(kept, other)
		}
	}
	t.under = kept
	if done.verb == "IDLE" {
		t.idling = false
	}
	if done.verb == "APPEND" && m.Status == "NO" {
		t.unsaved++
	}
	if m.Status == "OK" {
		t.succeeded(b, r, &done)
	}
}

func (t *imapTalk) succeeded(b *Book, r *Record, u *underWay) {
	switch strings.TrimPrefix(u.verb, "UID ") {
	case "STORE":
		if u.count >= 0 {
			t.marked += max(u.told, u.count)
		}
	case "EXPUNGE":
		t.removed += u.told
		t.marked = max(0, t.marked-u.told)
	case "CLOSE": // RFC 3501 §6.4.2: it removes what is marked, unless the mailbox was opened by EXAMINE
		if !t.readOnly {
			t.removed += t.marked
			t.marked = 0
		}
		t.leave()
	case "SELECT", "EXAMINE":
		t.leave()
		t.readOnly = u.verb == "EXAMINE"
	case "UNSELECT":
		t.leave()
	case "MOVE":
		t.moved += max(1, u.told)
	case "COPY":
		t.copied++
	case "APPEND":
		t.saved++
		t.savedTo = u.mailbox
		b.readable(r, u.bytes)
	}
}

// leave leaves the open mailbox.
func (t *imapTalk) leave() { t.left, t.marked = t.left+t.marked, 0 }

func (t *imapTalk) end(b *Book, r *Record) {
	t.endFetch(b, r)
	t.leave()
	b.sums.fetched += t.whole
	b.sums.received += t.bytes
	b.sums.removed += t.removed
	x := b.mailbox(r, t.strategy(r))
	if x == nil {
		return
	}
	x.counts.merge(&t.counts)
	x.mails += t.whole
	x.parts += t.parts
	x.heads += t.brought.heads
	x.broken += t.broken
	x.bytes += t.bytes
	x.partBytes += t.partBytes
	x.removed += t.removed
	x.flagged += t.left
	x.moved += t.moved
	x.copied += t.copied
	x.saved += t.saved
	x.unsaved += t.unsaved
	if t.savedTo != "" {
		x.savedTo = t.savedTo
	}
	x.idles += t.counts.of("IDLE")
	x.news += t.news
}

// strategy names how the mailbox was read.
func (t *imapTalk) strategy(r *Record) string {
	switch {
	case t.copying:
		return "imap.copy"
	case t.whole > 0 || t.broken > 0:
		return "imap.whole"
	case t.parts > 0:
		return "imap.parts"
	case t.brought.heads > 0:
		return "imap.headers"
	case t.removed+t.left+t.marked > 0:
		return "imap.delete-unread"
	case t.counts.of("IDLE") > 0:
		return "imap.idle"
	case t.saved+t.unsaved > 0:
		return "imap.save"
	case t.counts.of("SELECT")+t.counts.of("EXAMINE") == 0 && t.counts.of("CREATE")+t.counts.of("DELETE")+t.counts.of("RENAME") > 0:
		return "imap.folders"
	case t.counts.of("SELECT")+t.counts.of("EXAMINE")+t.counts.of("LIST")+t.counts.of("STATUS") > 0:
		return "imap.look"
	}
	return r.login.outcome()
}
