package imap

import "testing"

// TestFetchItems: each item and section of FETCH, and what is none (RFC 3501 §6.4.5).
func TestFetchItems(t *testing.T) {
	play(t, []played{
		{"macros stand alone", inbox + "c FETCH 1 FAST\r\nd FETCH 1 (FAST)\r\ne FETCH 1 ALL FLAGS\r\nf FETCH 2 FULL\r\n",
			inboxOK + "* 1 FETCH (FLAGS (\\Recent) INTERNALDATE \" 5-Jan-2026 09:00:00 +0000\" RFC822.SIZE 145)\r\nc OK FETCH completed\r\nd BAD byte 11: want fetch-att (RFC 3501 section 9)\r\ne BAD byte 13: want end of line (RFC 3501 section 9)\r\n* 2 FETCH (FLAGS (\\Recent) INTERNALDATE \" 5-Jan-2026 10:00:00 +0000\" RFC822.SIZE 312 ENVELOPE (NIL \"Picture\" ((NIL NIL \"ana\" \"example.net\")) ((NIL NIL \"ana\" \"example.net\")) ((NIL NIL \"ana\" \"example.net\")) NIL NIL NIL NIL NIL) BODY ((\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 5 0)(\"image\" \"png\" (\"name\" \"p.png\") NIL NIL \"base64\" 12) \"mixed\"))\r\nf OK FETCH completed\r\n"},
		{"numbers in any order, once each", inbox + "c FETCH 2,1,*:2,1 UID\r\nd FETCH *:1 UID\r\ne FETCH 5:* UID\r\nf UID FETCH 9:* UID\r\n",
			inboxOK + "* 1 FETCH (UID 1)\r\n* 2 FETCH (UID 2)\r\nc OK FETCH completed\r\n* 1 FETCH (UID 1)\r\n* 2 FETCH (UID 2)\r\nd OK FETCH completed\r\ne BAD No such message number\r\n* 2 FETCH (UID 2)\r\nf OK UID FETCH completed\r\n"},
		{"BODY and BODYSTRUCTURE together", inbox + "c FETCH 1 (BODY BODYSTRUCTURE BODY)\r\n",
			inboxOK + "* 1 FETCH (BODYSTRUCTURE (\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 10 1 NIL NIL NIL NIL) BODY (\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 10 1))\r\nc OK FETCH completed\r\n"},
		{"what the old names mean", inbox + "c FETCH 1 (RFC822.HEADER)\r\nd FETCH 1 RFC822.TEXT\r\ne FETCH 2 (RFC822.SIZE RFC822)\r\n",
			inboxOK + "* 1 FETCH (RFC822.HEADER {135}\r\nFrom: Ana <ana@example.net>\r\nTo: bob@example.org\r\nSubject: Lunch\r\nDate: Mon, 5 Jan 2026 08:59:00 +0000\r\nMessage-ID: <1@example.net>\r\n\r\n)\r\nc OK FETCH completed\r\n* 1 FETCH (FLAGS (\\Seen \\Recent) RFC822.TEXT {10}\r\nAt noon?\r\n)\r\nd OK FETCH completed\r\n* 2 FETCH (FLAGS (\\Seen \\Recent) RFC822.SIZE 312 RFC822 {312}\r\nFrom: ana@example.net\r\nSubject: Picture\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\nLook!\r\n--b\r\nContent-Type: image/png; name=p.png\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=p.png\r\n\r\niVBORw0KGgo=\r\n--b--\r\n)\r\ne OK FETCH completed\r\n"},
		{"sections that are not", inbox + "c FETCH 1 BODY[0]\r\nd FETCH 1 BODY[MIME]\r\ne FETCH 1 BODY[HEADER.FIELDS ()]\r\nf FETCH 1 BODY[]<0.0>\r\ng FETCH 1 BODY[]<5>\r\nh FETCH 1 BODY[1\r\ni FETCH 1 ()\r\nj FETCH 1 (UID UID)\r\n",
			inboxOK + "c BAD byte 15: want nz-number (RFC 3501 section 9)\r\nd BAD byte 15: want number (RFC 3501 section 9)\r\ne BAD byte 31: want header-list (RFC 3501 section 9)\r\nf BAD byte 19: want nz-number (RFC 3501 section 9)\r\ng BAD byte 18: want '.' (RFC 3501 section 9)\r\nh BAD byte 16: want '.' (RFC 3501 section 9)\r\ni BAD byte 10: want fetch-att (RFC 3501 section 9)\r\n* 1 FETCH (UID 1)\r\nj OK FETCH completed\r\n"},
		{"a part of a mail without parts", inbox + "c FETCH 1 (BODY.PEEK[1] BODY.PEEK[1.MIME] BODY.PEEK[2] BODY.PEEK[1.HEADER] BODY.PEEK[1.TEXT])\r\n",
			inboxOK + "* 1 FETCH (BODY[1] {10}\r\nAt noon?\r\n BODY[1.MIME] {135}\r\nFrom: Ana <ana@example.net>\r\nTo: bob@example.org\r\nSubject: Lunch\r\nDate: Mon, 5 Jan 2026 08:59:00 +0000\r\nMessage-ID: <1@example.net>\r\n\r\n BODY[2] NIL BODY[1.HEADER] NIL BODY[1.TEXT] NIL)\r\nc OK FETCH completed\r\n"},
		{"fields chosen and left out", inbox + "c FETCH 1 (BODY.PEEK[HEADER.FIELDS (\"Subject\" FROM X-None)] BODY.PEEK[HEADER.FIELDS.NOT (To From Date Message-ID)] BODY.PEEK[HEADER.FIELDS (X)])\r\n",
			inboxOK + "* 1 FETCH (BODY[HEADER.FIELDS (Subject FROM X-None)] {47}\r\nFrom: Ana <ana@example.net>\r\nSubject: Lunch\r\n\r\n BODY[HEADER.FIELDS.NOT (To From Date Message-ID)] {18}\r\nSubject: Lunch\r\n\r\n BODY[HEADER.FIELDS (X)] {2}\r\n\r\n)\r\nc OK FETCH completed\r\n"},
		{"parts of a multipart", inbox + "c FETCH 2 (BODY.PEEK[1.MIME] BODY.PEEK[2.MIME] BODY.PEEK[2]<0.4> BODY.PEEK[2]<8.100>)\r\n",
			inboxOK + "* 2 FETCH (BODY[1.MIME] {46}\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n BODY[2.MIME] {123}\r\nContent-Type: image/png; name=p.png\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=p.png\r\n\r\n BODY[2]<0> {4}\r\niVBO BODY[2]<8> {4}\r\nGgo=)\r\nc OK FETCH completed\r\n"},
		{"the same twice is told once", inbox + "c FETCH 1 (BODY.PEEK[TEXT] BODY.PEEK[TEXT] BODY.PEEK[TEXT]<0.2>)\r\n",
			inboxOK + "* 1 FETCH (BODY[TEXT] {10}\r\nAt noon?\r\n BODY[TEXT]<0> {2}\r\nAt)\r\nc OK FETCH completed\r\n"},
		{"header marks as read, peek does not", inbox + "c FETCH 1 (FLAGS BODY.PEEK[HEADER.FIELDS (To)])\r\nd FETCH 1 BODY[HEADER.FIELDS (To)]\r\ne FETCH 1 BODY[HEADER.FIELDS (To)]\r\n",
			inboxOK + "* 1 FETCH (FLAGS (\\Recent) BODY[HEADER.FIELDS (To)] {23}\r\nTo: bob@example.org\r\n\r\n)\r\nc OK FETCH completed\r\n* 1 FETCH (FLAGS (\\Seen \\Recent) BODY[HEADER.FIELDS (To)] {23}\r\nTo: bob@example.org\r\n\r\n)\r\nd OK FETCH completed\r\n* 1 FETCH (BODY[HEADER.FIELDS (To)] {23}\r\nTo: bob@example.org\r\n\r\n)\r\ne OK FETCH completed\r\n"},
		{"no mailbox, no mail", inbox + "c CREATE Empty\r\nd SELECT Empty\r\ne FETCH 1:* UID\r\nf UID FETCH 1:* UID\r\ng SEARCH ALL\r\nh UID COPY 1:* INBOX\r\n",
			inboxOK + "c OK CREATE completed\r\n* OK [CLOSED] Previous mailbox is closed\r\n* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)\r\n* 0 EXISTS\r\n* 0 RECENT\r\n* OK [PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft \\*)] Flags that stay\r\n* OK [UIDNEXT 1] Predicted next UID\r\n* OK [UIDVALIDITY 2] UIDs valid\r\n* OK [HIGHESTMODSEQ 1] Highest\r\nd OK [READ-WRITE] SELECT completed\r\ne BAD No such message number\r\nf OK UID FETCH completed\r\n* SEARCH\r\ng OK SEARCH completed\r\nh OK Nothing to do\r\n"},
	})
}
