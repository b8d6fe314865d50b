package imap

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"mailwire/layers"
	"mailwire/layers/application"
	"mailwire/layers/layerstest"
)

// A said is what one side says at once.
type said struct {
	from layers.Side
	text string
}

const (
	c = layers.Client
	s = layers.Server
)

// listen plays a conversation in pieces of n and writes each message on a line: side, kind, tag, verb or status, and its
// text with secrets as "#".
func listen(t *testing.T, n int, conversation []said) (lines []string, d *Dialogue) {
	t.Helper()
	d = NewDialogue()
	var sent [2]string
	take := func() {
		for m, ok := d.Next(); ok; m, ok = d.Next() {
			text := []byte(m.Text)
			for _, r := range m.Secrets {
				for i := r.Offset; i < r.End() && i < len(text); i++ {
					text[i] = '#'
				}
			}
			whole := sent[m.From][m.Offset : m.Offset+m.Length]
			if !strings.HasPrefix(whole, m.Text) {
				t.Errorf("message at %d says %q, its bytes are %q", m.Offset, m.Text, whole)
			}
			line := fmt.Sprintf("%.1v %s %s %s|%s", m.From, m.Kind, m.Tag, m.Verb+m.Status, strings.ReplaceAll(string(text), "\r\n", "~"))
			if !m.Complete {
				line += " …"
			}
			lines = append(lines, line)
		}
	}
	for _, piece := range conversation {
		sent[piece.from] += piece.text
		for text := piece.text; text != ""; {
			k := min(n, len(text))
			d.Receive(piece.from, []byte(text[:k]))
			text = text[k:]
		}
		take()
	}
	d.End(c)
	d.End(s)
	take()
	return lines, d
}

func TestListening(t *testing.T) {
	for _, row := range []struct {
		name         string
		conversation []said
		want         string
	}{
		{"tags pair replies with commands", []said{{s, "* OK ready\r\n"}, {c, "a NOOP\r\nb CAPABILITY\r\n"}, {s, "b OK done\r\na OK done\r\n"}},
			"s greeting * OK|* OK ready\nc command a NOOP|a NOOP\nc command b CAPABILITY|b CAPABILITY\ns reply b OK|b OK done\ns reply a OK|a OK done"},
		{"a password in quotes", []said{{c, "a LOGIN \"bob\" \"se\\\"cret\"\r\n"}}, `c command a LOGIN|a LOGIN "bob" "########"`},
		{"a password as an atom", []said{{c, "a login bob secret\r\n"}}, `c command a LOGIN|a login bob ######`},
		{"a password as a literal", []said{{c, "a LOGIN {3}\r\n"}, {s, "+ go\r\n"}, {c, "bob {6}\r\n"}, {s, "+ go\r\n"}, {c, "se\r\net\r\n"}},
			"c command a LOGIN|a LOGIN {3}\ns continuation + |+ go\nc data a |bob {6}\ns continuation + |+ go\nc data a |######"},
		{"a password as a literal that does not wait", []said{{c, "a LOGIN bob {6+}\r\nsecret\r\n"}}, "c command a LOGIN|a LOGIN bob {6+}~######"},
		{"a broken LOGIN", []said{{c, "a NOOP\r\n"}, {c, "a LOGIN \"bob secret\r\n"}}, "c command a NOOP|a NOOP\nc command a LOGIN|a LOGIN \"##########"},
		{"SASL", []said{{c, "a AUTHENTICATE PLAIN\r\n"}, {s, "+ \r\n"}, {c, "AGJvYgBz\r\n"}, {s, "a OK in\r\n"}, {c, "b NOOP\r\n"}},
			"c command a AUTHENTICATE|a AUTHENTICATE PLAIN\ns auth + |+ \nc auth a |########\ns reply a OK|a OK in\nc command b NOOP|b NOOP"},
		{"SASL with one side alone", []said{{c, "a AUTHENTICATE PLAIN\r\nAGJv\r\nb APPEND x {5}\r\nb x y\r\nc NOOP\r\n"}},
			"c command a AUTHENTICATE|a AUTHENTICATE PLAIN\nc auth a |####\nc command b APPEND|b APPEND x {5}\nc data b |b x y\nc command c NOOP|c NOOP"},
		{"SASL with an initial response", []said{{c, "a AUTHENTICATE PLAIN AGJvYgBz\r\n"}}, "c command a AUTHENTICATE|a AUTHENTICATE PLAIN ########"},
		{"tags that are none", []said{{s, "* OK hi\r\n"}, {c, ". NOOP\r\n+1 NOOP\r\n%A LOGIN bob {6}\r\n"}, {s, "+ go\r\n"}, {c, "lupine\r\n"}},
			"s greeting * OK|* OK hi\nc command . NOOP|. NOOP\nc command +1 NOOP|+1 NOOP\nc command %A LOGIN|%A LOGIN bob {6}\ns continuation + |+ go\nc data %A |######"},
		{"IDLE", []said{{c, "a IDLE\r\n"}, {s, "+ idling\r\n* 3 EXPUNGE\r\n"}, {c, "DONE\r\n"}, {s, "a OK\r\n"}},
			"c command a IDLE|a IDLE\ns continuation + |+ idling\ns reply * |* 3 EXPUNGE\nc continuation a DONE|DONE\ns reply a OK|a OK"},
		{"a mail comes as data", []said{{s, "* 1 FETCH (BODY[] {5}\r\na\r\nb) UID 3)\r\na OK {5}\r\n"}},
			"s reply * |* 1 FETCH (BODY[] {5}\ns data * |a~b) UID 3)\ns reply a OK|a OK {5}"},
		{"a short literal stays where it is", []said{{s, "* 1 FETCH (ENVELOPE (NIL {3}\r\n\xc3\xa4! NIL NIL NIL NIL NIL NIL NIL NIL))\r\n"}},
			"s reply * |* 1 FETCH (ENVELOPE (NIL {3}~\xc3\xa4! NIL NIL NIL NIL NIL NIL NIL NIL))"},
		{"a mail goes as data", []said{{c, "a APPEND Sent {4}\r\n"}, {s, "+ go\r\n"}, {c, "mail\r\n"}, {s, "a OK in\r\n"}},
			"c command a APPEND|a APPEND Sent {4}\ns continuation + |+ go\nc data a |mail\ns reply a OK|a OK in"},
		{"several mails go as data each", []said{{c, "a APPEND x {1+}\r\na (\\Seen) {2+}\r\nbc\r\nb NOOP\r\n"}},
			"c command a APPEND|a APPEND x {1+}\nc data a |a (\\Seen) {2+}\nc data a |bc\nc command b NOOP|b NOOP"},
		{"in mid-stream lines that look right are found", []said{{s, "ing of a mail\r\nb NO way\r\n)\r\na OK done\r\n"}, {c, "x\r\na FETCH 1 FLAGS\r\n"}},
			"s data  |ing of a mail …\ns reply b NO|b NO way\ns reply ) |)\ns reply a OK|a OK done\nc data  |# …\nc command a FETCH|a FETCH 1 FLAGS"},
		{"the end comes early", []said{{c, "a LOGIN bob sec"}, {s, "* 1 FETCH (BODY[] {9}\r\nab"}},
			"s reply * |* 1 FETCH (BODY[] {9}\nc command a LOGIN|a LOGIN bob ### …\ns data * |ab …"},
	} {
		for _, n := range []int{1, 3, 1 << 20} {
			lines, _ := listen(t, n, row.conversation)
			if got := strings.Join(lines, "\n"); got != row.want {
				t.Errorf("%s, pieces of %d:\n%s\nwant\n%s", row.name, n, got, row.want)
				break
			}
		}
	}
}

// TestGaps: bytes that are missing within a literal do not lose the line behind it; elsewhere the dialogue waits for a
// line that looks right.
func TestGaps(t *testing.T) {
	d := NewDialogue()
	d.Receive(s, []byte("* OK hi\r\n* 1 FETCH (BODY[] {10}\r\nab"))
	d.Gap(s, 6)
	d.Receive(s, []byte("yz)\r\na OK done\r\nb OK"))
	d.Gap(s, 100)
	d.Receive(s, []byte("rest of a line\r\nc OK done\r\n"))
	var got []string
	for m, ok := d.Next(); ok; m, ok = d.Next() {
		got = append(got, fmt.Sprintf("%d+%d %s %v %q", m.Offset, m.Length, m.Kind, m.Complete, m.Text))
	}
	want := []string{
		`0+9 greeting true "* OK hi"`, `9+24 reply true "* 1 FETCH (BODY[] {10}"`, `33+13 data true "ab"`, `46+11 reply true "a OK done"`,
		`57+4 reply false "b OK"`, `161+16 data false "rest of a line"`, `177+11 reply true "c OK done"`,
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestUpgrades: after STARTTLS the bytes of TLS are left alone, whichever side's OK is seen first.
func TestUpgrades(t *testing.T) {
	for _, conversation := range [][]said{
		{{s, "* OK hi\r\n"}, {c, "a STARTTLS\r\n"}, {s, "a OK begin\r\n"}, {c, "\x16\x03\x01"}},
		{{s, "* OK hi\r\n"}, {c, "a STARTTLS\r\n"}, {c, "\x16\x03\x01"}, {s, "a OK begin\r\n"}},
	} {
		lines, d := listen(t, 1<<20, conversation)
		u, ok := d.Upgrade()
		if !ok || u != (application.Upgrade{Protocol: "tls", From: [2]int64{12, 21}}) || len(lines) != 3 {
			t.Errorf("upgrade %v %v after %q", u, ok, lines)
		}
	}
	_, d := listen(t, 1, []said{{c, "a COMPRESS DEFLATE\r\n"}, {s, "a OK go\r\n"}})
	if u, ok := d.Upgrade(); !ok || u.Protocol != "" {
		t.Errorf("COMPRESS: %v %v", u, ok)
	}
}

// TestPending: a packet in the midst of a message can say what it carries, and which bytes are secret.
func TestPending(t *testing.T) {
	d := NewDialogue()
	d.Receive(c, []byte("a LOGIN bob sec"))
	m, ok := d.Pending(c)
	if !ok || m.Verb != "LOGIN" || m.Length != 15 || len(m.Secrets) != 1 || m.Secrets[0] != (layers.Range{Offset: 12, Length: 3}) {
		t.Errorf("pending %+v %v", m, ok)
	}
	if _, ok := d.Pending(s); ok {
		t.Error("nothing is pending on the server's side")
	}
}

// TestAgreesWithTshark replays the captured IMAP sessions and looks for tshark's commands and statuses among ours.
func TestAgreesWithTshark(t *testing.T) {
	tshark := layerstest.Program(t, "tshark")
	files, err := filepath.Glob(layerstest.Shared(t, "captures", "mail") + "/imap-*")
	if err != nil || len(files) == 0 {
		t.Fatal("no captures", err)
	}
	theirs, found := 0, 0
	for _, file := range files {
		out, _ := exec.Command(tshark, "-n", "-r", file, "-Y", "tcp.len>0 && (tcp.port==143)", "-T", "fields", "-E", "separator=|", "-E", "occurrence=a",
			"-e", "tcp.stream", "-e", "tcp.dstport", "-e", "tcp.seq", "-e", "tcp.payload", "-e", "imap.request.command", "-e", "imap.response.status").Output()
		a, b := agreement(t, filepath.Base(file), string(out))
		theirs, found = theirs+a, found+b
	}
	if theirs < 50 || found*100 < theirs*98 {
		t.Errorf("of %d commands and statuses that tshark reports, %d were found", theirs, found)
	}
}

func agreement(t *testing.T, name, rows string) (theirs, found int) {
	dialogues := map[string]*Dialogue{}
	next := map[string]int64{}
	ours := map[string]int{}
	var wanted []string
	lines := bufio.NewScanner(strings.NewReader(rows))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		cells := strings.Split(lines.Text(), "|")
		side := s
		if cells[1] == "143" {
			side = c
		}
		d := dialogues[cells[0]]
		if d == nil {
			d = NewDialogue()
			dialogues[cells[0]] = d
		}
		seq, _ := strconv.ParseInt(cells[2], 10, 64)
		payload, _ := hex.DecodeString(cells[3])
		key := cells[0] + side.String()
		if known, ok := next[key]; ok && seq < known {
			if seq+int64(len(payload)) <= known {
				continue // sent again
			}
			payload, seq = payload[known-seq:], known
		} else if ok && seq > known {
			d.Gap(side, seq-known)
		}
		next[key] = seq + int64(len(payload))
		d.Receive(side, payload)
		for m, ok := d.Next(); ok; m, ok = d.Next() {
			if !m.Complete {
				t.Logf("%s: incomplete %s %q", name, m.Kind, m.Text[:min(60, len(m.Text))])
			}
			word := m.Status
			if m.Kind == application.Command {
				word = m.Verb[strings.LastIndexByte(m.Verb, ' ')+1:]
			}
			ours[word]++
		}
		for _, cell := range cells[4:6] {
			for _, word := range strings.Split(strings.ToUpper(cell), ",") {
				// tshark takes words of mails and of challenges for commands and statuses.
				if isStatus(word) || commandNote(word) != "" || commandNote("UID "+word) != "" {
					wanted = append(wanted, word)
				}
			}
		}
	}
	for _, w := range wanted {
		theirs++
		if ours[w] > 0 {
			ours[w]--
			found++
		} else {
			t.Logf("%s: tshark reports %s", name, w)
		}
	}
	for w, n := range ours {
		if n > 0 && w != "" {
			t.Logf("%s: %d %s more than tshark reports", name, n, w)
		}
	}
	return theirs, found
}

// FuzzDialogue: every byte of both sides belongs to one message, whatever the bytes are.
func FuzzDialogue(f *testing.F) {
	f.Add([]byte("a LOGIN {3}\r\nbob {6+}\r\nsecret\r\nb FETCH 1 BODY[]\r\n"), []byte("* OK hi\r\n+ go\r\n* 1 FETCH (BODY[] {3}\r\nabc)\r\n"), uint8(4))
	f.Add([]byte("junk\r\na AUTHENTICATE PLAIN\r\n*\r\n"), []byte("+ \r\na BAD no\r\n* 1 EXPUNGE\r\n"), uint8(0))
	f.Add([]byte("a STARTTLS\r\n\x16\x03\x01"), []byte("a OK\r\n"), uint8(9))
	f.Fuzz(func(t *testing.T, client, server []byte, n uint8) {
		d := NewDialogue()
		var at [2]int64
		take := func() {
			for m, ok := d.Next(); ok; m, ok = d.Next() {
				if m.Offset != at[m.From] || len(m.Text) > int(m.Length) || m.Length == 0 {
					t.Fatalf("message at %d of %d bytes, expected at %d: %q", m.Offset, m.Length, at[m.From], m.Text)
				}
				for _, r := range m.Secrets {
					if r.Offset < 0 || int64(r.End()) > m.Length {
						t.Fatalf("secret %v of %d bytes %q", r, m.Length, m.Text)
					}
				}
				at[m.From] += m.Length
			}
		}
		size := [2]int{len(client), len(server)}
		for rest := [2][]byte{client, server}; len(rest[0])+len(rest[1]) > 0; {
			for i := range rest {
				k := min(int(n)+1, len(rest[i]))
				d.Receive(layers.Side(i), rest[i][:k])
				rest[i] = rest[i][k:]
				d.Pending(layers.Side(i))
			}
			take()
		}
		d.End(c)
		d.End(s)
		take()
		if _, ok := d.Upgrade(); ok {
			return
		}
		for i := range at {
			if d.sides[i].tls {
				continue
			}
			if at[i] != int64(size[i]) {
				t.Fatalf("%v: %d of %d bytes in messages", layers.Side(i), at[i], size[i])
			}
		}
	})
}
