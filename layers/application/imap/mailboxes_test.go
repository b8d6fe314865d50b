package imap

import "testing"

// TestMailboxNames: INBOX, hierarchy, names in modified UTF-7, subscriptions (RFC 3501 §5.1, §6.3).
func TestMailboxNames(t *testing.T) {
	play(t, []played{
		{"INBOX cannot be made or removed", login + "b CREATE inbox\r\nc CREATE InBox/Lists\r\nd DELETE iNBOX\r\ne LIST \"\" inbox\r\nf LIST \"\" inbox/%\r\ng LIST INBOX/ L*\r\n",
			loginOK + "b NO [ALREADYEXISTS] Mailbox already exists\r\nc OK CREATE completed\r\nd NO [CANNOT] INBOX can't be deleted\r\n* LIST (\\HasChildren) \"/\" INBOX\r\ne OK LIST completed\r\n* LIST (\\HasNoChildren) \"/\" INBOX/Lists\r\nf OK LIST completed\r\n* LIST (\\HasNoChildren) \"/\" INBOX/Lists\r\ng OK LIST completed\r\n"},
		{"a delimiter at the end", login + "b CREATE Work/\r\nc CREATE Work/2026/\r\nd RENAME Work/2026 Work/2027/\r\ne LIST \"\" *\r\n",
			loginOK + "b OK CREATE completed\r\nc OK CREATE completed\r\nd OK RENAME completed\r\n* LIST (\\HasNoChildren) \"/\" INBOX\r\n* LIST (\\HasChildren) \"/\" Work\r\n* LIST (\\HasNoChildren) \"/\" Work/2027\r\ne OK LIST completed\r\n"},
		{"a name with names below it stays", login + "b CREATE a/b\r\nc DELETE a\r\nd CREATE a\r\ne DELETE a\r\nf LIST \"\" a*\r\ng DELETE a\r\nh DELETE a/b\r\ni DELETE a\r\n",
			loginOK + "b OK CREATE completed\r\nc NO [HASCHILDREN] There are mailboxes below this name\r\nd OK CREATE completed\r\ne OK DELETE completed\r\n* LIST (\\Noselect \\HasChildren) \"/\" a\r\n* LIST (\\HasNoChildren) \"/\" a/b\r\nf OK LIST completed\r\ng NO [HASCHILDREN] There are mailboxes below this name\r\nh OK DELETE completed\r\ni NO [NONEXISTENT] No such mailbox\r\n"},
		{"INBOX renamed moves its mails and stays", login + "b RENAME INBOX Kept\r\nc STATUS Kept (MESSAGES)\r\nd STATUS INBOX (MESSAGES)\r\n",
			loginOK + "b OK RENAME completed\r\n* STATUS Kept (MESSAGES 2)\r\nc OK STATUS completed\r\n* STATUS INBOX (MESSAGES 0)\r\nd OK STATUS completed\r\n"},
		{"renamed to where something is, from nowhere, and into itself", login + "b CREATE a\r\nc CREATE b\r\nd RENAME a b\r\ne RENAME c d\r\nf RENAME a a/c\r\ng RENAME a INBOX\r\nh RENAME a \"\"\r\n",
			loginOK + "b OK CREATE completed\r\nc OK CREATE completed\r\nd NO [ALREADYEXISTS] Mailbox already exists\r\ne NO [NONEXISTENT] No such mailbox\r\nf NO [CANNOT] Mailbox name is not permitted\r\ng NO [ALREADYEXISTS] Mailbox already exists\r\nh NO [CANNOT] Mailbox name is not permitted\r\n"},
		{"a tree is renamed with what is below", login + "b CREATE a/b\r\nc CREATE a/c\r\nd CREATE ab\r\ne RENAME a/b x/y\r\nf LIST \"\" *\r\n",
			loginOK + "b OK CREATE completed\r\nc OK CREATE completed\r\nd OK CREATE completed\r\ne OK RENAME completed\r\n* LIST (\\HasNoChildren) \"/\" INBOX\r\n* LIST (\\Noselect \\HasChildren) \"/\" a\r\n* LIST (\\HasNoChildren) \"/\" a/c\r\n* LIST (\\HasNoChildren) \"/\" ab\r\n* LIST (\\Noselect \\HasChildren) \"/\" x\r\n* LIST (\\HasNoChildren) \"/\" x/y\r\nf OK LIST completed\r\n"},
		{"patterns", login + "b CREATE a/b/c\r\nc LIST \"\" %/%\r\nd LIST \"\" a*c\r\ne LIST a/ %\r\nf LIST a/ b/%\r\ng LIST \"\" nothing\r\nh LIST \"\" \"a/%/*\"\r\ni LIST \"\" NIL\r\n",
			loginOK + "b OK CREATE completed\r\n* LIST (\\Noselect \\HasChildren) \"/\" a/b\r\nc OK LIST completed\r\n* LIST (\\HasNoChildren) \"/\" a/b/c\r\nd OK LIST completed\r\n* LIST (\\Noselect \\HasChildren) \"/\" a/b\r\ne OK LIST completed\r\n* LIST (\\HasNoChildren) \"/\" a/b/c\r\nf OK LIST completed\r\ng OK LIST completed\r\n* LIST (\\HasNoChildren) \"/\" a/b/c\r\nh OK LIST completed\r\ni OK LIST completed\r\n"},
		{"names that are not modified UTF-7", login + "b CREATE a&b\r\nc SELECT &Jjo\r\nd STATUS &AGE- (MESSAGES)\r\ne LIST \"\" a&b\r\nf CREATE &Jjo-\r\n",
			loginOK + "b NO [CANNOT] Mailbox name is not modified UTF-7\r\nc NO [CANNOT] Mailbox name is not modified UTF-7\r\nd NO [CANNOT] Mailbox name is not modified UTF-7\r\ne OK LIST completed\r\nf OK CREATE completed\r\n"},
		{"names that cannot be", login + "b CREATE \"\"\r\nc CREATE /\r\nd CREATE a//b\r\ne CREATE \"a%\"\r\nf CREATE \"a*\"\r\ng SELECT \"\"\r\n",
			loginOK + "b NO [CANNOT] Mailbox name is not permitted\r\nc NO [CANNOT] Mailbox name is not permitted\r\nd NO [CANNOT] Mailbox name is not permitted\r\ne NO [CANNOT] Mailbox name is not permitted\r\nf NO [CANNOT] Mailbox name is not permitted\r\ng NO [NONEXISTENT] No such mailbox\r\n"},
		{"STATUS of things that are not", login + "b STATUS Gone (MESSAGES)\r\nc STATUS INBOX ()\r\nd STATUS INBOX (FROB)\r\ne STATUS INBOX MESSAGES\r\n",
			loginOK + "b NO [NONEXISTENT] No such mailbox\r\nc BAD byte 17: want status-att (RFC 3501 section 9)\r\nd BAD byte 16: want status-att (RFC 3501 section 9)\r\ne BAD byte 15: want '(' (RFC 3501 section 9)\r\n"},
		{"subscribed names stay", login + "b CREATE a\r\nc SUBSCRIBE a\r\nd DELETE a\r\ne LSUB \"\" *\r\nf LSUB \"\" %\r\ng UNSUBSCRIBE a\r\nh UNSUBSCRIBE a\r\ni LSUB \"\" *\r\n",
			loginOK + "b OK CREATE completed\r\nc OK SUBSCRIBE completed\r\nd OK DELETE completed\r\n* LSUB (\\Noselect) \"/\" a\r\ne OK LSUB completed\r\n* LSUB (\\Noselect) \"/\" a\r\nf OK LSUB completed\r\ng OK UNSUBSCRIBE completed\r\nh OK UNSUBSCRIBE completed\r\ni OK LSUB completed\r\n"},
	})
}
