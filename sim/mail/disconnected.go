package mail

import (
	"slices"

	"mailwire/layers"
	"mailwire/layers/application/imap"
)

// synchronise is what a disconnected program does when it has the network (RFC 4549 §3): ask which folders there are, play
// the queue of changes, then bring each folder's copy up to date.
func (r *imapReader) synchronise() {
	if r.client.Can("QRESYNC") {
		r.ask(r.client.Enable("QRESYNC")) // RFC 7162 §3.2.3
	}
	r.tree()
	r.play()
	for _, name := range r.names {
		r.bring(name)
	}
}

// tree asks for the names of all folders. Those that are no longer there are no longer kept.
func (r *imapReader) tree() {
	if r.failure != nil {
		return
	}
	r.listed = nil
	r.ask(r.client.List("", "*"))
	if r.failure != nil {
		return
	}
	for _, l := range r.listed {
		if !l.Has(`\Noselect`) && !l.Has(`\NonExistent`) {
			r.names = append(r.names, l.Name)
		}
	}
	for _, f := range slices.Clone(r.agent.folders) {
		if f.validity != 0 && !slices.Contains(r.names, f.name) {
			r.agent.void(f)
		}
	}
}

// enter selects a folder, unless it is selected, and takes what that tells of the time in which the program was away. It
// is false when the session has failed, or when there is no such folder any more.
func (r *imapReader) enter(name string) bool {
	if r.failure != nil || r.client.Selection().Name == name {
		return r.failure == nil
	}
	f := r.agent.folder(name)
	r.fetched, r.gone = nil, nil
	d := r.try(r.client.SelectWith(name, r.knowledge(f)))
	if r.failure != nil {
		return false
	}
	if !d.OK() {
		r.agent.void(f)
		return false
	}
	s := r.client.Selection()
	if f.validity != 0 && f.validity != s.UIDValidity {
		r.agent.void(f)
	}
	f.validity = s.UIDValidity
	r.entered = sum{folder: name, modSeq: s.HighestModSeq}
	r.heed(f)
	return true
}

// knowledge is what SELECT is told of the copy, so that it tells the difference.
func (r *imapReader) knowledge(f *folder) imap.SelectOptions {
	switch {
	case r.client.Enabled("QRESYNC") && f.validity != 0 && f.modSeq != 0:
		return imap.SelectOptions{QResync: &imap.QResync{UIDValidity: f.validity, ModSeq: f.modSeq}}
	case !r.client.Enabled("QRESYNC") && r.client.Can("CONDSTORE"):
		return imap.SelectOptions{CondStore: true}
	}
	return imap.SelectOptions{}
}

// A sum counts what was different in a folder.
type sum struct {
	folder              string
	fresh, marked, gone int
	modSeq              uint64 // when it was selected
}

// heed takes what the server has told of the mails of the selected folder: flags, and what has vanished.
func (r *imapReader) heed(f *folder) {
	for _, set := range r.gone {
		for _, l := range slices.Clone(r.agent.local) {
			if l.Held == f.name && set.Contains(l.UID, 0) {
				r.vanish(l)
			}
		}
	}
	for _, t := range r.fetched {
		if l := r.agent.at(f.name, t.UID); l != nil && t.HasFlags && r.agent.believe(l, t.Flags) {
			r.entered.marked++
		}
	}
	r.fetched, r.gone = nil, nil
}

// vanish takes a mail off the device that the server does not have any more. One that perhaps has been moved stays until
// its change is played again, which then looks where it went.
func (r *imapReader) vanish(l *Local) {
	moved := slices.ContainsFunc(r.agent.changes, func(c *change) bool { return c.mail == l && c.kind == moving && c.asked })
	l.Held, l.UID = "", 0
	if !moved {
		r.agent.forget(l)
		r.entered.gone++
	}
}

// bring brings the copy of a folder up to date: what is new, then what is different, then what is gone, and then the
// mails themselves (RFC 4549 §4.3.1, §4.3.3).
func (r *imapReader) bring(name string) {
	if !r.enter(name) {
		return
	}
	f := r.agent.folder(name)
	known := f.next
	r.heed(f) // what the playing of changes has told
	r.discover(f)
	if !r.client.Enabled("QRESYNC") && known > 1 {
		r.compare(f, known-1)
	}
	r.load(f)
	if r.failure != nil {
		return // what is not known for sure is asked again
	}
	f.modSeq = r.entered.modSeq
	if r.client.Enabled("QRESYNC") {
		f.modSeq = r.client.Selection().HighestModSeq
	}
	if e := r.entered; e.fresh+e.marked+e.gone > 0 {
		r.agent.tell("mail.synchronised", text("folder", name), layers.A("fresh", layers.Int(e.fresh)), layers.A("marked", layers.Int(e.marked)), layers.A("gone", layers.Int(e.gone)))
	}
}

// discover asks which mails have arrived.
func (r *imapReader) discover(f *folder) {
	s := r.client.Selection()
	if s.Exists == 0 || s.UIDNext != 0 && s.UIDNext <= f.next {
		return
	}
	r.fetched = nil
	r.ask(r.client.UIDFetch(imap.Range(f.next, imap.Star), imap.FetchItem{Name: "FLAGS"}, imap.FetchItem{Name: "RFC822.SIZE"}))
	if r.failure != nil {
		return
	}
	next := max(f.next, s.UIDNext)
	for _, t := range r.fetched {
		if t.UID >= f.next && t.HasSize && r.agent.at(f.name, t.UID) == nil {
			l := r.agent.add(&Local{ID: r.id(t.UID), UID: t.UID, Size: t.Size, Folder: f.name, Held: f.name})
			r.agent.believe(l, t.Flags)
			r.entered.fresh++
		}
		next = max(next, t.UID+1)
	}
	f.next = next
	r.heed(f)
}

// compare asks a server that does not tell by itself what has changed among the known mails: for all flags, or, where it
// counts changes, for those that are different and for the UIDs that are left (RFC 4549 §4.3.1, RFC 7162 §3.1.4.1).
func (r *imapReader) compare(f *folder, last uint32) {
	if r.failure != nil || r.client.Selection().Exists == 0 {
		r.remain(f, last, nil)
		return
	}
	r.fetched, r.found = nil, nil
	old := imap.Range(1, last)
	counted := f.modSeq != 0 && r.entered.modSeq != 0
	if counted {
		r.ask(r.client.UIDFetchChanged(old, f.modSeq, false, imap.FetchItem{Name: "FLAGS"}))
		if r.failure == nil {
			r.ask(r.client.UIDSearch(imap.SearchKey{Name: "UID", Set: old}))
		}
	} else {
		r.ask(r.client.UIDFetch(old, imap.FetchItem{Name: "FLAGS"}))
	}
	left := map[uint32]bool{}
	for _, uid := range r.found {
		left[uid] = true
	}
	if !counted {
		for _, t := range r.fetched {
			left[t.UID] = true
		}
	}
	r.remain(f, last, left)
	r.heed(f)
}

// remain takes off the device which of the known mails are not left on the server.
func (r *imapReader) remain(f *folder, last uint32, left map[uint32]bool) {
	if r.failure != nil {
		return
	}
	for _, l := range slices.Clone(r.agent.local) {
		if l.Held == f.name && l.UID <= last && !left[l.UID] {
			r.vanish(l)
		}
	}
}

// load fetches the mails of a folder that are not here yet, without setting \Seen. Those that came before a connection
// broke off need not come again.
func (r *imapReader) load(f *folder) {
	var missing []uint32
	for _, l := range r.agent.local {
		if l.Held == f.name && l.Whole == nil {
			missing = append(missing, l.UID)
		}
	}
	if r.failure != nil || len(missing) == 0 {
		return
	}
	r.fetchWhole(missing, func(uid uint32) *Local { return r.agent.at(f.name, uid) })
	r.heed(f)
}

// fetchWhole fetches whole mails by one command, and keeps each as it comes.
func (r *imapReader) fetchWhole(uids []uint32, find func(uid uint32) *Local) {
	r.fetched = nil
	r.keeping = func(t *imap.FetchData) {
		if whole, ok := t.Body(""); ok {
			if l := find(t.UID); l != nil {
				l.keep(whole)
			}
		}
	}
	r.ask(r.client.UIDFetch(imap.SetOf(uids...), imap.FetchItem{Name: "BODY[]", Peek: true}))
	r.keeping = nil
}

// download is what a program does that uses IMAP as others use POP3: it fetches all mails of INBOX, and deletes them on
// the server once they are safe here.
func (r *imapReader) download() {
	if r.client.Selection().Exists == 0 {
		return
	}
	r.fetched = nil
	r.ask(r.client.UIDFetch(imap.Range(1, imap.Star), imap.FetchItem{Name: "FLAGS"}, imap.FetchItem{Name: "RFC822.SIZE"}))
	if r.failure != nil {
		return
	}
	var there []*Local
	var missing []uint32
	for _, t := range r.fetched {
		if !t.HasSize {
			continue
		}
		l := r.agent.byID(r.id(t.UID))
		if l == nil {
			l = r.agent.add(&Local{ID: r.id(t.UID), UID: t.UID, Size: t.Size, Flags: t.Flags, Folder: inbox})
		}
		if l.Whole == nil {
			missing = append(missing, t.UID)
		}
		there = append(there, l)
	}
	if len(missing) > 0 {
		r.fetchWhole(missing, func(uid uint32) *Local { return r.agent.byID(r.id(uid)) })
	}
	r.removeSafe(there)
}

// removeSafe deletes on the server what is whole on the device.
func (r *imapReader) removeSafe(there []*Local) {
	var safe []uint32
	for _, l := range there {
		if l.Whole != nil && r.taken(l) {
			safe = append(safe, l.UID)
		}
	}
	if r.failure != nil || len(safe) == 0 {
		return
	}
	set := imap.SetOf(safe...)
	if r.ask(r.client.UIDStore(set, imap.AddFlags, true, imap.Deleted)); r.failure != nil {
		return
	}
	if r.client.Can("UIDPLUS") {
		r.ask(r.client.UIDExpunge(set))
	} else {
		r.ask(r.client.Expunge())
	}
}

// taken says whether a mail is safe on the device.
func (r *imapReader) taken(l *Local) bool {
	if r.failure == nil && r.agent.config.Taken != nil && r.agent.config.Taken(l) != nil {
		r.failure = fail("mail.failed.not-kept", text("subject", l.Subject))
	}
	return r.failure == nil
}
