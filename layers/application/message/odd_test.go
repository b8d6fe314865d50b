package message_test

import (
	"fmt"
	"strings"
)

// An oddMail is a mail as somebody's program, or somebody's malice, might make it.
type oddMail struct{ name, mail string }

func crlf(lines ...string) string { return strings.Join(lines, "\r\n") + "\r\n" }

// oddMails are the mails that independent readers are asked about: what they call a part, and how they read an address.
var oddMails = append(oddAddresses(), []oddMail{
	{"nothing but an empty line", "\r\n"},
	{"a header alone", "Subject: x\r\n"},
	{"a header and its empty line", "Subject: x\r\n\r\n"},
	{"a body alone", "\r\nbody\r\n"},
	{"an open last line", "Subject: x\r\n\r\none\r\ntwo"},
	{"a line without a colon in the header", crlf("Subject: x", "no field at all", "To: a@b", "", "body")},
	{"a blank before the colon", crlf("Subject : x", "To\t: a@b", "", "body")},
	{"a folded subject", crlf("Subject: one", " two", "\tthree", "", "body")},
	{"a field that begins on the second line", crlf("Subject:", " x", "", "body")},
	{"a header that begins with a blank", crlf(" x: y", "Subject: z", "", "body")},
	{"a line of blanks in the header", crlf("Subject: x", " ", " y", "", "body")},
	{"8-bit header", crlf("Subject: caf\xe9", "From: \"Jos\xe9\" <a@b.c>", "", "body")},
	{"UTF-8 header", crlf("Subject: café", "From: José <josé@exámple.net>", "", "body")},
	{"a subject twice", crlf("Subject: one", "Subject: two", "Message-ID: <1@x>", "Message-ID: <2@x>", "", "body")},
	{"empty fields", crlf("Subject:", "From:", "To: ", "Cc:", "Date:", "In-Reply-To:", "", "body")},
	{"identifiers with blanks", crlf("Message-ID:   <1@x>  ", "In-Reply-To: <a@x>", "\t<b@x>", "", "body")},
	{"Content-Type without a subtype", crlf("Content-Type: text", "", "body")},
	{"Content-Type with nothing", crlf("Content-Type:", "", "body")},
	{"Content-Type with rubbish", crlf("Content-Type: ???/x; a=b", "", "body")},
	{"Content-Type with a comment", crlf("Content-Type: text (x) / (y) plain (z); charset (c) = (d) utf-8 (e)", "", "body")},
	{"Content-Type with a quoted value", crlf(`Content-Type: text/plain; name="a \"b\" \\ c"; charset="x;y"`, "", "body")},
	{"Content-Type with open quotes", crlf(`Content-Type: text/plain; name="a b`, "", "body")},
	{"parameters without values", crlf("Content-Type: text/plain; ; a; b=; =c; d=e", "", "body")},
	{"a parameter twice", crlf("Content-Type: text/plain; a=b; a=c", "", "body")},
	{"parameters in pieces", crlf("Content-Type: text/plain; name*1*=%20x; name*0*=utf-8'en'a%C3%A9; name*2=y", "", "body")},
	{"a type in capitals", crlf("CONTENT-TYPE: TEXT/HTML; CHARSET=UTF-8", "CONTENT-TRANSFER-ENCODING: BASE64", "", "eA==")},
	{"an unknown encoding", crlf("Content-Type: text/plain", "Content-Transfer-Encoding: x-uuencode (c)", "", "body")},
	{"an encoding of two words", crlf("Content-Transfer-Encoding: 7 bit", "", "body")},
	{"disposition, language, location", crlf("Content-Type: image/png", "Content-Disposition: attachment; filename=\"a b\"; size=3", "Content-Language: ca, de-AT",
		"Content-Location: http://x/ y", "Content-MD5: abc==", "Content-ID: <1@x>", "Content-Description: a =?utf-8?q?=C3=A9?= b", "", "abc")},
	{"one language", crlf("Content-Language: ca (Catalan)", "Content-Disposition: inline", "", "abc")},
	{"a disposition without a word", crlf("Content-Disposition: ; filename=a", "", "abc")},

	{"a multipart that is never closed", crlf("Content-Type: multipart/mixed; boundary=x", "", "--x", "", "one", "--x", "", "two")},
	{"a multipart without parts", crlf("Content-Type: multipart/mixed; boundary=x", "", "text")},
	{"a multipart with nothing but its end", crlf("Content-Type: multipart/mixed; boundary=x", "", "--x--")},
	{"a multipart without a body", crlf("Content-Type: multipart/mixed; boundary=x")},
	{"a multipart without a boundary", crlf("Content-Type: multipart/mixed", "", "--x", "", "one", "--x--")},
	{"a multipart with an empty boundary", crlf(`Content-Type: multipart/mixed; boundary=""`, "", "--", "", "one", "----")},
	{"a multipart in base64", crlf("Content-Type: multipart/mixed; boundary=x", "Content-Transfer-Encoding: base64", "", "--x", "", "one", "--x--")},
	{"preamble and epilogue", crlf("Content-Type: multipart/mixed; boundary=x", "", "preamble", "--x", "", "one", "--x--", "epilogue", "--x", "", "no part")},
	{"an outer delimiter ends the inner multipart", crlf("Content-Type: multipart/mixed; boundary=x", "", "--x", "Content-Type: multipart/mixed; boundary=y", "",
		"--y", "", "one", "--x", "", "two", "--x--")},
	{"an outer end ends the inner multipart", crlf("Content-Type: multipart/mixed; boundary=x", "", "--x", "Content-Type: multipart/mixed; boundary=y", "",
		"--y", "", "one", "--x--", "epilogue")},
	{"one boundary begins with the other", crlf("Content-Type: multipart/mixed; boundary=x", "", "--x", "Content-Type: multipart/mixed; boundary=xx", "",
		"--xx", "", "one", "--xx--", "--x", "", "two", "--x--")},
	{"both boundaries are the same", crlf("Content-Type: multipart/mixed; boundary=x", "", "--x", "Content-Type: multipart/alternative; boundary=x", "",
		"--x", "", "one", "--x--", "--x", "", "two", "--x--")},
	{"blanks behind the delimiter", "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x \t\r\n\r\none\r\n--x-- \r\n"},
	{"a boundary with a blank", crlf(`Content-Type: multipart/mixed; boundary="a b"`, "", "--a b", "", "one", "--a b--")},
	{"a boundary that ends with a blank", crlf(`Content-Type: multipart/mixed; boundary="a "`, "", "--a ", "", "one", "--a --")},
	{"a boundary of hyphens", crlf(`Content-Type: multipart/mixed; boundary="--"`, "", "----", "", "one", "------")},
	{"a delimiter with more behind it", crlf("Content-Type: multipart/mixed; boundary=x", "", "--x", "", "one", "--xy", "--x--z", "--x--")},
	{"a part that is empty", crlf("Content-Type: multipart/mixed; boundary=x", "", "--x", "--x", "", "--x--")},
	{"a part without an empty line", crlf("Content-Type: multipart/mixed; boundary=x", "", "--x", "Content-Type: text/html", "--x", "", "two", "--x--")},
	{"a part whose header is no header", crlf("Content-Type: multipart/mixed; boundary=x", "", "--x", "just text", "", "more", "--x--")},
	{"a part that begins with text and has no empty line", crlf("Content-Type: multipart/mixed; boundary=x", "", "--x", "just text", "--x--")},
	{"empty lines at the end of a part", crlf("Content-Type: multipart/mixed; boundary=x", "", "--x", "", "one", "", "", "--x--")},
	{"a digest", crlf("Content-Type: multipart/digest; boundary=x", "", "--x", "", "From: a@b", "Subject: one", "", "first", "--x",
		"Content-Type: text/plain", "", "second", "--x--")},
	{"a digest of multiparts", crlf("Content-Type: multipart/digest; boundary=x", "", "--x", "", "Subject: one", "Content-Type: multipart/mixed; boundary=y", "",
		"--y", "", "first", "--y--", "--x--")},
	{"a mail in a mail", crlf("Content-Type: message/rfc822", "", "From: Ana <ana@example.net>", "Subject: inner", "", "body", "body")},
	{"a mail in base64", crlf("Content-Type: message/rfc822", "Content-Transfer-Encoding: base64", "", "U3ViamVjdDogeAoKYm9keQo=")},
	{"a mail in a mail without its empty line", crlf("Content-Type: message/rfc822", "", "Subject: inner")},
	{"a mail that is empty, in a multipart", crlf("Content-Type: multipart/mixed; boundary=x", "", "--x", "Content-Type: message/rfc822", "", "--x--")},
	{"a mail in a mail in a mail", crlf("Content-Type: message/rfc822", "", "Content-Type: message/rfc822", "Subject: one", "", "Subject: two", "", "body")},
	{"a mail cut by a delimiter", crlf("Content-Type: multipart/mixed; boundary=x", "", "--x", "Content-Type: message/rfc822", "", "Subject: inner", "--x--")},
	{"message/global", crlf("Content-Type: message/global", "", "Subject: é", "", "body")},
	{"message/partial", crlf("Content-Type: message/partial; id=\"1@x\"; number=1; total=2", "", "Subject: whole", "", "first half")},
	{"message/external-body", crlf("Content-Type: message/external-body; access-type=URL; URL=\"http://x/\"", "", "Content-Type: image/png", "", "phantom")},
	{"message/delivery-status", crlf("Content-Type: message/delivery-status", "", "Reporting-MTA: dns; x", "", "Action: failed")},
	{"a report", crlf(`Content-Type: multipart/report; report-type=delivery-status; boundary="x"`, "", "--x", "", "Sorry.", "--x", "Content-Type: message/delivery-status", "",
		"Reporting-MTA: dns; x", "", "Final-Recipient: rfc822; a@b", "Action: failed", "Status: 5.1.1", "--x", "Content-Type: text/rfc822-headers", "", "Subject: x", "--x--")},
	{"a form", crlf("Content-Type: multipart/form-data; boundary=x", "", "--x", `Content-Disposition: form-data; name="a"`, "", "1", "--x",
		`Content-Disposition: form-data; name="f"; filename="é.txt"`, "Content-Type: text/plain", "", "file", "--x--")},
	{"related", crlf(`Content-Type: multipart/related; type="text/html"; start="<a@x>"; boundary=x`, "", "--x", "Content-Type: text/html", "Content-ID: <a@x>", "", "<img src=cid:b@x>",
		"--x", "Content-Type: image/gif", "Content-ID: <b@x>", "Content-Transfer-Encoding: base64", "", "R0lGODlh", "--x--")},
	{"lone LF in the body", "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\none\ntwo\r\n--x--\r\n"},
	{"NUL in the body", "Subject: x\r\n\r\na\x00b\r\n"},
	{"a long line", "Subject: " + strings.Repeat("x", 2000) + "\r\n\r\n" + strings.Repeat("y", 5000) + "\r\n"},
	{"multiparts in multiparts", tower(30)},
}...)

// tower is n multiparts within each other, none of them closed.
func tower(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=b%d.\r\n\r\n--b%d.\r\n", i, i)
	}
	return b.String() + "\r\ntop\r\n"
}

// oddAddresses are mails whose From is an address list as somebody wrote it.
func oddAddresses() []oddMail {
	var all []oddMail
	for _, list := range []string{
		"ana@example.net", "<ana@example.net>", "Ana <ana@example.net>", `"Ana, B." <ana@example.net>`, "Ana B. C. <ana@example.net>", "ana@example.net (Ana)",
		"ana (c) @ (d) example.net", "Ana (c) B <ana@example.net> (d)", `"a b"@example.net`, `"a\"b"@example.net`, `"quoted" plain <a@b.c>`, "ana@[192.0.2.1]",
		"<@r1,@r2:ana@example.net>", "Friends: a@b.c, D <d@e.f>;", "Undisclosed recipients:;", "G: a@b.c;, x@y.z", "a@b.c, G: d@e.f;", "a@b.c,, d@e.f,", "a@b.c; d@e.f",
		"ana", "Ana", "Ana B", "<ana>", "Ana <ana>", "<>", "Ana <>", "@b.c", "a@", "<a@>", "<@b.c>", "a@b@c", "<a@b.c", "a@b.c>", "Ana <a@b.c> <d@e.f>", `"open <a@b.c>`, "(open a@b.c",
		"=?utf-8?q?=C3=81na?= <ana@example.net>", "a.b.@c.d", ".a@b.c", "a..b@c.d", "a@b..c", "Ana [x] <a@b.c>", "a b@c.d", "a@b c", "a@b.c d@e.f", "José <a@b.c>",
		"Ana\\, B <a@b.c>", `"" <a@b.c>`, `""@b.c`, "Ana <a@b.c>, Bob <b@c.d>", "G: ;, H: a@b.c;", "G: H: a@b.c;;", "a@b.c (one) (two)", "a@b.c (one (two) three)", "a@b.c ()", ",", ";", ":", "()",
		"Ana <a@b.c>,", "Ana. <a@b.c>", "a (x).b@c.d", "\"a\".b@c.d",
	} {
		all = append(all, oddMail{"From: " + list, "From: " + list + "\r\nTo: x@y.z\r\n\r\nbody\r\n"})
	}
	return all
}
