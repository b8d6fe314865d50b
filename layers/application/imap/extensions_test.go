package imap

import (
	"strings"
	"testing"
	"time"
)

// playBehind plays sessions in pieces of several sizes behind a beginning that other tests check; "|" is a line end.
func playBehind(t *testing.T, backend func() *memory, beginning string, all []played) {
	t.Helper()
	head, _ := dialogue(backend(), 1<<20, beginning)
	for _, d := range all {
		for _, n := range []int{1, 3, 1 << 20} {
			wire, _ := dialogue(backend(), n, beginning+strings.ReplaceAll(d.client, "|", "\r\n"))
			if want := head + strings.ReplaceAll(d.wire, "|", "\r\n"); wire != want {
				t.Errorf("%s, pieces of %d: sent\n%s\nwant\n%s", d.name, n, strings.TrimPrefix(wire, head), strings.TrimPrefix(want, head))
				break
			}
		}
	}
}

const (
	answer  = "From: bea@example.net\r\nTo: ana@example.net\r\nSubject: Re: lunch\r\nDate: Mon, 5 Jan 2026 10:30:00 +0100\r\nMessage-ID: <2@example.net>\r\nIn-Reply-To: <1@example.net>\r\n\r\nYes.\r\n"
	zebra   = "From: =?utf-8?q?=C3=84nne?= <zoe@example.net>\r\nSubject: A zebra\r\nDate: Sun, 4 Jan 2026 08:00:00 +0000\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nA=20zebra=\r\n crossing=00\r\n"
	strange = "Subject: strange\r\nContent-Transfer-Encoding: x-own\r\n\r\n???\r\n"
)

func four() *memory { return newMemory(lunch, answer, zebra, strange) }

// TestCondStore: mod-sequences tell what has changed, and whether a change would undo somebody else's (RFC 7162 §3.1).
func TestCondStore(t *testing.T) {
	playBehind(t, four, inbox, []played{
		{"MODSEQ is told to who asks, and then with every change", "c FETCH 1:2 MODSEQ|d STORE 2 +FLAGS.SILENT (\\Flagged)|e STORE 2 +FLAGS (\\Seen)|f FETCH 2 FLAGS|",
			"* OK [HIGHESTMODSEQ 5] Highest|* 1 FETCH (MODSEQ (2))|* 2 FETCH (MODSEQ (3))|c OK FETCH completed|* 2 FETCH (UID 2 MODSEQ (6))|d OK STORE completed|" +
				"* 2 FETCH (UID 2 FLAGS (\\Flagged \\Seen \\Recent) MODSEQ (7))|e OK STORE completed|* 2 FETCH (FLAGS (\\Flagged \\Seen \\Recent))|f OK FETCH completed|"},
		{"without it nothing is different", "c STORE 2 +FLAGS.SILENT (\\Flagged)|d STORE 2 +FLAGS (\\Seen)|",
			"c OK STORE completed|* 2 FETCH (FLAGS (\\Flagged \\Seen \\Recent))|d OK STORE completed|"},
		{"CHANGEDSINCE", "c STORE 3 +FLAGS.SILENT (\\Seen)|d FETCH 1:* (UID) (CHANGEDSINCE 5)|e UID FETCH 1:* FLAGS (CHANGEDSINCE 9)|",
			"c OK STORE completed|* OK [HIGHESTMODSEQ 6] Highest|* 3 FETCH (UID 3 MODSEQ (6))|d OK FETCH completed|e OK UID FETCH completed|"},
		{"UNCHANGEDSINCE spares what is newer", "c STORE 1:2 (UNCHANGEDSINCE 2) +FLAGS.SILENT (\\Deleted)|d UID STORE 2:3 (UNCHANGEDSINCE 0) FLAGS (x)|",
			"* OK [HIGHESTMODSEQ 5] Highest|* 1 FETCH (UID 1 MODSEQ (6))|* 2 FETCH (UID 2 FLAGS (\\Recent) MODSEQ (3))|c OK [MODIFIED 2] Conditional STORE failed for some|" +
				"* 2 FETCH (UID 2 FLAGS (\\Recent) MODSEQ (3))|* 3 FETCH (UID 3 FLAGS (\\Recent) MODSEQ (4))|d OK [MODIFIED 2:3] Conditional STORE failed for some|"},
		{"what changes nothing is no change", "c ENABLE CONDSTORE|d STORE 1 -FLAGS.SILENT (\\Seen)|e STORE 1 (UNCHANGEDSINCE 9) -FLAGS.SILENT (\\Seen)|",
			"* OK [HIGHESTMODSEQ 5] Highest|* ENABLED CONDSTORE|c OK ENABLE completed|d OK STORE completed|* 1 FETCH (UID 1 MODSEQ (2))|e OK STORE completed|"},
		{"SEARCH by MODSEQ", "c SEARCH MODSEQ 4|d UID SEARCH MODSEQ \"/flags/\\\\draft\" all 3 SUBJECT lunch|e SEARCH MODSEQ 6|f SEARCH RETURN (MIN) MODSEQ 3|g SEARCH RETURN (MAX) MODSEQ 1 1:2|h SEARCH RETURN (MIN MAX) MODSEQ 1 1:3|i SEARCH RETURN () MODSEQ 1|",
			"* OK [HIGHESTMODSEQ 5] Highest|* SEARCH 3 4 (MODSEQ 5)|c OK SEARCH completed|* SEARCH 2 (MODSEQ 3)|d OK UID SEARCH completed|* SEARCH|e OK SEARCH completed|" +
				"* ESEARCH (TAG \"f\") MIN 2 MODSEQ 3|f OK SEARCH completed|* ESEARCH (TAG \"g\") MAX 2 MODSEQ 3|g OK SEARCH completed|* ESEARCH (TAG \"h\") MIN 1 MAX 3 MODSEQ 4|h OK SEARCH completed|* ESEARCH (TAG \"i\") ALL 1:4 MODSEQ 5|i OK SEARCH completed|"},
		{"reading marks, and that is a change", "c ENABLE CONDSTORE|d FETCH 1 BODY[TEXT]|",
			"* OK [HIGHESTMODSEQ 5] Highest|* ENABLED CONDSTORE|c OK ENABLE completed|* 1 FETCH (UID 1 FLAGS (\\Seen \\Recent) MODSEQ (6) BODY[TEXT] {10}|At noon?|)|d OK FETCH completed|"},
		{"STATUS", "c STATUS INBOX (HIGHESTMODSEQ SIZE DELETED DELETED-STORAGE APPENDLIMIT)|",
			"* OK [HIGHESTMODSEQ 5] Highest|* STATUS INBOX (HIGHESTMODSEQ 5 SIZE " + sizes(lunch, answer, zebra, strange) + " DELETED 0 DELETED-STORAGE 0 APPENDLIMIT 67108864)|c OK STATUS completed|"},
		{"what no client may write", "c FETCH 1 FLAGS (CHANGEDSINCE)|d FETCH 1 FLAGS (CHANGEDSINCE 1 VANISHED)|e STORE 1 (UNCHANGEDSINCE x) FLAGS ()|f SEARCH MODSEQ \"/flags/x\" 3|",
			"c BAD byte 29: want SP (RFC 3501 section 9)|d BAD byte 32: want CHANGEDSINCE (RFC 3501 section 9)|e BAD byte 26: want number (RFC 3501 section 9)|f BAD byte 28: want SP (RFC 3501 section 9)|"},
	})
}

func sizes(mails ...string) string { return number(uint32(len(strings.Join(mails, "")))) }

// without is a backend whose mailboxes keep no mod-sequences.
type without struct{ *memory }

func (w without) Login(user, password string) (Account, error) {
	_, err := w.memory.Login(user, password)
	return w, err
}

func (w without) Open(name string, readOnly bool) (Mailbox, error) {
	m, err := w.memory.Open(name, readOnly)
	if err != nil {
		return nil, err
	}
	return forgetful{m}, nil
}

type forgetful struct{ Mailbox }

func (forgetful) HighestModSeq() uint64 { return 0 }

// TestNoModSeq: a mailbox that keeps no mod-sequences says so, and cannot be asked for them (RFC 7162 §3.1.2.2).
func TestNoModSeq(t *testing.T) {
	wire, _ := dialogue(without{four()}, 5, login+"a ENABLE QRESYNC\r\nb SELECT INBOX (CONDSTORE QRESYNC (1 1))\r\nc FETCH 1 MODSEQ\r\nd FETCH 1 UID (CHANGEDSINCE 1)\r\n"+
		"e STORE 1 (UNCHANGEDSINCE 1) FLAGS ()\r\nf SEARCH MODSEQ 1\r\ng STORE 1 FLAGS (\\Deleted)\r\nh EXPUNGE\r\n")
	for _, want := range []string{"* OK [NOMODSEQ] No mod-sequences here\r\nb OK", "\r\nc BAD ", "\r\nd BAD ", "\r\ne BAD ", "\r\nf BAD ", "* 1 EXPUNGE\r\n* 3 RECENT\r\nh OK EXPUNGE"} {
		if !strings.Contains(wire, want) {
			t.Errorf("no %q in\n%s", want, wire)
		}
	}
}

// TestQResync: one SELECT tells a client that was away all that has changed and all that is gone (RFC 7162 §3.2).
func TestQResync(t *testing.T) {
	playBehind(t, four, login+"b ENABLE QRESYNC\r\nc SELECT INBOX\r\nd STORE 1,3 FLAGS (\\Deleted)\r\ne EXPUNGE\r\n", []played{
		{"nothing to tell", "f SELECT INBOX (QRESYNC (1 9))|", closed + "f OK [READ-WRITE] SELECT completed|"},
		{"all that is gone, and what has changed", "f STORE 2 FLAGS (\\Seen)|g SELECT INBOX (QRESYNC (1 5))|",
			"* 2 FETCH (UID 4 FLAGS (\\Seen \\Recent) MODSEQ (9))|f OK STORE completed|" + strings.Replace(closed, "HIGHESTMODSEQ 8", "HIGHESTMODSEQ 9", 1) +
				"* VANISHED (EARLIER) 1,3|* 2 FETCH (UID 4 FLAGS (\\Seen) MODSEQ (9))|g OK [READ-WRITE] SELECT completed|"},
		{"only of what the client knows", "f SELECT INBOX (QRESYNC (1 1 3:4))|", closed + "* VANISHED (EARLIER) 3|* 2 FETCH (UID 4 FLAGS () MODSEQ (5))|f OK [READ-WRITE] SELECT completed|"},
		{"not up to a number that still has its UID", "f SELECT INBOX (QRESYNC (1 1 1:4 (1 2)))|",
			closed + "* VANISHED (EARLIER) 3|* 1 FETCH (UID 2 FLAGS () MODSEQ (3))|* 2 FETCH (UID 4 FLAGS () MODSEQ (5))|f OK [READ-WRITE] SELECT completed|"},
		{"other UIDVALIDITY: all is void", "f SELECT INBOX (QRESYNC (7 1))|", closed + "f OK [READ-WRITE] SELECT completed|"},
		{"no star in what is known", "f SELECT INBOX (QRESYNC (1 1 1:*))|", "f BAD byte 29: want a set without * (RFC 7162 section 7)|"},
		{"UID FETCH with VANISHED", "f UID FETCH 1:* FLAGS (CHANGEDSINCE 1 VANISHED)|g UID FETCH 3 FLAGS (CHANGEDSINCE 8 VANISHED)|h UID FETCH 1 FLAGS (VANISHED)|",
			"* VANISHED (EARLIER) 1,3|* 1 FETCH (UID 2 FLAGS (\\Recent) MODSEQ (3))|* 2 FETCH (UID 4 FLAGS (\\Recent) MODSEQ (5))|f OK UID FETCH completed|g OK UID FETCH completed|" +
				"h BAD byte 30: want CHANGEDSINCE (RFC 7162 section 3.2.6)|"},
	})
	playBehind(t, four, inbox, []played{
		{"not before ENABLE", "c UID FETCH 1:* FLAGS (CHANGEDSINCE 1 VANISHED)|d SELECT INBOX (QRESYNC (1 1))|e NOOP|",
			"c BAD QRESYNC has not been enabled|d BAD QRESYNC has not been enabled|e OK NOOP completed|"},
		{"VANISHED instead of EXPUNGE", "c ENABLE QRESYNC FOO|d STORE 1,3 +FLAGS.SILENT (\\Deleted)|e UID EXPUNGE 3|f EXPUNGE|g EXPUNGE|h CREATE Old|i MOVE 1 Old|",
			"* OK [HIGHESTMODSEQ 5] Highest|* ENABLED QRESYNC|c OK ENABLE completed|* 1 FETCH (UID 1 MODSEQ (6))|* 3 FETCH (UID 3 MODSEQ (7))|d OK STORE completed|" +
				"* VANISHED 3|* 3 RECENT|e OK [HIGHESTMODSEQ 8] UID EXPUNGE completed|* VANISHED 1|* 2 RECENT|f OK [HIGHESTMODSEQ 9] EXPUNGE completed|g OK EXPUNGE completed|" +
				"h OK CREATE completed|* OK [COPYUID 2 2 1] Moved|* VANISHED 2|* 1 RECENT|i OK [HIGHESTMODSEQ 10] MOVE completed|"},
	})
}

const closed = "* OK [CLOSED] Previous mailbox is closed|* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)|* 2 EXISTS|* 0 RECENT|* OK [UNSEEN 1] First unseen|" +
	"* OK [PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft \\*)] Flags that stay|* OK [UIDNEXT 5] Predicted next UID|* OK [UIDVALIDITY 1] UIDs valid|* OK [HIGHESTMODSEQ 8] Highest|"

const examined = "* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)|* 4 EXISTS|* 0 RECENT|* OK [UNSEEN 1] First unseen|* OK [PERMANENTFLAGS ()] Flags that stay|" +
	"* OK [UIDNEXT 5] Predicted next UID|* OK [UIDVALIDITY 1] UIDs valid|* OK [HIGHESTMODSEQ 5] Highest|e OK [READ-ONLY] EXAMINE completed|"

// TestDelayedVanished: while a removal may not be told, the client is not led to believe that it knows all (RFC 7162 §3.2).
func TestDelayedVanished(t *testing.T) {
	backend := four()
	laptop, phone := NewServer(epoch, Config{Backend: backend}), NewServer(epoch, Config{Backend: backend})
	for _, s := range []*Server{laptop, phone} {
		say(s, "a LOGIN bob secret")
		say(s, "b ENABLE QRESYNC")
		say(s, "c SELECT INBOX")
	}
	say(laptop, "d STORE 1 FLAGS (\\Deleted)")
	say(laptop, "e EXPUNGE")
	for _, c := range []struct{ line, want string }{
		{"d STORE 2 +FLAGS.SILENT (\\Draft)", "* 2 FETCH (UID 2 MODSEQ (8))\r\n* OK [HIGHESTMODSEQ 5] Removals are told later\r\nd OK STORE completed\r\n"},
		{"e UID FETCH 1:2 FLAGS (CHANGEDSINCE 5 VANISHED)", "* 2 FETCH (UID 2 FLAGS (\\Draft) MODSEQ (8))\r\n* VANISHED 1\r\ne OK UID FETCH completed\r\n"},
	} {
		if got := say(phone, c.line); got != c.want {
			t.Errorf("%s: %q, want %q", c.line, got, c.want)
		}
	}
}

// TestSpans: sets of UIDs are joined, cut and looked through.
func TestSpans(t *testing.T) {
	set := Set{{9, 7}, {1, 2}, {3, 3}, {20, Star}, {8, 12}}
	all := set.spans(25)
	if got := Set(all).String(); got != "1:3,7:12,20:25" {
		t.Errorf("joined: %s", got)
	}
	for n := uint32(0); n < 30; n++ {
		if want := set.Contains(n, 25); all.has(n) != want {
			t.Errorf("%d: %v, want %v", n, all.has(n), want)
		}
	}
	if got := Set(all.intersect(Set{{2, 8}, {12, 21}, {25, 99}}.spans(99))).String(); got != "2:3,7:8,12,20:21,25" {
		t.Errorf("both: %s", got)
	}
	if got := Set(all.without(8).without(1).without(25).without(4)).String(); got != "2:3,7,9:12,20:24" {
		t.Errorf("without: %s", got)
	}
	if n := (Set{{1, 3}, {2, 5}}).count(); n != 5 {
		t.Errorf("count: %d", n)
	}
}

// TestESearch: the client says which results it wants, and may keep them as "$" (RFC 4731, RFC 5182).
func TestESearch(t *testing.T) {
	playBehind(t, four, inbox, []played{
		{"every option", "c SEARCH RETURN (MIN MAX ALL COUNT) ALL|d UID SEARCH RETURN () OR 1 3|e SEARCH RETURN (COUNT MIN) SUBJECT nothing|f UID SEARCH RETURN (ALL) SUBJECT nothing|",
			"* ESEARCH (TAG \"c\") MIN 1 MAX 4 ALL 1:4 COUNT 4|c OK SEARCH completed|* ESEARCH (TAG \"d\") UID ALL 1,3|d OK UID SEARCH completed|" +
				"* ESEARCH (TAG \"e\") COUNT 0|e OK SEARCH completed|* ESEARCH (TAG \"f\") UID|f OK UID SEARCH completed|"},
		{"kept and used", "c SEARCH RETURN (SAVE) FROM example|d FETCH $ UID|e UID SEARCH RETURN (COUNT) UID $ NOT 1|f STORE $ +FLAGS.SILENT (\\Deleted)|g UID EXPUNGE $|h SEARCH RETURN (ALL) $|",
			"c OK SEARCH completed|* 1 FETCH (UID 1)|* 2 FETCH (UID 2)|* 3 FETCH (UID 3)|d OK FETCH completed|* ESEARCH (TAG \"e\") UID COUNT 2|e OK UID SEARCH completed|f OK STORE completed|" +
				"* 1 EXPUNGE|* 1 EXPUNGE|* 1 EXPUNGE|* 1 RECENT|g OK UID EXPUNGE completed|* ESEARCH (TAG \"h\")|h OK SEARCH completed|"},
		{"MIN alone is kept alone; a refusal keeps nothing", "c SEARCH RETURN (SAVE MIN) ALL|d SEARCH $|e SEARCH RETURN (SAVE MIN COUNT) 2:3|f SEARCH $|g SEARCH RETURN (SAVE) CHARSET klingon ALL|h SEARCH $|",
			"* ESEARCH (TAG \"c\") MIN 1|c OK SEARCH completed|* SEARCH 1|d OK SEARCH completed|* ESEARCH (TAG \"e\") MIN 2 COUNT 2|e OK SEARCH completed|* SEARCH 2 3|f OK SEARCH completed|" +
				"g NO [BADCHARSET (US-ASCII UTF-8)] Unknown charset|* SEARCH|h OK SEARCH completed|"},
		{"nothing is kept across a SELECT, and nothing named is no fault", "c SEARCH RETURN (SAVE) ALL|d UNSELECT|e EXAMINE INBOX|f SEARCH $|g COPY $ Gone|",
			"c OK SEARCH completed|d OK UNSELECT completed|" + examined + "* SEARCH|f OK SEARCH completed|g OK Nothing to do|"},
	})
}

// TestWithin: how old a mail is, in seconds (RFC 5032).
func TestWithin(t *testing.T) {
	s := NewServer(epoch, Config{Backend: four()}) // the mails arrived at each full hour from epoch on
	say(s, "a LOGIN bob secret")
	say(s, "b SELECT INBOX")
	s.now = epoch.Add(3 * time.Hour)
	s.Receive(s.now, []byte("c SEARCH OLDER 7200\r\nd SEARCH YOUNGER 7200\r\ne SEARCH YOUNGER 1\r\n"))
	if got, want := string(s.Output()), "* SEARCH 1 2\r\nc OK SEARCH completed\r\n* SEARCH 2 3 4\r\nd OK SEARCH completed\r\n* SEARCH 4\r\ne OK SEARCH completed\r\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestSort: the server puts the messages into an order (RFC 5256, RFC 5957, RFC 5267).
func TestSort(t *testing.T) {
	playBehind(t, four, inbox, []played{
		{"by one key", "c SORT (SUBJECT) UTF-8 ALL|d SORT (REVERSE SUBJECT) US-ASCII ALL|e SORT (FROM) UTF-8 ALL|f SORT (DISPLAYFROM) UTF-8 ALL|g SORT (DATE) UTF-8 ALL|h UID SORT (SIZE) UTF-8 NOT 4|",
			"* SORT 3 1 2 4|c OK SORT completed|* SORT 4 1 2 3|d OK SORT completed|* SORT 4 1 2 3|e OK SORT completed|* SORT 4 1 3 2|f OK SORT completed|* SORT 3 1 2 4|g OK SORT completed|* SORT 1 2 3|h OK UID SORT completed|"},
		{"letters before what is no letter, in any case", "c APPEND INBOX {12+}|Subject: _||d APPEND INBOX {18+}|Subject: [x] Fwd||e APPEND INBOX {14+}|Subject: STR||f SORT (SUBJECT) UTF-8 4:*|",
			"* 5 EXISTS|* 4 RECENT|c OK [APPENDUID 1 5] APPEND completed|* 6 EXISTS|* 4 RECENT|d OK [APPENDUID 1 6] APPEND completed|* 7 EXISTS|* 4 RECENT|e OK [APPENDUID 1 7] APPEND completed|* SORT 6 7 4 5|f OK SORT completed|"},
		{"by several keys", "c SORT (SUBJECT REVERSE DATE) UTF-8 ALL|d SORT (CC TO REVERSE ARRIVAL) UTF-8 ALL|", "* SORT 3 2 1 4|c OK SORT completed|* SORT 4 3 2 1|d OK SORT completed|"},
		{"with results of choice", "c SORT RETURN (MIN MAX COUNT ALL) (REVERSE ARRIVAL) UTF-8 ALL|d UID SORT RETURN () (SUBJECT) UTF-8 MODSEQ 1 NOT 4|",
			"* ESEARCH (TAG \"c\") MIN 4 MAX 1 ALL 4,3,2,1 COUNT 4|c OK SORT completed|* OK [HIGHESTMODSEQ 5] Highest|* ESEARCH (TAG \"d\") UID ALL 3,1:2 MODSEQ 4|d OK UID SORT completed|"},
		{"what is no order", "c SORT (COLOUR) UTF-8 ALL|d SORT () UTF-8 ALL|e SORT (SIZE) klingon ALL|",
			"c BAD byte 8: want sort-criterion (RFC 5256 section 5)|d BAD byte 9: want sort-criterion (RFC 5256 section 5)|e NO [BADCHARSET (US-ASCII UTF-8)] Unknown charset|"},
	})
}

// TestQuota: how full an account is, and who may say how full it may become (RFC 9208).
func TestQuota(t *testing.T) {
	limited := func() *memory { m := four(); m.quota = 10 << 10; return m }
	playBehind(t, limited, login, []played{
		{"asked for a mailbox", "b GETQUOTAROOT INBOX|", "* QUOTAROOT INBOX \"\"|* QUOTA \"\" (STORAGE 1 10)|b OK GETQUOTAROOT completed|"},
		{"asked for the root", "b GETQUOTA \"\"|c GETQUOTA other|", "* QUOTA \"\" (STORAGE 1 10)|b OK GETQUOTA completed|c NO [NONEXISTENT] No such quota root|"},
		{"set by nobody here", "b SETQUOTA \"\" (STORAGE 512)|", "b NO [NOPERM] A quota is set by who runs the server|"},
	})
	playBehind(t, four, login, []played{{"no limit", "b GETQUOTA \"\"|", "* QUOTA \"\" ()|b OK GETQUOTA completed|"}})
}

// TestBinary: the server decodes, and takes and sends bytes that hold NUL (RFC 3516).
func TestBinary(t *testing.T) {
	playBehind(t, four, inbox, []played{
		{"decoded", "c FETCH 3 (BINARY.PEEK[1] BINARY.SIZE[1])|d FETCH 1 BINARY.PEEK[1]<3.4>|e FETCH 1 BINARY.SIZE[]|",
			"* 3 FETCH (BINARY.SIZE[1] 19 BINARY[1] ~{19}|A zebra crossing\x00|)|c OK FETCH completed|* 1 FETCH (BINARY[1]<3> {4}|noon)|d OK FETCH completed|* 1 FETCH (BINARY.SIZE[] " + sizes(lunch) + ")|e OK FETCH completed|"},
		{"reading marks", "c FETCH 1 BINARY[1]|", "* 1 FETCH (FLAGS (\\Seen \\Recent) BINARY[1] {10}|At noon?|)|c OK FETCH completed|"},
		{"an encoding that nobody knows", "c FETCH 4 BINARY.PEEK[1]|", "* 4 FETCH (BINARY[1] NIL)|c NO [UNKNOWN-CTE] Content-Transfer-Encoding is unknown|"},
		{"what has no transfer encoding of its own", "c FETCH 1 (BINARY.PEEK[TEXT]<3.4> BINARY.SIZE[TEXT])|d FETCH 1 BINARY.PEEK[HEADER.FIELDS (Subject)]|e FETCH 1 BINARY.PEEK[2.MIME]|",
			"* 1 FETCH (BINARY.SIZE[TEXT] 10 BINARY[TEXT]<3> {4}|noon)|c OK FETCH completed|* 1 FETCH (BINARY[HEADER.FIELDS (Subject)] {18}|Subject: Lunch||)|d OK FETCH completed|* 1 FETCH (BINARY[2.MIME] NIL)|e OK FETCH completed|"},
		{"brought", "c APPEND INBOX ~{10+}|A: b||\x00x|d FETCH 5 BINARY.PEEK[]|e APPEND INBOX {10+}|A: b||\x00x|",
			"* 5 EXISTS|* 4 RECENT|c OK [APPENDUID 1 5] APPEND completed|* 5 FETCH (BINARY[] ~{10}|A: b||\x00x)|d OK FETCH completed|e BAD A literal holds no NUL|"},
	})
}

// TestMultiAppend: several messages with one command, all or none (RFC 3502).
func TestMultiAppend(t *testing.T) {
	playBehind(t, four, login, []played{
		{"two", "b APPEND INBOX (\\Seen) {4+}|A: b {8}|C: d|||c STATUS INBOX (MESSAGES UNSEEN)|",
			"+ Ready for literal data|b OK [APPENDUID 1 5:6] APPEND completed|* STATUS INBOX (MESSAGES 6 UNSEEN 5)|c OK STATUS completed|"},
		{"of which one is not possible", "b APPEND INBOX {4+}|A: b {0+}||c STATUS INBOX (MESSAGES)|", "b NO Message is empty|* STATUS INBOX (MESSAGES 4)|c OK STATUS completed|"},
	})
}

// TestPreview: the beginning of the text (RFC 8970).
func TestPreview(t *testing.T) {
	playBehind(t, func() *memory { return newMemory(picture, "\r\n", "A: b\r\n\r\n one\r\n\ttwo \u00e4\r\n") }, inbox, []played{
		{"asked for", "c FETCH 1:3 PREVIEW|d FETCH 1 (UID PREVIEW (LAZY))|",
			"* 1 FETCH (PREVIEW \"Look!\")|* 2 FETCH (PREVIEW \"\")|* 3 FETCH (PREVIEW {10}|one two \u00e4)|c OK FETCH completed|* 1 FETCH (UID 1 PREVIEW \"Look!\")|d OK FETCH completed|"},
	})
}
