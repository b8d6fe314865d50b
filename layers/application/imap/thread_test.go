package imap

import (
	"fmt"
	"strings"
	"testing"
)

// TestBaseSubject: what a subject is about (RFC 5256 §2.1).
func TestBaseSubject(t *testing.T) {
	for _, c := range []struct {
		subject, base string
		reply         bool
	}{
		{"Lunch", "Lunch", false}, {"  Lunch \t at  noon ", "Lunch at noon", false}, {"", "", false},
		{"Re: Lunch", "Lunch", true}, {"RE :Lunch", "Lunch", true}, {"Fw: Fwd: fwd: Lunch", "Lunch", true}, {"Re[2]: Lunch", "Lunch", true},
		{"Reply: Lunch", "Reply: Lunch", false}, {"Regarding: x", "Regarding: x", false},
		{"[list] Lunch", "Lunch", false}, {"[a][b] Re: [c] Lunch", "Lunch", true}, {"[list]", "[list]", false}, {"Re: [list]", "[list]", true},
		{"Lunch (fwd)", "Lunch", true}, {"Lunch (FWD) (fwd) ", "Lunch", true}, {"Re: Lunch (fwd)", "Lunch", true},
		{"[fwd: Lunch]", "Lunch", true}, {"[Fwd: Re: [fwd: Lunch (fwd)]]", "Lunch", true}, {"[fwd: Lunch", "[fwd: Lunch", false},
		{"Re:", "", true}, {"re: re: re", "re", true}, {"[open Re: x", "[open Re: x", false}, {"[a[b] x", "[a[b] x", false},
	} {
		if base, reply := baseSubject(c.subject); base != c.base || reply != c.reply {
			t.Errorf("%q: %q %v, want %q %v", c.subject, base, reply, c.base, c.reply)
		}
	}
	baseSubject(strings.Repeat("[a]", 1<<20)) // ends soon
}

// mailOf writes a mail of a thread: minute orders the mails, id and refs are without their brackets.
func mailOf(minute int, id, refs, subject string) string {
	header := fmt.Sprintf("Date: Mon, 5 Jan 2026 09:%02d:00 +0000\r\nSubject: %s\r\n", minute, subject)
	if id != "" {
		header += "Message-ID: <" + id + "@x>\r\n"
	}
	if refs != "" {
		header += "References: <" + strings.ReplaceAll(refs, " ", "@x> <") + "@x>\r\n"
	}
	return header + "\r\ntext\r\n"
}

// TestThread: messages are put together by what they answer (RFC 5256 §3).
func TestThread(t *testing.T) {
	for _, c := range []struct {
		name       string
		mails      []string
		references string
		ordered    string
	}{
		{"nothing", nil, "", ""},
		{"one answer", []string{mailOf(1, "a", "", "Lunch"), mailOf(2, "b", "a", "Re: Lunch")}, " (1 2)", " (1 2)"},
		{"answers fork", []string{mailOf(1, "a", "", "Lunch"), mailOf(3, "b", "a", "Re: Lunch"), mailOf(2, "c", "a", "Re: Lunch"), mailOf(4, "d", "a b", "Re: Lunch")},
			" (1 (3)(2 4))", " (1 (3)(2)(4))"},
		{"the first is not here", []string{mailOf(1, "b", "a", "Re: Lunch"), mailOf(2, "c", "a", "Re: Lunch")}, " ((1)(2))", " (1 2)"},
		{"of one answer to what is not here the answer stays", []string{mailOf(1, "b", "a", "Re: Lunch")}, " (1)", " (1)"},
		{"in between something is missing", []string{mailOf(1, "a", "", "Lunch"), mailOf(2, "c", "a b", "Re: Lunch")}, " (1 2)", " (1 2)"},
		{"by subject, where nothing refers", []string{mailOf(1, "a", "", "Lunch"), mailOf(2, "b", "", "Re: lunch"), mailOf(3, "c", "", "Dinner")}, " (1 2)(3)", " (1 2)(3)"},
		{"two with one subject, neither an answer", []string{mailOf(1, "a", "", "Lunch"), mailOf(2, "b", "", "Lunch")}, " ((1)(2))", " (1 2)"},
		{"a loop", []string{mailOf(1, "a", "b", "x"), mailOf(2, "b", "a", "y")}, " (2 1)", " (1)(2)"},
		{"a loop of three is cut where it would close", []string{mailOf(9, "a", "", "x"), mailOf(2, "b", "c a", "y"), mailOf(3, "c", "b", "z")}, " (3 1 2)", " (2)(3)(1)"},
		{"itself", []string{mailOf(1, "a", "a", "x")}, " (1)", " (1)"},
		{"one id twice", []string{mailOf(1, "a", "", "x"), mailOf(2, "a", "", "y"), mailOf(3, "c", "a", "z")}, " (1 3)(2)", " (1)(2)(3)"},
		{"the older thread stands first", []string{mailOf(9, "a", "", "late"), mailOf(1, "b", "", "early")}, " (2)(1)", " (2)(1)"},
		{"without an id", []string{mailOf(1, "", "", "x"), mailOf(2, "", "", "")}, " (1)(2)", " (1)(2)"},
	} {
		wire, _ := dialogue(newMemory(c.mails...), 1<<20, inbox+"c THREAD REFERENCES UTF-8 ALL\r\nd UID THREAD ORDEREDSUBJECT US-ASCII ALL\r\n")
		want := "* THREAD" + c.references + "\r\nc OK THREAD completed\r\n* THREAD" + c.ordered + "\r\nd OK UID THREAD completed\r\n"
		if !strings.HasSuffix(wire, want) {
			t.Errorf("%s: sent\n%s\nwant\n%s", c.name, wire, want)
		}
	}
}

// TestMessageIDs: ids are compared without the quotes that they may have (RFC 5256 §3).
func TestMessageIDs(t *testing.T) {
	for s, want := range map[string]string{
		"<a@x>": "[a@x]", ` <"a b"@x> and <c@y>`: "[a b@x c@y]", "a@x": "[]", "<a>": "[]", "<a@x": "[]", "<<a@x>": "[a@x]", `<"a\"b"@x>`: `[a"b@x]`, "<a@\r\n x>": "[a@\r\nx]",
	} {
		if got := fmt.Sprint(messageIDs(s)); got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
}

// TestThreadsAgain: what THREAD tells is read and written as it was.
func TestThreadsAgain(t *testing.T) {
	for _, s := range []string{"", "(1)", "(1)(2 3)", "(3 6 (4 23)(44 7 96))", "((1)(2))", "((3)(6 4))(7)", "(1 ((2)(3))(4))"} {
		var threads []Thread
		if d := NewDecoder([]byte(s)); !d.threads(&threads) || !d.End() {
			t.Errorf("%s: %v", s, d.Err())
		}
		if got := string(NewEncoder().threads(threads).Bytes()); got != s {
			t.Errorf("%s became %s", s, got)
		}
	}
	for _, s := range []string{"(", "()", "(1", "(1 )", "(1 (2)", "(0)", strings.Repeat("(", 9999)} {
		var threads []Thread
		if d := NewDecoder([]byte(s)); d.threads(&threads) && d.End() {
			t.Errorf("%s is read as %v", s, threads)
		}
	}
}
