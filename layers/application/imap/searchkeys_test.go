package imap

import "testing"

// TestSearchKeys: each key of SEARCH, and what is none (RFC 3501 §6.4.4).
func TestSearchKeys(t *testing.T) {
	play(t, []played{
		{"flags", inbox + "c STORE 1 FLAGS (\\Answered $Todo)\r\nd SEARCH ANSWERED\r\ne SEARCH UNANSWERED\r\nf SEARCH KEYWORD $todo\r\ng SEARCH UNKEYWORD $Todo\r\nh SEARCH DELETED\r\ni SEARCH UNDELETED\r\nj SEARCH DRAFT\r\nk SEARCH UNDRAFT\r\nl SEARCH FLAGGED\r\nm SEARCH UNFLAGGED\r\n",
			inboxOK + "* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft $Todo)\r\n* OK [PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft $Todo \\*)] Flags that stay\r\n* 1 FETCH (FLAGS (\\Answered $Todo \\Recent))\r\nc OK STORE completed\r\n* SEARCH 1\r\nd OK SEARCH completed\r\n* SEARCH 2\r\ne OK SEARCH completed\r\n* SEARCH 1\r\nf OK SEARCH completed\r\n* SEARCH 2\r\ng OK SEARCH completed\r\n* SEARCH\r\nh OK SEARCH completed\r\n* SEARCH 1 2\r\ni OK SEARCH completed\r\n* SEARCH\r\nj OK SEARCH completed\r\n* SEARCH 1 2\r\nk OK SEARCH completed\r\n* SEARCH\r\nl OK SEARCH completed\r\n* SEARCH 1 2\r\nm OK SEARCH completed\r\n"},
		{"seen and recent", inbox + "c FETCH 1 BODY[]\r\nd SEARCH SEEN\r\ne SEARCH UNSEEN\r\nf SEARCH NEW\r\ng SEARCH OLD\r\nh SEARCH RECENT\r\n",
			inboxOK + "* 1 FETCH (FLAGS (\\Seen \\Recent) BODY[] {145}\r\nFrom: Ana <ana@example.net>\r\nTo: bob@example.org\r\nSubject: Lunch\r\nDate: Mon, 5 Jan 2026 08:59:00 +0000\r\nMessage-ID: <1@example.net>\r\n\r\nAt noon?\r\n)\r\nc OK FETCH completed\r\n* SEARCH 1\r\nd OK SEARCH completed\r\n* SEARCH 2\r\ne OK SEARCH completed\r\n* SEARCH 2\r\nf OK SEARCH completed\r\n* SEARCH\r\ng OK SEARCH completed\r\n* SEARCH 1 2\r\nh OK SEARCH completed\r\n"},
		{"numbers", inbox + "c SEARCH 2\r\nd SEARCH 2:1\r\ne SEARCH *\r\nf SEARCH 3:*\r\ng SEARCH 9\r\nh SEARCH 1,9\r\ni SEARCH UID 1\r\nj SEARCH UID 9:*\r\nk UID SEARCH 2\r\n",
			inboxOK + "* SEARCH 2\r\nc OK SEARCH completed\r\n* SEARCH 1 2\r\nd OK SEARCH completed\r\n* SEARCH 2\r\ne OK SEARCH completed\r\n* SEARCH\r\nf OK SEARCH completed\r\n* SEARCH\r\ng OK SEARCH completed\r\n* SEARCH 1\r\nh OK SEARCH completed\r\n* SEARCH 1\r\ni OK SEARCH completed\r\n* SEARCH 2\r\nj OK SEARCH completed\r\n* SEARCH 2\r\nk OK UID SEARCH completed\r\n"},
		{"together, either, not", inbox + "c SEARCH 1 2\r\nd SEARCH OR 1 2\r\ne SEARCH NOT 1\r\nf SEARCH (1 NOT 2)\r\ng SEARCH OR (1 2) (2)\r\nh SEARCH NOT NOT NOT 1\r\n",
			inboxOK + "* SEARCH\r\nc OK SEARCH completed\r\n* SEARCH 1 2\r\nd OK SEARCH completed\r\n* SEARCH 2\r\ne OK SEARCH completed\r\n* SEARCH 1\r\nf OK SEARCH completed\r\n* SEARCH 2\r\ng OK SEARCH completed\r\n* SEARCH 2\r\nh OK SEARCH completed\r\n"},
		{"headers", inbox + "c SEARCH FROM ana\r\nd SEARCH FROM \"ana@example.net\"\r\ne SEARCH TO bob\r\nf SEARCH CC ana\r\ng SEARCH BCC ana\r\nh SEARCH SUBJECT pict\r\ni SEARCH HEADER Message-ID 1@\r\nj SEARCH HEADER Message-ID \"\"\r\nk SEARCH NOT HEADER Date \"\"\r\n",
			inboxOK + "* SEARCH 1 2\r\nc OK SEARCH completed\r\n* SEARCH 1 2\r\nd OK SEARCH completed\r\n* SEARCH 1\r\ne OK SEARCH completed\r\n* SEARCH\r\nf OK SEARCH completed\r\n* SEARCH\r\ng OK SEARCH completed\r\n* SEARCH 2\r\nh OK SEARCH completed\r\n* SEARCH 1\r\ni OK SEARCH completed\r\n* SEARCH 1\r\nj OK SEARCH completed\r\n* SEARCH 2\r\nk OK SEARCH completed\r\n"},
		{"the text", inbox + "c SEARCH BODY noon\r\nd SEARCH BODY lunch\r\ne SEARCH TEXT lunch\r\nf SEARCH TEXT look\r\ng SEARCH BODY iVBOR\r\nh SEARCH TEXT boundary=b\r\n",
			inboxOK + "* SEARCH 1\r\nc OK SEARCH completed\r\n* SEARCH\r\nd OK SEARCH completed\r\n* SEARCH 1\r\ne OK SEARCH completed\r\n* SEARCH 2\r\nf OK SEARCH completed\r\n* SEARCH\r\ng OK SEARCH completed\r\n* SEARCH 2\r\nh OK SEARCH completed\r\n"},
		{"sizes", inbox + "c SEARCH LARGER 100\r\nd SEARCH SMALLER 200\r\ne SEARCH LARGER 200\r\nf SEARCH SMALLER 5000000000\r\n",
			inboxOK + "* SEARCH 1 2\r\nc OK SEARCH completed\r\n* SEARCH 1\r\nd OK SEARCH completed\r\n* SEARCH 2\r\ne OK SEARCH completed\r\n* SEARCH 1 2\r\nf OK SEARCH completed\r\n"},
		{"days", inbox + "c SEARCH ON 5-Jan-2026\r\nd SEARCH BEFORE 5-Jan-2026\r\ne SEARCH SINCE 5-Jan-2026\r\nf SEARCH SENTON \"5-Jan-2026\"\r\ng SEARCH SENTBEFORE 6-Jan-2026\r\nh SEARCH SENTSINCE 06-Jan-2026\r\ni SEARCH NOT SENTON 5-Jan-2026\r\nj SEARCH ON 32-Jan-2026\r\n",
			inboxOK + "* SEARCH 1 2\r\nc OK SEARCH completed\r\n* SEARCH\r\nd OK SEARCH completed\r\n* SEARCH 1 2\r\ne OK SEARCH completed\r\n* SEARCH 1\r\nf OK SEARCH completed\r\n* SEARCH 1\r\ng OK SEARCH completed\r\n* SEARCH\r\nh OK SEARCH completed\r\n* SEARCH 2\r\ni OK SEARCH completed\r\nj BAD byte 12: want date (RFC 3501 section 9)\r\n"},
		{"charsets", inbox + "c SEARCH CHARSET US-ASCII SUBJECT lunch\r\nd SEARCH CHARSET utf-8 SUBJECT {5+}\r\nlunch\r\ne SEARCH CHARSET iso-8859-1 NOT SUBJECT {1+}\r\n\xfc\r\nf SEARCH CHARSET \"klingon\" ALL\r\n",
			inboxOK + "* SEARCH 1\r\nc OK SEARCH completed\r\n* SEARCH 1\r\nd OK SEARCH completed\r\n* SEARCH 1 2\r\ne OK SEARCH completed\r\nf NO [BADCHARSET (US-ASCII UTF-8)] Unknown charset\r\n"},
		{"keys that are none", inbox + "c SEARCH\r\nd SEARCH FROB\r\ne SEARCH OR 1\r\nf SEARCH NOT\r\ng SEARCH ()\r\nh SEARCH KEYWORD \\Seen\r\ni SEARCH SUBJECT\r\nj SEARCH CHARSET UTF-8\r\nk SEARCH ALL ALL)\r\n",
			inboxOK + "c BAD byte 8: want SP (RFC 3501 section 9)\r\nd BAD byte 9: want number (RFC 3501 section 9)\r\ne BAD byte 13: want SP (RFC 3501 section 9)\r\nf BAD byte 12: want SP (RFC 3501 section 9)\r\ng BAD byte 9: want search-key (RFC 3501 section 9)\r\nh BAD byte 17: want atom (RFC 3501 section 9)\r\ni BAD byte 16: want SP (RFC 3501 section 9)\r\nj BAD byte 22: want SP (RFC 3501 section 9)\r\nk BAD byte 16: want end of line (RFC 3501 section 9)\r\n"},
	})
}
