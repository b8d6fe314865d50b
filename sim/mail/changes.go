package mail

import (
	"slices"

	"mailwire/layers"
	"mailwire/layers/application/imap"
)

// A changeKind is what a person has done with a mail.
type changeKind int

const (
	marking   changeKind = iota // set or cleared a flag
	moving                      // put it into another folder
	removing                    // deleted it
	uploading                   // written it: the folder is to have a copy
)

// A change is what was done on the device and the server has not been told of, or has not said that it did.
type change struct {
	mail  *Local
	kind  changeKind
	flag  string // of marking
	on    bool
	to    string // of moving and uploading: the folder
	asked bool   // the server was asked once, and its answer was lost: it may have been done
}

// Waiting is how many changes wait on the device for the server.
func (a *Agent) Waiting() int { return len(a.changes) }

// postpone puts a change into the queue.
func (a *Agent) postpone(c *change) {
	a.changes = append(a.changes, c)
	a.tell("mail.waiting", layers.A("waiting", layers.Int(len(a.changes))))
}

// fileCopy keeps a copy of what has been sent, and puts it into the queue for the server's folder: SMTP does not tell the
// mailbox what was sent through it.
func (a *Agent) fileCopy(data []byte) {
	l := a.add(&Local{Size: int64(len(data)), Folder: sent, Flags: []string{imap.Seen}})
	l.keep(data)
	a.postpone(&change{mail: l, kind: uploading, to: sent})
}

// play plays the queue of changes, in the order in which they were made, before anything is asked (RFC 4549 §3): what
// the person sees afterwards has them in it. A change leaves the queue when the server has answered it.
func (r *imapReader) play() {
	a := r.agent
	played := 0
	for r.failure == nil && len(a.changes) > 0 {
		c := a.changes[0]
		if r.playOne(c) {
			played++
		}
		if r.failure == nil && len(a.changes) > 0 && a.changes[0] == c {
			a.changes = a.changes[1:]
		}
	}
	if played > 0 {
		a.tell("mail.played", layers.A("played", layers.Int(played)), layers.A("waiting", layers.Int(len(a.changes))))
	}
}

// playOne says whether the server has done what was asked. What it has not done is told.
func (r *imapReader) playOne(c *change) bool {
	l := c.mail
	if c.asked && (c.kind == moving || c.kind == uploading) && r.arrived(c) {
		return true
	}
	if r.failure != nil {
		return false
	}
	if c.kind == uploading {
		return r.upload(c)
	}
	if !r.present(l) {
		if r.failure == nil && r.waitsFirst(c) {
			r.agent.tell("mail.change-gone", text("subject", l.Subject))
			r.agent.forget(l)
		}
		return false
	}
	c.asked = true
	switch c.kind {
	case moving:
		return r.relocate(c)
	case removing:
		return r.expunge(c)
	}
	op := imap.AddFlags
	if !c.on {
		op = imap.RemoveFlags
	}
	d := r.try(r.client.UIDStore(imap.SetOf(l.UID), op, false, c.flag))
	return r.settled(d, func() { l.Flags = flagged(l.Flags, c.flag, !c.on) }, l)
}

// waitsFirst says whether a change is still the first of the queue: it is not when its folder has been made void.
func (r *imapReader) waitsFirst(c *change) bool {
	return len(r.agent.changes) > 0 && r.agent.changes[0] == c
}

// settled takes the server's answer to a change. After a refusal the device shows again what the server has.
func (r *imapReader) settled(d *imap.Done, undo func(), l *Local) bool {
	if r.failure != nil {
		return false
	}
	if !d.OK() {
		undo()
		r.agent.tell("mail.change-refused", text("subject", l.Subject), text("answer", d.Status+" "+d.Text))
	}
	return d.OK()
}

// present makes sure that a mail is there: STORE of a UID that is gone is answered OK and does nothing (RFC 3501 §6.4.8).
func (r *imapReader) present(l *Local) bool {
	if l.UID == 0 || !r.enter(l.Held) || l.UID == 0 || r.agent.at(l.Held, l.UID) != l {
		return false
	}
	if r.client.Enabled("QRESYNC") {
		return true // SELECT would have told that it has vanished
	}
	r.fetched = nil
	r.ask(r.client.UIDFetch(imap.SetOf(l.UID), imap.FetchItem{Name: "FLAGS"}))
	for _, f := range r.fetched {
		if f.UID == l.UID {
			return r.failure == nil
		}
	}
	return false
}

// relocate moves a mail on the server, into a folder that is made where it is missing.
func (r *imapReader) relocate(c *change) bool {
	l := c.mail
	d := r.transfer(l, c.to)
	if !r.settled(d, func() { l.Folder = l.Held }, l) {
		return false
	}
	l.Held, l.UID = c.to, r.newUID(d)
	r.findAgain(l, c.to)
	return true
}

// findAgain looks for a mail in the folder where it was put, if the server has not told its UID: one without UIDPLUS
// (RFC 4315 §3). What can't be found is fetched as if it were new (RFC 4549 §4.2.1).
func (r *imapReader) findAgain(l *Local, folder string) {
	if l.UID == 0 && !r.adopt(l, folder) && r.failure == nil {
		r.agent.forget(l)
	}
}

// transfer moves a mail of the selected folder.
func (r *imapReader) transfer(l *Local, to string) *imap.Done {
	return r.creating(to, func() string { return r.client.MoveOrCopy(imap.SetOf(l.UID), to) })
}

// creating does a command that needs a folder. The folder is made first where it is known to be missing, or else when the
// server says so.
func (r *imapReader) creating(folder string, command func() string) *imap.Done {
	if r.names != nil && !slices.Contains(r.names, folder) {
		if made := r.create(folder); r.failure != nil || !made.OK() {
			return made
		}
	}
	d := r.try(command()) // RFC 3501 §6.4.7: NO with TRYCREATE
	if r.failure != nil || d.OK() || d.Code == nil || d.Code.Name != "TRYCREATE" {
		return d
	}
	if made := r.create(folder); r.failure != nil || !made.OK() {
		return made
	}
	return r.try(command())
}

func (r *imapReader) create(folder string) *imap.Done {
	made := r.try(r.client.Create(folder))
	if r.failure == nil && made.OK() {
		r.names = append(r.names, folder)
	}
	return made
}

// newUID is the UID that a mail has got where it was put, as COPYUID and APPENDUID tell it; 0 when they were not told.
func (r *imapReader) newUID(d *imap.Done) uint32 {
	code := d.Code
	if code == nil || len(code.UIDs) == 0 {
		code = r.copied
	}
	r.copied = nil
	if code == nil || len(code.UIDs) == 0 {
		return 0
	}
	return code.UIDs[0].First
}

// expunge removes a mail on the server.
func (r *imapReader) expunge(c *change) bool {
	l := c.mail
	d := r.try(r.client.UIDStore(imap.SetOf(l.UID), imap.AddFlags, true, imap.Deleted))
	if r.failure == nil && d.OK() {
		d = r.try(r.expungeOne(l.UID))
	}
	if !r.settled(d, func() { l.Hidden = false }, l) {
		return false
	}
	r.agent.forget(l)
	return true
}

// expungeOne asks for the mail to be removed that is marked.
func (r *imapReader) expungeOne(uid uint32) string {
	if r.client.Can("UIDPLUS") {
		return r.client.UIDExpunge(imap.SetOf(uid)) // RFC 4315 §2.1: not what other clients have marked
	}
	return r.client.Expunge()
}

// upload puts a mail that was written on the device into a folder (RFC 4549 §4.2.1).
func (r *imapReader) upload(c *change) bool {
	l := c.mail
	c.asked = true
	d := r.creating(c.to, func() string { return r.client.Append(c.to, l.Flags, r.agent.now(), l.Whole) })
	if !r.settled(d, func() {}, l) {
		return false
	}
	l.Held, l.UID = c.to, r.newUID(d)
	r.findAgain(l, c.to)
	return true
}

// arrived says whether what was asked before the connection broke off has been done: then the mail is in its new folder.
func (r *imapReader) arrived(c *change) bool {
	l := c.mail
	from, uid := l.Held, l.UID
	var validity uint32
	if uid != 0 {
		validity = r.agent.folder(from).validity
	}
	if !r.adopt(l, c.to) {
		return false
	}
	if c.kind == moving && uid != 0 && r.enter(from) && r.agent.folder(from).validity == validity {
		// By a server without MOVE it was copied, and perhaps not yet removed.
		r.ask(r.client.UIDStore(imap.SetOf(uid), imap.AddFlags, true, imap.Deleted))
		if r.failure == nil {
			r.ask(r.expungeOne(uid))
		}
	}
	return r.failure == nil
}

// adopt finds a mail by its Message-ID among those that a folder has got since it was looked at last.
func (r *imapReader) adopt(l *Local, folder string) bool {
	id := l.identity()
	if id == "" || !slices.Contains(r.names, folder) || !r.enter(folder) {
		return false
	}
	next := r.agent.folder(folder).next
	since := imap.SearchKey{Name: "UID", Set: imap.Range(next, imap.Star)}
	r.found = nil
	r.ask(r.client.UIDSearch(imap.SearchKey{Name: "AND", Keys: []imap.SearchKey{since, {Name: "HEADER", Field: "Message-ID", Text: id}}}))
	for _, uid := range r.found {
		// RFC 3501 §9 seq-range: "n:*" names the last mail even where its UID is below n.
		if r.failure == nil && uid >= next && r.agent.at(folder, uid) == nil {
			l.Held, l.UID = folder, uid
			return true
		}
	}
	return false
}
