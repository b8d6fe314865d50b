package smtp

import (
	"strings"
	"testing"
)

// How far a probe's session has come before its own lines.
const (
	connected = ""
	greeted   = connected + "EHLO client.example.net\n"
	sender    = greeted + "MAIL FROM:<ana@example.net>\n"
	recipient = sender + "RCPT TO:<bob@example.net>\n"
)

// Probes are what a stranger may ask of a server to find out how well it knows the RFCs: what was said before, what is said
// now, and the codes that answer it. "\n" stands for CRLF, "\\n" for a bare LF, "\\r" for a bare CR.
var probes = []struct {
	ref, name, before, client, want string
	taken                           int
}{
	// Introductions.
	{"RFC 5321 §4.1.1.1", "EHLO with a domain", connected, "EHLO client.example.net\n", "250", 0},
	{"RFC 5321 §4.1.1.1", "EHLO without one", connected, "EHLO\n", "501", 0},
	{"RFC 5321 §4.1.1.1", "HELO without one", connected, "HELO\n", "501", 0},
	{"RFC 5321 §4.1.1.1", "EHLO with a space and nothing", connected, "EHLO \n", "501", 0},
	{"RFC 5321 §4.1.1.1", "HELO", connected, "HELO client.example.net\n", "250", 0},
	{"RFC 5321 §4.1.3", "EHLO with an IPv4 literal", connected, "EHLO [192.0.2.1]\n", "250", 0},
	{"RFC 5321 §4.1.3", "EHLO with an IPv6 literal", connected, "EHLO [IPv6:2001:db8::1]\n", "250", 0},
	{"RFC 5321 §4.1.3", "EHLO with an IPv6 literal without its tag", connected, "EHLO [2001:db8::1]\n", "250", 0},
	{"RFC 5321 §4.1.3", "EHLO with a broken literal", connected, "EHLO [192.0.2.1\nEHLO [300.1.1.1]\nEHLO []\n", "501 501 501", 0},
	{"RFC 5321 §2.3.5", "EHLO with a single label, an underscore, a dot at the end", connected, "EHLO laptop\nEHLO my_pc.example.net\nEHLO client.example.net.\n", "250 250 250", 0},
	{"RFC 5321 §4.1.2", "EHLO with what is no domain", connected, "EHLO @#$%\nEHLO -x.example\nEHLO a..b\nEHLO <x>\n", "501 501 501 501", 0},
	{"RFC 5321 §4.1.1.1", "EHLO with two words", connected, "EHLO client example\n", "250", 0},
	{"RFC 5321 §4.5.3.1.2", "EHLO with a domain of 255 bytes", connected, "EHLO " + longDomain(255) + "\n", "250", 0},
	{"RFC 5321 §4.1.4", "EHLO twice", greeted, "EHLO client.example.net\n", "250", 0},
	{"RFC 5321 §4.1.4", "HELO behind EHLO", greeted, "HELO client.example.net\nMAIL FROM:<a@b.example> SIZE=1\n", "250 555", 0},
	{"RFC 5321 §4.1.4", "EHLO in a mail clears it", recipient, "EHLO client.example.net\nDATA\n", "250 503", 0},
	{"RFC 5321 §4.1.4", "a refused EHLO changes nothing", recipient, "EHLO\nDATA\n.\n", "501 354 250", 1},
	{"RFC 5321 §2.4", "verbs and keywords in any case", connected, "eHlO client.example.net\nmAiL fRoM:<ana@example.net>\nrcpt to:<bob@EXAMPLE.net>\nDaTa\n.\nqUIT\n", "250 250 250 354 250 221", 1},
	{"RFC 6531 §3.7.1", "EHLO in UTF-8", connected, "EHLO bücher.example\n", "500", 0},

	// Order.
	{"RFC 5321 §4.1.4", "MAIL without EHLO", connected, "MAIL FROM:<ana@example.net>\n", "503", 0},
	{"RFC 5321 §4.1.4", "RCPT without MAIL", greeted, "RCPT TO:<bob@example.net>\n", "503", 0},
	{"RFC 5321 §4.1.4", "DATA without MAIL", greeted, "DATA\n", "503", 0},
	{"RFC 5321 §3.3", "DATA without RCPT", sender, "DATA\n", "503", 0},
	{"RFC 5321 §3.3", "DATA when every RCPT was refused", sender, "RCPT TO:<nobody@example.net>\nRCPT TO:<x@elsewhere.example>\nDATA\n", "550 550 503", 0},
	{"RFC 5321 §4.1.4", "MAIL in a mail", recipient, "MAIL FROM:<eve@example.net>\nDATA\n.\n", "503 354 250", 1},
	{"RFC 5321 §4.1.4", "NOOP, HELP, VRFY, EXPN and RSET before EHLO", connected, "NOOP\nHELP\nVRFY bob\nEXPN list\nRSET\n", "250 214 252 502 250", 0},
	{"RFC 5321 §3.1", "QUIT at once", connected, "QUIT\n", "221", 0},
	{"RFC 5321 §4.1.1.10", "QUIT in a mail delivers nothing", recipient, "QUIT\n", "221", 0},
	{"RFC 5321 §4.1.1.5", "RSET behind EHLO, MAIL and RCPT", greeted, "RSET\nMAIL FROM:<a@b.example>\nRSET\nMAIL FROM:<a@b.example>\nRCPT TO:<bob@example.net>\nRSET\nDATA\n", "250 250 250 250 250 250 503", 0},
	{"RFC 5321 §4.1.1.5", "RSET, and another mail", recipient, "RSET\nMAIL FROM:<a@b.example>\nRCPT TO:<bob@example.net>\nDATA\n.\n", "250 250 250 354 250", 1},
	{"RFC 5321 §3.3", "several mails in a session", recipient, "DATA\n.\nMAIL FROM:<a@b.example>\nRCPT TO:<bob@example.net>\nDATA\n.\n", "354 250 250 250 354 250", 2},

	// Commands and their arguments.
	{"RFC 5321 §4.2.4", "an unknown command", greeted, "XYZZY\nFOO bar\n", "500 500", 0},
	{"RFC 5321 §4.2.4", "commands that are known and not offered", greeted, "TURN\nETRN example.net\nSEND FROM:<a@b.example>\nSTARTTLS\n", "502 502 502 502", 0},
	{"RFC 5321 §4.1.1", "an empty line", greeted, "\nNOOP\n", "500 250", 0},
	{"RFC 5321 §4.1.1", "a space before the verb", greeted, " NOOP\n", "500", 0},
	{"RFC 5321 §4.1.1", "white space at the end", greeted, "NOOP \nRSET  \nVRFY bob \nMAIL FROM:<a@b.example> \nRSET\t\n", "250 250 252 250 250", 0},
	{"RFC 5321 §4.1.1.9", "NOOP with an argument", greeted, "NOOP\nNOOP hello there\n", "250 250", 0},
	{"RFC 5321 §4.1.1.5", "RSET with an argument", greeted, "RSET now\n", "501", 0},
	{"RFC 5321 §4.1.1.10", "QUIT with an argument", greeted, "QUIT now\nNOOP\n", "501 250", 0},
	{"RFC 5321 §4.1.1.4", "DATA with an argument", recipient, "DATA now\nDATA\n.\n", "501 354 250", 1},
	{"RFC 5321 §4.1.1.8", "HELP, HELP of a command, HELP of nothing known", greeted, "HELP\nHELP MAIL\nhelp rcpt\nHELP poetry\n", "214 214 214 504", 0},
	{"RFC 5321 §4.1.1.6", "VRFY of a user, an address, nobody", greeted, "VRFY bob\nVRFY <bob@example.net>\nVRFY bob@example.net\nVRFY\n", "252 252 252 501", 0},
	{"RFC 5321 §4.1.1.7", "EXPN", greeted, "EXPN list\nEXPN\n", "502 501", 0},
	{"RFC 6531 §3.7.4.2", "VRFY in UTF-8", greeted, "VRFY jürgen\nVRFY jürgen SMTPUTF8\n", "553 252", 0},
	{"RFC 5321 §4.5.3.1.4", "a command line of 512 bytes", greeted, "NOOP " + strings.Repeat("x", 505) + "\n", "250", 0},
	{"RFC 5321 §4.5.3.1.9", "a command line that is too long, and the next", greeted, "NOOP " + strings.Repeat("x", 4000) + "\nNOOP\n", "500 250", 0},
	{"RFC 5321 §2.4", "bytes above 127", greeted, "NOOP h\xc3\xa9\nX\xff\xfe\nNOOP\n", "500 500 250", 0},
	{"RFC 5321 §4.1.2", "NUL in a command", greeted, "NOOP a\x00b\nMAIL FROM:<a\x00@b.example>\nNOOP\n", "500 501 250", 0},
	{"RFC 5321 §2.3.8", "a bare LF ends no command well", greeted, "NOOP\\nNOOP\n", "500 250", 0},
	{"RFC 5321 §2.3.8", "a bare CR in a command", greeted, "NOOP\\rQUIT\nNOOP\n", "500 250", 0},

	// MAIL.
	{"RFC 5321 §4.5.5", "the null reverse-path", greeted, "MAIL FROM:<>\n", "250", 0},
	{"RFC 5321 §3.3", "a space behind the colon", greeted, "MAIL FROM: <ana@example.net>\nRCPT TO: <bob@example.net>\n", "250 250", 0},
	{"RFC 5321 §4.1.2", "no brackets", greeted, "MAIL FROM:ana@example.net\nRCPT TO:bob@example.net\n", "250 250", 0},
	{"RFC 5321 §4.1.2", "one bracket", greeted, "MAIL FROM:<ana@example.net\nMAIL FROM:ana@example.net>\nMAIL FROM:<<ana@example.net>>\nMAIL FROM:<ana@example.net>>\n", "501 501 501 501", 0},
	{"RFC 5321 §4.1.1.2", "no FROM, no colon, nothing", greeted, "MAIL <ana@example.net>\nMAIL FROM <ana@example.net>\nMAIL\nMAIL FROM:\nMAIL TO:<ana@example.net>\nMAIL FROM :<ana@example.net>\n", "501 501 501 501 501 501", 0},
	{"RFC 5321 §4.1.2", "local parts that are none", greeted, "MAIL FROM:<.a@b.example>\nMAIL FROM:<a.@b.example>\nMAIL FROM:<a..b@b.example>\nMAIL FROM:<a b@b.example>\nMAIL FROM:<@b.example>\nMAIL FROM:<a@b@c.example>\n", "501 501 501 501 501 501", 0},
	{"RFC 5321 §4.1.2", "domains that are none", greeted, "MAIL FROM:<a@>\nMAIL FROM:<a>\nMAIL FROM:<a@.b>\nMAIL FROM:<a@b..c>\nMAIL FROM:<a@-b.example>\nMAIL FROM:<a@b_/.example>\n", "501 501 501 501 501 501", 0},
	{"RFC 5321 §4.1.2", "a quoted local part", greeted, `MAIL FROM:<"ana maria"@example.net>` + "\n", "250", 0},
	{"RFC 5321 §4.1.2", "a quoted local part with quoted pairs and brackets", greeted, `MAIL FROM:<"a\"b\\c>d@e"@example.net>` + "\n", "250", 0},
	{"RFC 5321 §4.1.2", "a quotation mark too few", greeted, `MAIL FROM:<"ana@example.net>` + "\n", "501", 0},
	{"RFC 5321 §4.1.3", "address literals", greeted, "MAIL FROM:<ana@[192.0.2.1]>\nRSET\nMAIL FROM:<ana@[IPv6:2001:db8::1]>\nRSET\nMAIL FROM:<ana@[192.0.2]>\n", "250 250 250 250 501", 0},
	{"RFC 5321 §4.1.2", "every character of an atom", greeted, "MAIL FROM:<!#$%&'*+-/=?^_`{|}~a1@example.net>\n", "250", 0},
	{"RFC 5321 §4.5.3.1.1", "a local part of 64 bytes, and of 65", greeted, "MAIL FROM:<" + strings.Repeat("a", 64) + "@example.net>\nRSET\nMAIL FROM:<" + strings.Repeat("a", 65) + "@example.net>\n", "250 250 501", 0},
	{"RFC 5321 §4.5.3.1.3", "a path of 256 bytes, and of 257", greeted, "MAIL FROM:<a@" + longDomain(252) + ">\nRSET\nMAIL FROM:<a@" + longDomain(253) + ">\n", "250 250 501", 0},
	{"RFC 5321 §4.1.1.11", "an unknown parameter", greeted, "MAIL FROM:<a@b.example> FOO=bar\nMAIL FROM:<a@b.example> FOO\n", "555 555", 0},
	{"RFC 5321 §4.1.2", "parameters that are none", greeted, "MAIL FROM:<a@b.example> =1\nMAIL FROM:<a@b.example> -X=1\nMAIL FROM:<a@b.example>SIZE=1\nMAIL FROM:<a@b.example> SIZE=\nMAIL FROM:<a@b.example> SIZE=1 SIZE=1\n", "501 501 501 501 501", 0},
	{"RFC 1870 §6.1", "SIZE within and over the limit", greeted, "MAIL FROM:<a@b.example> SIZE=1000\nRSET\nMAIL FROM:<a@b.example> SIZE=99999999\nMAIL FROM:<a@b.example> SIZE=99999999999999999999\n", "250 250 552 552", 0},
	{"RFC 1870 §5", "SIZE that is no number", greeted, "MAIL FROM:<a@b.example> SIZE=x\nMAIL FROM:<a@b.example> SIZE=-1\nMAIL FROM:<a@b.example> SIZE\nMAIL FROM:<a@b.example> SIZE=1.5\n", "501 501 501 501", 0},
	{"RFC 1870 §6.1", "SIZE=0", greeted, "MAIL FROM:<a@b.example> SIZE=0\n", "250", 0},
	{"RFC 6152 §2", "BODY", greeted, "MAIL FROM:<a@b.example> BODY=8BITMIME\nRSET\nMAIL FROM:<a@b.example> body=7bit\nRSET\nMAIL FROM:<a@b.example> BODY=9BIT\nMAIL FROM:<a@b.example> BODY\n", "250 250 250 250 501 501", 0},
	{"RFC 3030 §3", "BODY=BINARYMIME where it is not offered", greeted, "MAIL FROM:<a@b.example> BODY=BINARYMIME\n", "501", 0},
	{"RFC 6531 §3.4", "an address in UTF-8, with SMTPUTF8 and without", greeted, "MAIL FROM:<é@b.example>\nMAIL FROM:<é@b.example> SMTPUTF8\nRCPT TO:<bob@example.net>\n", "553 250 250", 0},
	{"RFC 6531 §3.4", "an address that is no UTF-8; SMTPUTF8 with a value", greeted, "MAIL FROM:<\xff@b.example> SMTPUTF8\nMAIL FROM:<a@b.example> SMTPUTF8=1\n", "501 501", 0},
	{"RFC 4954 §5", "AUTH of MAIL", greeted, "MAIL FROM:<a@b.example> AUTH=<>\nRSET\nMAIL FROM:<a@b.example> AUTH=e+3Dmc2@b.example\nRSET\nMAIL FROM:<a@b.example> AUTH=e+3\n", "250 250 250 250 501", 0},
	{"RFC 3461 §4.3", "RET and ENVID", greeted, "MAIL FROM:<a@b.example> RET=HDRS ENVID=QQ314159\nRSET\nMAIL FROM:<a@b.example> RET=ALL\nMAIL FROM:<a@b.example> ENVID=+GG\n", "250 250 501 501", 0},
	{"RFC 5321 §3.3", "case of a local part is kept", greeted, "MAIL FROM:<Ana@Example.NET>\n", "250", 0},

	// RCPT.
	{"RFC 5321 §4.1.1.3", "no recipient", sender, "RCPT TO:<>\nRCPT TO:\nRCPT\nRCPT <bob@example.net>\nRCPT FROM:<bob@example.net>\n", "501 501 501 501 501", 0},
	{"RFC 5321 §4.5.1", "Postmaster, alone and with a domain", sender, "RCPT TO:<Postmaster>\nRCPT TO:<postMASTER@example.net>\n", "250 250", 0},
	{"RFC 5321 §3.6.1", "a source route is ignored", sender, "RCPT TO:<@relay.example,@other.example:bob@example.net>\nDATA\n.\n", "250 354 250", 1},
	{"RFC 5321 §4.1.2", "a source route that is none", sender, "RCPT TO:<@relay.example,other.example:bob@example.net>\nRCPT TO:<@relay.example>\nRCPT TO:<@:bob@example.net>\n", "501 501 501", 0},
	{"RFC 5321 §3.6.2", "a stranger to a stranger", sender, "RCPT TO:<eve@elsewhere.example>\n", "550", 0},
	{"RFC 5321 §3.3", "nobody", sender, "RCPT TO:<nobody@example.net>\n", "550", 0},
	{"RFC 5321 §3.3", "partial refusal", sender, "RCPT TO:<nobody@example.net>\nRCPT TO:<bob@example.net>\nRCPT TO:<full@example.net>\nDATA\n.\n", "550 250 452 354 250", 1},
	{"RFC 5321 §4.5.3.1.8", "a hundred recipients", sender, strings.Repeat("RCPT TO:<bob@example.net>\n", 100), strings.Repeat("250 ", 99) + "250", 0},
	{"RFC 3461 §4.1", "NOTIFY and ORCPT", sender, "RCPT TO:<bob@example.net> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;bob+2Bx@example.net\nRCPT TO:<bob@example.net> NOTIFY=NEVER\n", "250 250", 0},
	{"RFC 3461 §4.1", "NOTIFY and ORCPT that are none", sender, "RCPT TO:<bob@example.net> NOTIFY=NEVER,SUCCESS\nRCPT TO:<bob@example.net> NOTIFY=ALWAYS\nRCPT TO:<bob@example.net> NOTIFY=SUCCESS,\nRCPT TO:<bob@example.net> ORCPT=bob@example.net\n", "501 501 501 501", 0},
	{"RFC 5321 §4.1.1.11", "an unknown parameter of RCPT, and one of MAIL", sender, "RCPT TO:<bob@example.net> FOO=bar\nRCPT TO:<bob@example.net> SIZE=1\n", "555 555", 0},

	// The mail.
	{"RFC 5321 §4.5.2", "doubled dots", recipient, "DATA\n..\n.x\n...\n.\n", "354 250", 1},
	{"RFC 5321 §4.1.1.4", "an empty mail", recipient, "DATA\n.\n", "354 250", 1},
	{"RFC 5321 §4.5.3.1.6", "a text line of 1000 bytes, and of 5000", recipient, "DATA\n" + strings.Repeat("x", 998) + "\n" + strings.Repeat("x", 4998) + "\n.\n", "354 250", 1},
	{"RFC 5321 §4.1.1.4", "LF . LF ends nothing", recipient, "DATA\nx\\n.\\nRSET\n.\n", "354 250", 1},
	{"RFC 5321 §4.1.1.4", "LF . CRLF ends nothing", recipient, "DATA\nx\\n.\nRSET\n.\n", "354 250", 1},
	{"RFC 5321 §4.1.1.4", "CRLF . LF ends nothing", recipient, "DATA\nx\n.\\nRSET\n.\n", "354 250", 1},
	{"RFC 5321 §4.1.1.4", "CR . CR, CRLF . CR and CR . CRLF end nothing", recipient, "DATA\nx\\r.\\rRSET\n.\\rRSET\\r.\nRSET\n.\n", "354 250", 1},
	{"RFC 5321 §4.1.1.4", "NUL around the dot ends nothing", recipient, "DATA\nx\n\x00.\nRSET\n.\x00\nRSET\n.\n", "354 250", 1},
	{"RFC 5321 §4.1.1.4", "commands in a mail are text", recipient, "DATA\nQUIT\nRSET\nMAIL FROM:<eve@example.net>\n.\n", "354 250", 1},
	{"RFC 5321 §4.1.1.4", "bytes above 127 and NUL in a mail", recipient, "DATA\n\xff\xfe\x00\x01\n.\n", "354 250", 1},
	{"RFC 1870 §6.3", "a mail over the limit", recipient, "DATA\n" + strings.Repeat(strings.Repeat("x", 998)+"\n", 11) + ".\nNOOP\n", "354 552 250", 0},

	// Pipelining.
	{"RFC 2920 §3.1", "a group up to DATA", greeted, "MAIL FROM:<a@b.example>\nRCPT TO:<nobody@example.net>\nRCPT TO:<bob@example.net>\nDATA\n", "250 550 250 354", 0},
	{"RFC 2920 §3.1", "a group with the mail and the next one's commands", greeted, "MAIL FROM:<a@b.example>\nRCPT TO:<bob@example.net>\nDATA\nx\n.\nRSET\nMAIL FROM:<a@b.example>\nRCPT TO:<bob@example.net>\nDATA\ny\n.\nQUIT\n", "250 250 354 250 250 250 250 354 250 221", 2},
	{"RFC 2920 §3.1", "a group in which nobody is accepted", greeted, "MAIL FROM:<a@b.example>\nRCPT TO:<nobody@example.net>\nDATA\nRSET\n", "250 550 503 250", 0},
	{"RFC 5321 §4.1.1.10", "what follows QUIT is not read", greeted, "QUIT\nNOOP\n", "221", 0},

	// Chunks.
	{"RFC 3030 §2", "one chunk", recipient, "BDAT 5 LAST\nhello", "250", 1},
	{"RFC 3030 §2", "chunks, one of them empty, and a lone dot", recipient, "BDAT 3\n.\nBDAT 0\nBDAT 6 LAST\nx\n.\\n\\n", "250 250 250", 1},
	{"RFC 3030 §2", "BDAT 0 LAST", recipient, "bdat 0 last\n", "250", 1},
	{"RFC 3030 §2", "the bytes of a chunk are no commands", recipient, "BDAT 6\nQUIT\nBDAT 6 LAST\nRSET\n", "250 250", 1},
	{"RFC 3030 §2", "BDAT without RCPT: its bytes are read and dropped", sender, "BDAT 6 LAST\nQUIT\nRCPT TO:<bob@example.net>\n", "503 250", 0},
	{"RFC 3030 §2", "BDAT behind the last one", recipient, "BDAT 1 LAST\nxBDAT 6\nQUIT\nNOOP\n", "250 503 250", 1},
	{"RFC 3030 §2", "DATA behind BDAT, and RSET", recipient, "BDAT 1\nxDATA\nRSET\nDATA\n", "250 503 250 503", 0},
	{"RFC 3030 §2", "RCPT and MAIL behind BDAT", recipient, "BDAT 1\nxRCPT TO:<bob@example.net>\nMAIL FROM:<>\nBDAT 0 LAST\n", "250 503 503 250", 1},
	{"RFC 3030 §2", "BDAT without a size, with one that is none", recipient, "BDAT\nBDAT x\nBDAT -1\nBDAT 1 FIRST\n", "501 501 501 501", 0},
	{"RFC 3030 §2", "a chunk over the limit; the next is refused", recipient, "BDAT 10001\n" + strings.Repeat("x", 10001) + "BDAT 1 LAST\nxNOOP\n", "552 503 250", 0},

	// Logins.
	{"RFC 4954 §4", "PLAIN with an initial response", greeted, "AUTH PLAIN AGFuYQBzZWNyZXQ=\n", "235", 0},
	{"RFC 4954 §4", "PLAIN without", greeted, "AUTH PLAIN\nAGFuYQBzZWNyZXQ=\n", "334 235", 0},
	{"RFC 4954 §4", "LOGIN, mechanisms in any case", greeted, "auth login\nYW5h\nc2VjcmV0\n", "334 334 235", 0},
	{"RFC 4954 §4", "an empty initial response", greeted, "AUTH PLAIN =\n", "501", 0},
	{"RFC 4954 §4", "given up", greeted, "AUTH PLAIN\n*\nNOOP\n", "334 501 250", 0},
	{"RFC 4954 §4", "no base64", greeted, "AUTH PLAIN !!!\nAUTH PLAIN\n!!!\nAUTH PLAIN AGFu\n", "501 334 501 501", 0},
	{"RFC 4954 §6", "a wrong password", greeted, "AUTH PLAIN AGFuYQB4\n", "535", 0},
	{"RFC 4954 §4", "an unknown mechanism, none, too much", greeted, "AUTH FOO\nAUTH\nAUTH PLAIN AGFu YQB4\n", "504 501 501", 0},
	{"RFC 4954 §4", "AUTH twice", greeted, "AUTH PLAIN AGFuYQBzZWNyZXQ=\nAUTH PLAIN AGFuYQBzZWNyZXQ=\n", "235 503", 0},
	{"RFC 4954 §4", "AUTH in a mail", sender, "AUTH PLAIN AGFuYQBzZWNyZXQ=\n", "503", 0},
	{"RFC 4954 §4", "AUTH before EHLO, and behind HELO", connected, "AUTH PLAIN AGFuYQBzZWNyZXQ=\nHELO x\nAUTH PLAIN AGFuYQBzZWNyZXQ=\n", "503 250 503", 0},
	{"RFC 4954 §4", "a response of 12288 bytes", greeted, "AUTH PLAIN\n" + strings.Repeat("A", 12286) + "\nNOOP\n", "334 501 250", 0},
	{"RFC 4954 §4", "a response that is too long", greeted, "AUTH PLAIN\n" + strings.Repeat("A", 12290) + "\nNOOP\n", "334 500 250", 0},
	{"RFC 4954 §4", "a login opens the way to strangers", greeted, "AUTH PLAIN AGFuYQBzZWNyZXQ=\nMAIL FROM:<ana@example.net>\nRCPT TO:<c@elsewhere.example>\n", "235 250 250", 0},
}

// longDomain is a domain of n bytes.
func longDomain(n int) string {
	d := strings.Repeat("label63"+strings.Repeat("x", 56)+".", n/64+1)
	return strings.TrimSuffix(d[:n-1], ".") + strings.Repeat("e", n-len(strings.TrimSuffix(d[:n-1], ".")))
}

func TestProbes(t *testing.T) {
	config := ServerConfig{Announce: append([]string{"DSN"}, DefaultAnnounce...), Limits: Limits{Size: 10000}}
	for _, p := range probes {
		for _, cut := range []int{1 << 20, 1, 3} {
			h := &house{}
			_, before := probe(config, &house{}, p.before, 1<<20)
			out, got := probe(config, h, p.before+p.client, cut)
			if got = strings.TrimSpace(strings.TrimPrefix(got, before)); got != p.want {
				t.Errorf("%s: %s, cut %d: answers %s, want %s\n%s", p.ref, p.name, cut, got, p.want, out)
			}
			if len(h.taken) != p.taken {
				t.Errorf("%s: %s, cut %d: taken %q", p.ref, p.name, cut, h.taken)
			}
		}
		if !strings.HasPrefix(p.ref, "RFC ") || !strings.Contains(p.ref, " §") {
			t.Errorf("%s says nothing of where it is written: %s", p.name, p.ref)
		}
	}
}

// probe plays a client, and returns what the server says and its codes.
func probe(config ServerConfig, h *house, client string, cut int) (output, found string) {
	output, _ = talk(config, h, strings.ReplaceAll(client, "\\r", "\r"), cut)
	return output, codes(output)
}

// RFC 2034 §4: every answer but the greeting, those to EHLO and HELO, 334 and 354 has an enhanced code of its own class.
func TestEveryReplyHasItsEnhancedCode(t *testing.T) {
	config := ServerConfig{Announce: append([]string{"DSN"}, DefaultAnnounce...), Limits: Limits{Size: 10000}}
	for _, p := range probes {
		if !strings.HasPrefix(p.before, greeted) || strings.Contains(strings.ToUpper(p.client), "HELO") || strings.Contains(p.client, "EHLO") {
			continue
		}
		greeting, _ := probe(config, &house{}, greeted, 1<<20)
		out, _ := probe(config, &house{}, p.before+p.client, 1<<20)
		for line := range strings.Lines(strings.TrimPrefix(out, greeting)) {
			l, err := ParseReplyLine(strings.TrimSuffix(line, "\r\n"))
			if err != nil || l.Code/100 != 3 && l.Enhanced.Class != l.Code/100 {
				t.Errorf("%s: %s: %q", p.ref, p.name, line)
			}
			if len(line) > 512 {
				t.Errorf("%s: an answer of %d bytes", p.name, len(line)) // RFC 5321 §4.5.3.1.5
			}
			if e := l.Enhanced.String(); e != "" {
				if n, _ := enhancedNote(l.Enhanced); n.ID != "smtp.enhanced."+e {
					t.Errorf("%s has no note of its own", e)
				}
			}
			if n := codeNote(l.Code); !strings.HasSuffix(n.ID, line[:3]) {
				t.Errorf("%d has no note of its own", l.Code)
			}
		}
	}
}
