package imap

import "testing"

// TestFlags: who may set what, what STORE tells of it, and what CLOSE does with \Deleted (RFC 3501 §2.3.2, §6.4.2, §6.4.6).
func TestFlags(t *testing.T) {
	play(t, []played{
		{"a keyword is introduced before it is told", inbox + "c STORE 1 +FLAGS ($Forwarded Todo)\r\nd STORE 2 +FLAGS (todo)\r\ne FETCH 1:2 FLAGS\r\nf STORE 1 -FLAGS ($forwarded)\r\n",
			inboxOK + "* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft $Forwarded Todo)\r\n* OK [PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft $Forwarded Todo \\*)] Flags that stay\r\n* 1 FETCH (FLAGS ($Forwarded Todo \\Recent))\r\nc OK STORE completed\r\n* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft $Forwarded Todo todo)\r\n* OK [PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft $Forwarded Todo todo \\*)] Flags that stay\r\n* 2 FETCH (FLAGS (todo \\Recent))\r\nd OK STORE completed\r\n* 1 FETCH (FLAGS ($Forwarded Todo \\Recent))\r\n* 2 FETCH (FLAGS (todo \\Recent))\r\ne OK FETCH completed\r\n* 1 FETCH (FLAGS (Todo \\Recent))\r\nf OK STORE completed\r\n"},
		{"no such system flag", inbox + "c STORE 1 +FLAGS (\\Important)\r\nd STORE 1 FLAGS (\\*)\r\ne APPEND INBOX (\\Foo) {2+}\r\nhi\r\n",
			inboxOK + "c BAD No such system flag: \\Important\r\nd BAD No such system flag: \\*\r\ne BAD No such system flag: \\Foo\r\n"},
		{"a flag named twice", inbox + "c STORE 1 FLAGS (\\Seen \\seen \\SEEN)\r\n",
			inboxOK + "* 1 FETCH (FLAGS (\\Seen \\Recent))\r\nc OK STORE completed\r\n"},
		{"replaced, and none left", inbox + "c STORE 1 FLAGS (\\Seen \\Draft)\r\nd STORE 1 FLAGS ()\r\ne STORE 1 -FLAGS \\Seen \\Draft\r\n",
			inboxOK + "* 1 FETCH (FLAGS (\\Seen \\Draft \\Recent))\r\nc OK STORE completed\r\n* 1 FETCH (FLAGS (\\Recent))\r\nd OK STORE completed\r\n* 1 FETCH (FLAGS (\\Recent))\r\ne OK STORE completed\r\n"},
		{"silent", inbox + "c STORE 1:2 +FLAGS.SILENT (\\Answered)\r\nd FETCH 1:2 FLAGS\r\n",
			inboxOK + "c OK STORE completed\r\n* 1 FETCH (FLAGS (\\Answered \\Recent))\r\n* 2 FETCH (FLAGS (\\Answered \\Recent))\r\nd OK FETCH completed\r\n"},
		{"by UID", inbox + "c UID STORE 2:9 FLAGS (\\Seen)\r\nd UID STORE 77 FLAGS (\\Seen)\r\n",
			inboxOK + "* 2 FETCH (UID 2 FLAGS (\\Seen \\Recent))\r\nc OK UID STORE completed\r\nd OK UID STORE completed\r\n"},
		{"STORE that is none", inbox + "c STORE 1 FLAGS\r\nd STORE 1 FLAG (\\Seen)\r\ne STORE 1 +FLAGS (\"a\")\r\nf STORE 3 FLAGS ()\r\ng STORE 1:3 FLAGS ()\r\nh STORE 0 FLAGS ()\r\ni STORE 1 \\Seen\r\n",
			inboxOK + "c BAD byte 15: want SP (RFC 3501 section 9)\r\nd BAD byte 10: want FLAGS (RFC 3501 section 9)\r\ne BAD byte 18: want atom (RFC 3501 section 9)\r\nf BAD No such message number\r\ng BAD No such message number\r\nh BAD byte 8: want nz-number (RFC 3501 section 9)\r\ni BAD byte 10: want FLAGS (RFC 3501 section 9)\r\n"},
		{"read only, nothing changes", inbox + "c EXAMINE INBOX\r\nd EXPUNGE\r\ne UID EXPUNGE 1\r\nf MOVE 1 INBOX\r\ng COPY 1 INBOX\r\nh CLOSE\r\n",
			inboxOK + "* OK [CLOSED] Previous mailbox is closed\r\n* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)\r\n* 2 EXISTS\r\n* 0 RECENT\r\n* OK [UNSEEN 1] First unseen\r\n* OK [PERMANENTFLAGS ()] Flags that stay\r\n* OK [UIDNEXT 3] Predicted next UID\r\n* OK [UIDVALIDITY 1] UIDs valid\r\n* OK [HIGHESTMODSEQ 3] Highest\r\nc OK [READ-ONLY] EXAMINE completed\r\nd NO Mailbox is read-only\r\ne NO Mailbox is read-only\r\nf NO Mailbox is read-only\r\n* 3 EXISTS\r\n* 0 RECENT\r\ng OK [COPYUID 1 1 3] COPY completed\r\nh OK CLOSE completed\r\n"},
		{"CLOSE removes silently, UNSELECT nothing", inbox + "c STORE 1 +FLAGS.SILENT \\Deleted\r\nd UNSELECT\r\ne SELECT INBOX\r\nf CLOSE\r\ng STATUS INBOX (MESSAGES)\r\n",
			inboxOK + "c OK STORE completed\r\nd OK UNSELECT completed\r\n* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)\r\n* 2 EXISTS\r\n* 0 RECENT\r\n* OK [UNSEEN 1] First unseen\r\n* OK [PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft \\*)] Flags that stay\r\n* OK [UIDNEXT 3] Predicted next UID\r\n* OK [UIDVALIDITY 1] UIDs valid\r\n* OK [HIGHESTMODSEQ 4] Highest\r\ne OK [READ-WRITE] SELECT completed\r\nf OK CLOSE completed\r\n* STATUS INBOX (MESSAGES 1)\r\ng OK STATUS completed\r\n"},
		{"SELECT of another closes without removing", inbox + "c STORE 1 +FLAGS.SILENT \\Deleted\r\nd SELECT Gone\r\ne STATUS INBOX (MESSAGES RECENT UIDNEXT)\r\nf FETCH 1 UID\r\n",
			inboxOK + "c OK STORE completed\r\n* OK [CLOSED] Previous mailbox is closed\r\nd NO [NONEXISTENT] No such mailbox\r\n* STATUS INBOX (MESSAGES 2 RECENT 0 UIDNEXT 3)\r\ne OK STATUS completed\r\nf BAD FETCH is for the state selected, this is authenticated (RFC 3501 section 6.4.5)\r\n"},
	})
}
