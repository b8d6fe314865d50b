package imap

import "testing"

// TestLiterals: a literal is waited for only where the command may have it, and is never longer than agreed (RFC 3501 §4.3, RFC 7888).
func TestLiterals(t *testing.T) {
	play(t, []played{
		{"a literal behind an unknown command is not waited for", "a FROB {5}\r\nb NOOP\r\n",
			"a BAD byte 2: want a command (RFC 3501 section 6)\r\nb OK NOOP completed\r\n"},
		{"one behind a command of another state neither", "a SELECT {5}\r\nb NOOP\r\n",
			"a BAD SELECT is for the state authenticated or selected, this is not authenticated (RFC 3501 section 6.3.1)\r\nb OK NOOP completed\r\n"},
		{"what does not wait is read to its end", "a FROB {5+}\r\nhello\r\nb NOOP\r\n",
			"a BAD byte 2: want a command (RFC 3501 section 6)\r\nb OK NOOP completed\r\n"},
		{"two literals", login + "c CREATE {4+}\r\nWork\r\nd RENAME {4+}\r\nWork {3+}\r\nOld\r\ne LIST \"\" {1+}\r\n%\r\n",
			loginOK + "c OK CREATE completed\r\nd OK RENAME completed\r\n* LIST (\\HasNoChildren) \"/\" INBOX\r\n* LIST (\\HasNoChildren) \"/\" Old\r\ne OK LIST completed\r\n"},
		{"a literal of none", login + "c SELECT {0}\r\n\r\nd NOOP\r\n",
			loginOK + "+ Ready for literal data\r\nc NO [NONEXISTENT] No such mailbox\r\nd OK NOOP completed\r\n"},
		{"a literal where a number is meant", login + "c FETCH {1}\r\n1 FLAGS\r\n",
			loginOK + "c BAD FETCH is for the state selected, this is authenticated (RFC 3501 section 6.4.5)\r\n1 BAD byte 2: want a command (RFC 3501 section 6)\r\n"},
		{"a name with a line end", login + "c CREATE {4+}\r\na\r\nb\r\n",
			loginOK + "c NO [CANNOT] Mailbox name is not permitted\r\n"},
		{"too long, and not waited for", login + "c CREATE {99999+}\r\n\r\n",
			loginOK + "* BYE [TOOBIG] Literal is too long\r\n"},
		{"NUL in a mail", inbox + "c APPEND INBOX {3+}\r\na\x00b\r\n",
			inboxOK + "c BAD A literal holds no NUL\r\n"},
		{"a mail of nothing", inbox + "c APPEND INBOX {0+}\r\n\r\nd NOOP\r\n",
			inboxOK + "c NO Message is empty\r\nd OK NOOP completed\r\n"},
		{"a mail too long, refused before it is sent", inbox + "c APPEND INBOX {99999999}\r\nd NOOP\r\n",
			inboxOK + "c NO [TOOBIG] Literal is too long\r\nd OK NOOP completed\r\n"},
	})
}
