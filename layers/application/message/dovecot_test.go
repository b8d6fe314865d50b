package message_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"mailwire/layers/application/imap"
	"mailwire/layers/application/message"
	"mailwire/layers/layerstest"
)

// An asker speaks to an IMAP server as few lines as a test needs.
type asker struct {
	t    *testing.T
	conn net.Conn
	in   *bufio.Reader
	n    int
}

// ask sends a command and returns the untagged responses, each with its literals in place.
func (a *asker) ask(command string, literal ...byte) [][]byte {
	a.t.Helper()
	a.n++
	tag := "t" + strconv.Itoa(a.n)
	fmt.Fprintf(a.conn, "%s %s\r\n", tag, command)
	var all [][]byte
	for {
		line := a.response()
		switch {
		case bytes.HasPrefix(line, []byte("+")):
			a.conn.Write(append(literal, "\r\n"...))
		case bytes.HasPrefix(line, []byte(tag+" OK")):
			return all
		case bytes.HasPrefix(line, []byte(tag)):
			all = append(all, line)
			return all
		default:
			all = append(all, line)
		}
	}
}

var literalEnd = regexp.MustCompile(`\{(\d+)\}\r\n$`)

func (a *asker) response() []byte {
	a.t.Helper()
	var line []byte
	for {
		piece, err := a.in.ReadBytes('\n')
		if err != nil {
			a.t.Fatal(err)
		}
		line = append(line, piece...)
		found := literalEnd.FindSubmatch(piece)
		if found == nil {
			return line
		}
		n, _ := strconv.Atoi(string(found[1]))
		literal := make([]byte, n)
		if _, err := io.ReadFull(a.in, literal); err != nil {
			a.t.Fatal(err)
		}
		line = append(line, literal...)
	}
}

// dovecot opens a mailbox at Dovecot that holds the mails.
func dovecot(t *testing.T, mails []oddMail) *asker {
	t.Helper()
	address, _ := layerstest.Dovecot(t)
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(2 * time.Minute))
	a := &asker{t: t, conn: conn, in: bufio.NewReader(conn)}
	a.response()
	a.ask("LOGIN alice secret")
	for _, m := range mails {
		a.ask(fmt.Sprintf("APPEND INBOX {%d}", len(m.mail)), []byte(m.mail)...)
	}
	a.ask("SELECT INBOX")
	return a
}

// spoken writes envelope and structure as IMAP does.
func spoken(f *imap.FetchData) string {
	return string(imap.NewEncoder().Envelope(f.Envelope).Atom("\n").BodyStructure(f.Structure, true).Bytes())
}

// dovecotErrs lists what Dovecot 2.3 reads differently, each with the reason why we do not follow it.
var dovecotErrs = map[string]string{
	"a folded subject":                   "RFC 5322 §2.2.3: unfolding takes the line end out and keeps the blank behind it, a tab too",
	"a line of blanks in the header":     "the same: both blanks stay",
	"a subject twice":                    "RFC 5322 §3.6: at most one is allowed; we take the first, it the last",
	"identifiers with blanks":            "we take blanks off both ends, it off the first alone",
	"Content-Type without a subtype":     "RFC 2045 §5.2: what is no type and subtype is text/plain; IMAP's grammar knows no empty type",
	"Content-Type with nothing":          "the same",
	"Content-Type with rubbish":          "the same",
	"Content-Type with open quotes":      "a value whose quotes are not closed is a value for us",
	"parameters without values":          "a parameter without a name is none for us",
	"parameters in pieces":               "it puts the pieces of RFC 2231 together; we tell them as they were written, which clients expect",
	"one language":                       "a comment behind the tag makes it tell neither disposition nor language",
	"a multipart with an empty boundary": "RFC 2046 §5.1.1: a boundary has one character at least",
	"a delimiter with more behind it":    "it takes a line that begins with the boundary for a delimiter, so boundaries that begin alike are in danger",
	"a digest of multiparts":             "RFC 2046 §5.1.1: the line end before the delimiter is the delimiter's; it counts it for the mail",
	"message/global":                     "RFC 9051 §9: it is described as message/rfc822 is",
	"lone LF in the body":                "it makes CRLF of it when it stores the mail",
	"From: a@b.c; d@e.f":                 "it stops at the semicolon; some programs part addresses so",
	"From: a@b.c d@e.f":                  "it stops where the comma is missing",
	"From: Ana <a@b.c> <d@e.f>":          "the same",

	// Of the captures.
	"smtp-subject-iso8859-q.pcap":        "unfolding keeps blanks",
	"smtp-subject-utf8-mixed.pcap":       "the same",
	"smtp-auth-login-retx-dns-icmp.pcap": "a mail with bytes missing: an encoding called \"quot\", which it replaces by 7bit",
	"smtp-six-streams-zeek.pcap":         "the same mail",
	"smtp-rfc2231-attachment.pcap":       "it puts the pieces of a parameter together",
}

// brokenAddress is what Dovecot says in place of what an address lacks; we say that there is nothing.
var brokenAddress = regexp.MustCompile(`MISSING_MAILBOX|MISSING_DOMAIN|SYNTAX_ERROR|INVALID_ROUTE`)

func TestDovecotReadsTheSame(t *testing.T) {
	if testing.Short() {
		t.Skip("short: Dovecot takes a second to start")
	}
	mails := oddMails
	for name, mail := range fromCaptures(t) {
		mails = append(mails, oddMail{name, string(message.CRLF(mail))})
	}
	a := dovecot(t, mails)
	for i, m := range mails {
		answers := a.ask(fmt.Sprintf("FETCH %d (ENVELOPE BODYSTRUCTURE)", i+1))
		var theirs imap.FetchData
		d := imap.NewDecoder(bytes.TrimSuffix(bytes.TrimPrefix(answers[0], []byte(fmt.Sprintf("* %d FETCH ", i+1))), []byte("\r\n")))
		if !d.FetchData(&theirs) {
			t.Errorf("%s: %q: %v", m.name, answers[0], d.Err())
			continue
		}
		parsed := message.Parse([]byte(m.mail))
		ours := imap.FetchData{Envelope: parsed.Envelope(), Structure: parsed.BodyStructure()}
		got, want := spoken(&ours), spoken(&theirs)
		differs := !strings.EqualFold(got, want)
		name, _, _ := strings.Cut(m.name, "/")
		why := dovecotErrs[m.name] + dovecotErrs[name]
		switch {
		case strings.HasPrefix(m.name, "From: ") && brokenAddress.MatchString(want):
		case differs && why == "":
			t.Errorf("%s\n ours %s\nthere %s", m.name, got, want)
		case !differs && dovecotErrs[m.name] != "":
			t.Errorf("%s: Dovecot says the same by now: %s", m.name, got)
		}
	}
}

// Every section of every part that we find, Dovecot finds too and fills with the same bytes.
func TestDovecotCutsTheSameSections(t *testing.T) {
	if testing.Short() {
		t.Skip("short: Dovecot takes a second to start")
	}
	var mails []oddMail
	for _, m := range oddMails {
		if m.name == "NUL in the body" {
			continue // RFC 9051 §4.3.1: a literal holds no NUL; Dovecot stores 0x80
		}
		if dovecotErrs[m.name] == "" && !strings.HasPrefix(m.name, "From: ") {
			mails = append(mails, m)
		}
	}
	for name, mail := range byHand {
		mails = append(mails, oddMail{name, mail})
	}
	mails = append(mails, oddMail{"the example of RFC 9051", message.Nested})
	a := dovecot(t, mails)
	compared := 0
	for i, m := range mails {
		parsed := message.Parse([]byte(m.mail))
		for _, path := range [][]int{nil, {1}, {2}, {3}, {4}, {1, 1}, {1, 2}, {2, 1}, {3, 1}, {3, 2}, {4, 1}, {4, 2}, {1, 1, 1}, {4, 2, 1}, {4, 2, 2}, {4, 2, 2, 1}} {
			for _, specifier := range []message.Specifier{message.Everything, message.HeaderOnly, message.TextOnly, message.MIMEHeader, message.HeaderFields} {
				s := message.Section{Path: path, Specifier: specifier}
				if specifier == message.MIMEHeader && path == nil {
					continue
				}
				if specifier == message.HeaderFields {
					s.Fields = []string{"Subject", "Content-Type"}
				}
				got, ok := parsed.Section(s)
				if !ok {
					continue
				}
				written := string(imap.NewEncoder().Special('[').Section(s).Special(']').Bytes())
				answers := a.ask(fmt.Sprintf("FETCH %d BODY.PEEK%s", i+1, written))
				_, answer, _ := bytes.Cut(answers[0], []byte("FETCH (BODY"+strings.Replace(written, "(Subject Content-Type)", "(SUBJECT CONTENT-TYPE)", 1)+" "))
				var want imap.FetchData
				if !imap.NewDecoder(append([]byte("(BODY[] "), bytes.TrimSuffix(answer, []byte("\r\n"))...)).FetchData(&want) {
					t.Errorf("%s %s: %q", m.name, written, answers[0])
					continue
				}
				// Whose is the line end before a delimiter, where a multipart ends before it or a header is cut by it? RFC 2046
				// §5.1.1 gives it to the delimiter; Dovecot gives it to the multipart, and takes it off the header. It also ends
				// every choice of fields with an empty line; RFC 9051 §6.4.5.1 excepts a mail that has none.
				trim := func(b []byte) []byte { return bytes.TrimRight(b, "\r\n") }
				if compared++; !bytes.Equal(trim(got), trim(want.Sections[0].Bytes)) {
					t.Errorf("%s %s:\n ours %q\nthere %q", m.name, written, got, want.Sections[0].Bytes)
				}
			}
		}
	}
	if compared < 300 {
		t.Errorf("only %d sections compared", compared)
	}
}

var binaryAnswer = regexp.MustCompile(`(?s)BINARY\[[\d.]*\] (?:~?\{\d+\}\r\n(.*)|"(.*)"|NIL)\)\r\n$`)

// What Dovecot decodes, we decode to the same bytes.
func TestDovecotDecodesTheSame(t *testing.T) {
	if testing.Short() {
		t.Skip("short: Dovecot takes a second to start")
	}
	part := func(encoding, body string) oddMail {
		return oddMail{encoding + " " + body, crlf("Content-Type: multipart/mixed; boundary=x", "", "--x", "Content-Transfer-Encoding: "+encoding, "", body, "--x--")}
	}
	mails := []oddMail{
		part("base64", "aGVsbG8="), part("base64", "aGVs\r\nbG8="), part("base64", "aGVsbG8=\r\n"), part("BASE64", " aGVsbG8 = "), part("base64", ""),
		part("quoted-printable", "caf=C3=A9 =\r\nau lait"), part("quoted-printable", "a=3D=3d b  \r\nc"), part("quoted-printable", "soft=\r\n"), part("quoted-printable", "a=20\r\nb=09"),
		part("quoted-printable", "soft= \t\r\nmore"), part("7bit", "plain"), part("8bit", "caf\xe9"), part("binary", "a\nb"),
	}
	a := dovecot(t, mails)
	for i, m := range mails {
		answers := a.ask(fmt.Sprintf("FETCH %d BINARY.PEEK[1]", i+1))
		want := binaryAnswer.FindSubmatch(answers[0])
		if want == nil {
			t.Errorf("%q: %q", m.name, answers[0])
			continue
		}
		got, err := message.Parse([]byte(m.mail)).Binary([]int{1})
		if theirs := append(want[1], want[2]...); err != nil || !bytes.Equal(got, theirs) && m.name != "binary a\nb" { // it stores CRLF for LF
			t.Errorf("%q: ours %q, %v, Dovecot's %q", m.name, got, err, theirs)
		}
	}
}
