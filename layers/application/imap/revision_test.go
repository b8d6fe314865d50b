package imap

import "testing"

// TestRevision2: what is different for a client that has enabled IMAP4rev2 (RFC 9051 Appendix E).
func TestRevision2(t *testing.T) {
	playBehind(t, four, login+"b ENABLE IMAP4rev2\r\n", []played{
		{"SELECT tells the name, and nothing of recent or unseen", "c SELECT inbox|d EXAMINE INBOX|",
			"* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)|* 4 EXISTS|* LIST () \"/\" INBOX|* OK [PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft \\*)] Flags that stay|" +
				"* OK [UIDNEXT 5] Predicted next UID|* OK [UIDVALIDITY 1] UIDs valid|* OK [HIGHESTMODSEQ 5] Highest|c OK [READ-WRITE] SELECT completed|" +
				"* OK [CLOSED] Previous mailbox is closed|* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)|* 4 EXISTS|* LIST () \"/\" INBOX|* OK [PERMANENTFLAGS ()] Flags that stay|" +
				"* OK [UIDNEXT 5] Predicted next UID|* OK [UIDVALIDITY 1] UIDs valid|* OK [HIGHESTMODSEQ 5] Highest|d OK [READ-ONLY] EXAMINE completed|"},
		{"names as they are", "c CREATE \"Entwürfe & mehr\"|d LIST \"\" \"Entw*\"|e STATUS \"Entwürfe & mehr\" (MESSAGES)|f CREATE A&-B|g LIST \"\" A*|",
			"c OK CREATE completed|* LIST (\\HasNoChildren) \"/\" \"Entwürfe & mehr\"|d OK LIST completed|* STATUS \"Entwürfe & mehr\" (MESSAGES 0)|e OK STATUS completed|" +
				"f OK CREATE completed|* LIST (\\HasNoChildren) \"/\" A&-B|g OK LIST completed|"},
		{"what is no more", "c LSUB \"\" *|d STATUS INBOX (RECENT)|", "c BAD IMAP4rev2 has no LSUB (RFC 9051 Appendix E)|d BAD IMAP4rev2 has no RECENT (RFC 9051 Appendix E)|"},
	})
	playBehind(t, four, login+"b ENABLE IMAP4REV2 FOO\r\nc SELECT INBOX\r\n", []played{
		{"SEARCH always answers with ESEARCH", "d SEARCH ALL|e UID SEARCH SUBJECT zebra|f SEARCH RETURN (COUNT) SUBJECT nothing|",
			"* ESEARCH (TAG \"d\") ALL 1:4|d OK SEARCH completed|* ESEARCH (TAG \"e\") UID ALL 3|e OK UID SEARCH completed|* ESEARCH (TAG \"f\") COUNT 0|f OK SEARCH completed|"},
		{"changes come with UIDs and without \\Recent", "d STORE 1 +FLAGS (\\Deleted)|e EXPUNGE|f APPEND INBOX {4+}|A: b|",
			"* 1 FETCH (UID 1 FLAGS (\\Deleted))|d OK STORE completed|* 1 EXPUNGE|e OK EXPUNGE completed|* 4 EXISTS|f OK [APPENDUID 1 5] APPEND completed|"},
		{"what is no more", "d CHECK|e SEARCH NEW|f FETCH 1 RFC822.HEADER|g SEARCH NOT (OR RECENT SEEN)|h FETCH 1 RFC822.SIZE|",
			"d BAD IMAP4rev2 has no CHECK (RFC 9051 Appendix E)|e BAD IMAP4rev2 has no NEW (RFC 9051 Appendix E)|f BAD IMAP4rev2 has no RFC822.HEADER (RFC 9051 Appendix E)|" +
				"g BAD IMAP4rev2 has no RECENT (RFC 9051 Appendix E)|* 1 FETCH (RFC822.SIZE " + sizes(lunch) + ")|h OK FETCH completed|"},
	})
}

// TestUTF8Accept: names and searches in UTF-8 (RFC 9755).
func TestUTF8Accept(t *testing.T) {
	playBehind(t, four, login+"b ENABLE UTF8=ACCEPT\r\n", []played{
		{"names as they are", "c CREATE \"Übung\"|d LIST \"\" \"Ü%\" RETURN (CHILDREN)|", "c OK CREATE completed|* LIST (\\HasNoChildren) \"/\" \"Übung\"|d OK LIST completed|"},
		{"a search has no charset", "c EXAMINE INBOX|d SEARCH CHARSET UTF-8 FROM \"änne\"|e SEARCH FROM \"änne\"|",
			"* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)|* 4 EXISTS|* 4 RECENT|* OK [UNSEEN 1] First unseen|* OK [PERMANENTFLAGS ()] Flags that stay|* OK [UIDNEXT 5] Predicted next UID|" +
				"* OK [UIDVALIDITY 1] UIDs valid|* OK [HIGHESTMODSEQ 5] Highest|c OK [READ-ONLY] EXAMINE completed|d BAD With UTF8=ACCEPT a SEARCH has no charset|* SEARCH 3|e OK SEARCH completed|"},
		{"a mail with headers in UTF-8", "c APPEND INBOX UTF8 (~{15+}|Subject: Übung)|d APPEND INBOX ~{15+}|Subject: Übung|", "c OK [APPENDUID 1 5] APPEND completed|d OK [APPENDUID 1 6] APPEND completed|"},
	})
	playBehind(t, four, login, []played{{"not without asking", "b CREATE Entw&APw-rfe|c LIST \"\" E*|", "b OK CREATE completed|* LIST (\\HasNoChildren) \"/\" Entw&APw-rfe|c OK LIST completed|"}})
}
