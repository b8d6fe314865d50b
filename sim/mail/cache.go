package mail

import (
	"slices"

	"mailwire/layers"
	"mailwire/layers/application/imap"
	"mailwire/layers/application/message"
)

// inbox is the folder where mail arrives (RFC 3501 §5.1).
const inbox = "INBOX"

// sent is where a program keeps copies of what it has sent.
const sent = "Sent"

// A folder is what a disconnected program remembers of a mailbox, beside its mails. All of it holds as long as the
// mailbox has the same UIDVALIDITY (RFC 4549 §4.1).
type folder struct {
	name     string
	validity uint32 // 0: never selected
	next     uint32 // all mails below this UID are known
	modSeq   uint64 // all changes up to here are known; 0 where the server does not count them
}

// folder finds a folder, or makes one that has not been selected yet.
func (a *Agent) folder(name string) *folder {
	for _, f := range a.folders {
		if f.name == name {
			return f
		}
	}
	f := &folder{name: name, next: 1}
	a.folders = append(a.folders, f)
	return f
}

// at finds the mail that the server keeps in a folder under a UID.
func (a *Agent) at(folder string, uid uint32) *Local {
	for _, l := range a.local {
		if l.Held == folder && l.UID == uid {
			return l
		}
	}
	return nil
}

// forget throws away the copy of a mail.
func (a *Agent) forget(l *Local) {
	a.local = slices.DeleteFunc(a.local, func(other *Local) bool { return other == l })
}

// void throws away all that was remembered of a folder whose UIDs no longer mean the same mails, and the changes that
// wait for these: they would hit others (RFC 4549 §4.1).
func (a *Agent) void(f *folder) {
	var mails, changes int
	a.changes = slices.DeleteFunc(a.changes, func(c *change) bool {
		lost := c.mail.Held == f.name
		if lost {
			changes++
		}
		return lost
	})
	a.local = slices.DeleteFunc(a.local, func(l *Local) bool {
		lost := l.Held == f.name
		if lost {
			mails++
		}
		return lost
	})
	f.validity, f.next, f.modSeq = 0, 1, 0
	if mails+changes > 0 {
		a.tell("mail.cache-void", text("folder", f.name), layers.A("mails", layers.Int(mails)), layers.A("changes", layers.Int(changes)))
	}
}

// flagged is flags with one of them set or cleared.
func flagged(flags []string, flag string, on bool) []string {
	flags = slices.DeleteFunc(slices.Clone(flags), func(f string) bool { return imap.CanonicalFlag(f) == flag })
	if on {
		flags = append(flags, flag)
	}
	return flags
}

// believe takes the flags of a mail as the server has them. What waits to be played still shows: both sides' changes are
// kept (RFC 4549 §4.2.3).
func (a *Agent) believe(l *Local, flags []string) (news bool) {
	merged := slices.DeleteFunc(slices.Clone(flags), func(f string) bool { return imap.CanonicalFlag(f) == imap.Recent })
	for _, c := range a.changes {
		if c.mail == l && c.kind == marking {
			merged = flagged(merged, c.flag, c.on)
		}
	}
	news = !sameFlags(l.Flags, merged)
	l.Flags = merged
	return news
}

func sameFlags(a, b []string) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(f string) bool { return !imap.HasFlag(b, f) })
}

// keep takes the whole of a mail.
func (l *Local) keep(whole []byte) {
	l.Whole, l.Header, l.Text = slices.Clone(whole), nil, nil
	header, _ := message.ParseHeader(l.Whole)
	l.Subject = header.Decoded("Subject")
}

// identity is the mail's Message-ID, which goes with it into every folder; "" where it has none.
func (l *Local) identity() string {
	header, _ := message.ParseHeader(l.Whole)
	return header.Unfolded("Message-ID").Value
}
