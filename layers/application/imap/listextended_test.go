package imap

import "testing"

// TestListExtended: a client chooses what is listed and what is told of it (RFC 5258, RFC 5819, RFC 6154).
func TestListExtended(t *testing.T) {
	folders := login + "b CREATE Sent\r\nb CREATE Work/2026/May\r\nb CREATE Work/2025 (USE (\\Archive))\r\nb SUBSCRIBE Work/2026/May\r\nb SUBSCRIBE Sent\r\nb SUBSCRIBE Gone\r\n"
	playBehind(t, four, folders, []played{
		{"several patterns", "c LIST \"\" (INBOX \"S%\" Work/*5)|",
			"* LIST () \"/\" INBOX|* LIST () \"/\" Sent|* LIST () \"/\" Work/2025|c OK LIST completed|"},
		{"subscribed names, even of what is not there", "c LIST (SUBSCRIBED) \"\" *|",
			"* LIST (\\NonExistent \\Subscribed) \"/\" Gone|* LIST (\\Subscribed) \"/\" Sent|* LIST (\\Subscribed) \"/\" Work/2026/May|c OK LIST completed|"},
		{"all, and whether they are subscribed and have children", "c LIST \"\" * RETURN (SUBSCRIBED CHILDREN)|",
			"* LIST (\\HasNoChildren) \"/\" INBOX|* LIST (\\Subscribed \\HasNoChildren) \"/\" Sent|* LIST (\\HasNoChildren) \"/\" Work/2025|* LIST (\\Subscribed \\HasNoChildren) \"/\" Work/2026/May|c OK LIST completed|"},
		{"a level that is only a name", "c LIST () \"\" %|", "* LIST () \"/\" INBOX|* LIST () \"/\" Sent|* LIST (\\NonExistent \\HasChildren) \"/\" Work|c OK LIST completed|"},
		{"RECURSIVEMATCH tells of what is further down", "c LIST (SUBSCRIBED RECURSIVEMATCH) \"\" %|d LIST (RECURSIVEMATCH SUBSCRIBED) \"\" (Work Work/*)|",
			"* LIST (\\NonExistent \\Subscribed) \"/\" Gone|* LIST (\\Subscribed) \"/\" Sent|* LIST (\\NonExistent) \"/\" Work (CHILDINFO (\"SUBSCRIBED\"))|c OK LIST completed|" +
				"* LIST (\\Subscribed) \"/\" Work/2026/May|d OK LIST completed|"},
		{"special uses", "c LIST (SPECIAL-USE) \"\" *|d LIST \"\" % RETURN (SPECIAL-USE)|",
			"* LIST (\\Sent) \"/\" Sent|* LIST (\\Archive) \"/\" Work/2025|c OK LIST completed|* LIST () \"/\" INBOX|* LIST (\\Sent) \"/\" Sent|* LIST (\\NonExistent \\HasChildren) \"/\" Work|d OK LIST completed|"},
		{"counts with the names", "c LIST \"\" (INBOX Work) RETURN (STATUS (MESSAGES UNSEEN))|",
			"* LIST () \"/\" INBOX|* STATUS INBOX (MESSAGES 4 UNSEEN 4)|* LIST (\\NonExistent \\HasChildren) \"/\" Work|c OK LIST completed|"},
		{"the empty pattern is not special here", "c LIST () \"\" \"\"|", "c OK LIST completed|"},
		{"what is no option", "c LIST (COLOUR) \"\" *|d LIST (RECURSIVEMATCH REMOTE) \"\" *|e LIST \"\" * RETURN (COLOUR)|f LIST (REMOTE) \"\" Sent|",
			"c BAD byte 8: want list-select-opt (RFC 5258 section 6)|d BAD byte 31: want a selection option besides RECURSIVEMATCH (RFC 5258 section 3.1)|e BAD byte 20: want return-option (RFC 5258 section 6)|* LIST () \"/\" Sent|f OK LIST completed|"},
		{"made for a purpose", "c CREATE A (USE (\\trash))|d CREATE B (USE (\\Colour))|e CREATE C (USE (\\Sent \\Junk))|f LIST \"\" (A B C) RETURN (SPECIAL-USE)|",
			"c OK CREATE completed|d NO [USEATTR] No mailbox can be used for that|e NO [USEATTR] No mailbox can be used for that|* LIST (\\Trash) \"/\" A|f OK LIST completed|"},
	})
}
