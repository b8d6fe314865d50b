package anonymize

import (
	"bytes"
	"encoding/base64"
	"net/netip"
	"strings"
	"testing"

	"mailwire/layers"
	"mailwire/layers/internet"
)

// A word has one replacement, of its length and in its case, wherever it stands.
func TestIdentify(t *testing.T) {
	a := New()
	for _, row := range []struct{ original, want string }{
		{"<ana@example.org>", "<us1@host001.org>"},
		{"Ana@EXAMPLE.org", "Us1@HOST001.org"},
		{"ana.smith+news@mail.example.org", "us1.user2+use3@mail.host001.org"},
		{"mail.com", "use4.com"},
		{"[192.0.2.7]", "[100.1.0.1]"},
		{"bob@[192.0.2.7]", "us5@[100.1.0.1]"},
		{"2001:db8::7 fe80::1", "2002:100::1 fe80::2"},
		{"year 2026", "use6 0007"},
	} {
		b := []byte(row.original)
		a.identify(b, user)
		if len(b) != len(row.original) {
			t.Errorf("%s: %d bytes became %d", row.original, len(row.original), len(b))
		}
		if got := string(b); got != row.want {
			t.Errorf("%s: %s, want %s", row.original, got, row.want)
		}
	}
}

// Kinds of addresses stay what they are, and neighbours neighbours.
func TestAddresses(t *testing.T) {
	a := newAddresses()
	for _, same := range []string{"127.0.0.1", "::1", "0.0.0.0", "255.255.255.255", "224.0.0.251", "ff02::1", "::"} {
		if got := a.ip(netip.MustParseAddr(same)); got.String() != same {
			t.Errorf("%s became %s", same, got)
		}
	}
	for _, row := range []struct{ original, prefix string }{
		{"192.168.1.17", "192.168.0.0/16"}, {"10.11.12.13", "10.0.0.0/8"}, {"172.20.1.2", "172.16.0.0/12"}, {"169.254.3.4", "169.254.0.0/16"},
		{"fe80::aabb:ccff:fedd:eeff", "fe80::/16"}, {"fd00::1:2", "fd00::/16"}, {"::ffff:192.168.1.17", "::ffff:192.168.0.0/112"},
	} {
		original := netip.MustParseAddr(row.original)
		got := a.ip(original)
		if got == original || len(got.String()) != len(row.original) || !netip.MustParsePrefix(row.prefix).Contains(got) {
			t.Errorf("%s became %s", original, got)
		}
	}
	one, two, three := a.ip(netip.MustParseAddr("81.2.3.4")), a.ip(netip.MustParseAddr("81.2.3.5")), a.ip(netip.MustParseAddr("81.2.9.5"))
	if one == two || one.As4()[2] != two.As4()[2] || two.As4()[1] != three.As4()[1] || two.As4()[2] == three.As4()[2] {
		t.Errorf("neighbours became %s, %s, %s", one, two, three)
	}
	all := map[netip.Addr]bool{}
	for i := range 1 << 16 {
		to := a.ip(netip.AddrFrom4([4]byte{82, 7, byte(i >> 8), byte(i)}))
		if all[to] {
			t.Fatalf("two addresses became %s", to)
		}
		all[to] = true
	}
}

// A card's address becomes a locally administered one; groups stay, and the group of an address is that of its replacement.
func TestCards(t *testing.T) {
	a := newAddresses()
	if got := a.card([6]byte{0, 0x11, 0x22, 0x33, 0x44, 0x55}); got != [6]byte{2, 0, 0, 0, 0, 1} {
		t.Errorf("%x", got)
	}
	if got := a.card([6]byte{255, 255, 255, 255, 255, 255}); got != [6]byte{255, 255, 255, 255, 255, 255} {
		t.Errorf("%x", got)
	}
	host := a.ip(netip.MustParseAddr("fe80::1234:5678:9abc")).As16()
	group := a.ip(netip.MustParseAddr("ff02::1:ff78:9abc")).As16()
	card := a.card([6]byte{0x33, 0x33, 0xff, 0x78, 0x9a, 0xbc})
	if !bytes.Equal(host[13:], group[13:]) || !bytes.Equal(host[13:], card[3:]) {
		t.Errorf("host %x, group %x, card %x", host, group, card)
	}
}

// What stays of each message is its protocol.
func TestMessages(t *testing.T) {
	for _, row := range []struct {
		protocol, kind string
		from           layers.Side
		original, want string
	}{
		{"smtp", "command", layers.Client, "EHLO lab7.example.org\r\n", "EHLO hos1.host002.org\r\n"},
		{"smtp", "command", layers.Client, "MAIL FROM:<ana@example.org> SIZE=1234 BODY=8BITMIME\r\n", "MAIL FROM:<us1@host001.org> SIZE=1234 BODY=8BITMIME\r\n"},
		{"smtp", "command", layers.Client, "my secret\r\n", "n1 name02\r\n"},
		{"smtp", "reply", layers.Server, "250-mx.example.org hello Ana\r\n250-SIZE 1000\r\n250-AUTH PLAIN LOGIN\r\n250 8BITMIME\r\n", "250-mx.host001.org hello Xxx\r\n250-SIZE 1000\r\n250-AUTH PLAIN LOGIN\r\n250 8BITMIME\r\n"},
		{"smtp", "data", layers.Client, "p\xef!Pp E", "x\x00!Xx X"},
		{"smtp", "reply", layers.Server, "550 5.1.1 <bob@example.org>: user unknown, call 555-1234\r\n", "550 5.1.1 <us1@host001.org>: user unknown, xxxx 000-0000\r\n"},
		{"pop3", "command", layers.Client, "USER ana\r\n", "USER us1\r\n"},
		{"pop3", "command", layers.Client, "PASS Open 5esame\r\n", "PASS xxxx xxxxxx\r\n"},
		{"pop3", "reply", layers.Server, "+OK 2 messages (320 octets)\r\n1 120\r\n2 200\r\n.\r\n", "+OK 2 messages (320 octets)\r\n1 120\r\n2 200\r\n.\r\n"},
		{"pop3", "reply", layers.Server, "+OK\r\n1 whqtswO00WBw418f\r\n.\r\n", "+OK\r\n1 Name000000000001\r\n.\r\n"},
		{"imap", "command", layers.Client, "a1 LOGIN ana \"open sesame\"\r\n", "a1 LOGIN us1 \"xxxx xxxxxx\"\r\n"},
		{"imap", "command", layers.Client, "a2 UID FETCH 1:* (FLAGS BODY.PEEK[HEADER.FIELDS (Subject From)])\r\n", "a2 UID FETCH 1:* (FLAGS BODY.PEEK[HEADER.FIELDS (Subject From)])\r\n"},
		{"imap", "command", layers.Client, "a3 SELECT Work/Lottery\r\n", "a3 SELECT Use1/User002\r\n"},
		{"imap", "reply", layers.Server, "* OK [UIDNEXT 4] ana has mail\r\n", "* OK [UIDNEXT 4] xxx has mail\r\n"},
	} {
		a := New()
		b := []byte(row.original)
		a.message(&direction{}, &message{protocol: row.protocol, kind: row.kind, from: row.from}, b, nil)
		if len(b) != len(row.original) {
			t.Fatalf("%q became %q", row.original, b)
		}
		if string(b) != row.want {
			t.Errorf("%q became %q, want %q", row.original, b, row.want)
		}
	}
}

// A name within base64 is the name in the clear.
func TestAuthentication(t *testing.T) {
	a := New()
	name := []byte("ana@example.org")
	a.identify(name, user)
	line := []byte(base64.StdEncoding.EncodeToString([]byte("\x00ana@example.org\x00open sesame")))
	was := len(line)
	a.authBlob(line, true)
	plain, err := base64.StdEncoding.DecodeString(string(line))
	if want := "\x00" + string(name) + "\x00xxxx xxxxxx"; err != nil || string(plain) != want || len(line) != was {
		t.Errorf("%q, %v, want %q", plain, err, want)
	}
	prompt := []byte("UGFzc3dvcmQ6")
	if a.authBlob(prompt, false); string(prompt) != "UGFzc3dvcmQ6" {
		t.Errorf("the prompt became %s", prompt)
	}
}

// A mail keeps its shape: fields, lines, parts, encodings.
func TestMail(t *testing.T) {
	const original = "From: Ana Smith <ana@example.org>\r\nTo: bob@example.net\r\nSubject: =?utf-8?B?SGVsbG8gQm9i?= 42\r\nDate: Mon, 5 Jan 2026 09:00:00 +0100\r\n" +
		"X-Secret-Project: yes\r\nContent-Type: multipart/mixed; boundary=\"b42\"\r\n\r\nintro\r\n--b42\r\nContent-Type: text/plain; charset=utf-8\r\n" +
		"Content-Transfer-Encoding: quoted-printable\r\n\r\nDear Bob, it costs =E2=82=AC 5.=\r\n..dot\r\n--b42\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
		"VGhpcyBpcyBhIHNlY3JldCBhdHRhY2htZW50IQ==\r\n--b42--\r\n.\r\n"
	a := New()
	b := []byte(original)
	new(mail).rewrite(a, b)
	got := string(b)
	if len(got) != len(original) || strings.Count(got, "\r\n") != strings.Count(original, "\r\n") {
		t.Fatalf("another shape:\n%s", got)
	}
	for _, kept := range []string{"From: Xxx Xxxxx <us1@host001.org>", "Date: Mon, 5 Jan 2026 09:00:00 +0100", "=?utf-8?B?QUFBQUFBQUFB?= 00", "multipart/mixed; boundary=\"", "charset=utf-8",
		"quoted-printable", "=58=58=58 0.=\r\n..xxx", "Content-Transfer-Encoding: base64", "QUFBQUFBQUFBQUFB"} {
		if !strings.Contains(got, kept) {
			t.Errorf("%q is missing:\n%s", kept, got)
		}
	}
	for _, gone := range []string{"Ana", "Smith", "ana@", "example", "bob", "Bob", "SGVs", "Secret", "intro", "Dear", "VGhp", "b42", "42"} {
		if strings.Contains(got, gone) {
			t.Errorf("%q is still there:\n%s", gone, got)
		}
	}
}

// The pieces of a stream may come in any order and twice; the first that came stays.
func TestDirection(t *testing.T) {
	var d direction
	d.add(10, []byte("world"))
	d.add(0, []byte("hello"))
	d.add(3, []byte("XXXXXXXXX"))
	d.add(20, []byte("far"))
	d.join()
	if got := string(d.at(0, 100)); got != "helloXXXXXworld" {
		t.Errorf("%q", got)
	}
	if got := d.at(16, 2); got != nil {
		t.Errorf("%q in the gap", got)
	}
	b := []byte("0123456789")
	if d.copyTo(b, 13); string(b) != "ld.....far" {
		t.Errorf("%q", b)
	}
}

func FuzzFrame(f *testing.F) {
	f.Add(uint16(1), []byte("\xff\xff\xff\xff\xff\xff\x02\x00\x00\x00\x00\x01\x08\x00\x45\x00\x00\x2e\x00\x00\x00\x00\x40\x01\x00\x00\xc0\x00\x02\x01\xc0\x00\x02\x02\x03\x00\x00\x00\x00\x00\x00\x00\x45\x00\x00\x20\x00\x00\x00\x00\x40\x11"))
	f.Add(uint16(101), []byte("\x60\x00\x00\x00\x00\x20\x3a\xff\xfe\x80\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\xff\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\xff\x00\x00\x02\x87\x00\x00\x00\x00\x00\x00\x00\xfe\x80\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x01\x01\x02\x00\x00\x00\x00\x01"))
	f.Add(uint16(101), []byte("\x45\x00\x00\x3a\x00\x00\x00\x00\x40\x11\x00\x00\xc0\x00\x02\x01\xc0\x00\x02\x02\x10\x00\x00\x35\x00\x26\x00\x00\x00\x01\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x04mail\x07example\x03org\x00\x00\x01\x00\x01"))
	f.Fuzz(func(t *testing.T, link uint16, data []byte) {
		frame := &layers.Frame{Number: 1, Interface: &layers.Interface{LinkType: layers.LinkType(link)}, Data: data, Length: len(data)}
		a := New()
		a.learnDatagram(frame)
		a.Learnt()
		if got := a.Frame(frame); len(got.Data) != len(data) {
			t.Fatalf("%d bytes became %d", len(data), len(got.Data))
		}
		// What a program says goes, all of it: the same word in UDP, TCP and where nobody reads is not in the result.
		whole := rewriter{a: a, frame: 1}
		b := append([]byte(nil), "SECRETWORD"...)
		b = append(b, data...)
		whole.transport(internet.Protocol(link), b, netip.AddrFrom4([4]byte{1, 2, 3, 4}), netip.AddrFrom4([4]byte{5, 6, 7, 8}), 0, 0, false)
	})
}

// Whatever is said, it keeps its length and its line ends, and its long words are gone.
func FuzzMessage(f *testing.F) {
	for _, s := range []string{"MAIL FROM:<ana@example.org> SIZE=1\r\n", "* 1 FETCH (ENVELOPE (NIL \"a\" {3}\r\n", "+OK <1.2@x>\r\n1 2\r\n.\r\n", "Subject: =?a?q?b?=\r\n\r\n--x\r\n",
		"a AUTHENTICATE PLAIN AGFuYQBzZWNyZXQ=\r\n", "\x16\x03\x01\x00\x05\x01\x00\x00\x01\x03", "\x00\x0c\x00\x01\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00"} {
		for kind := range 15 {
			f.Add(byte(kind), []byte(s))
		}
	}
	f.Fuzz(func(t *testing.T, kind byte, data []byte) {
		protocol := []string{"smtp", "pop3", "imap", "dns", "http"}[kind%5]
		m := &message{protocol: protocol, kind: []string{"command", "reply", "data", "auth", "continuation"}[kind/5%5], from: layers.Side(kind / 25 % 2)}
		a := New()
		b := bytes.Clone(data)
		a.message(&direction{}, m, b, []byte("a LOGIN {5}\r\n"))
		if len(b) != len(data) {
			t.Fatal("another length")
		}
		if protocol != "dns" && bytes.Count(b, []byte("\n")) != bytes.Count(data, []byte("\n")) {
			t.Fatalf("other lines: %q became %q", data, b)
		}
		for at := 0; at < len(data); at++ {
			end := wordEnd(data, at)
			if w := data[at:end]; end-at >= 10 && !harmless(lower(w)) && !wordless(w) && bytes.Contains(b, w) {
				t.Fatalf("%q is still in %q", w, b)
			}
			at = max(at, end)
		}
		a.tls(&direction{}, b)
	})
}

// vocabulary is every word that may stay.
var vocabulary = func() map[string]bool {
	all := map[string]bool{}
	for _, s := range []wordSet{common, services, spoken, verbs, mechanisms, parameters, imapWords, mimeWords, headerNames, receivedWords, dateWords, httpNames, httpWords} {
		for words := range s() {
			for _, w := range strings.FieldsFunc(words, func(r rune) bool { return r < 0x80 && !isWord(byte(r)) }) {
				all[w] = true
			}
		}
	}
	return all
}()

// wordless tells base64 in which nothing is written, so that there is nothing to replace.
func wordless(w []byte) bool {
	decoded, err := base64.RawStdEncoding.DecodeString(string(w[:len(w)/4*4]))
	return err == nil && !bytes.ContainsFunc(decoded, func(r rune) bool { return r >= 0x80 || isWord(byte(r)) })
}

// harmless tells a word that may stay, a number, or one that looks like a replacement already.
func harmless(w string) bool {
	return vocabulary[w] || strings.Trim(w, "0123456789xqufb") == "" || strings.Trim(w, "a") == "" || strings.HasPrefix(w, "user0") || strings.HasPrefix(w, "host0") || strings.HasPrefix(w, "name0")
}
