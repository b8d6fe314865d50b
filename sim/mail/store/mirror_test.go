package store

import (
	"fmt"
	"slices"
	"strings"

	"mailwire/layers/application/imap"
)

// heard compares what the server tells with what the mirror shows.
func (m *mirror) heard(e imap.ClientEvent) {
	switch e := e.(type) {
	case *imap.ServerError:
		m.fault("cannot read %q: %v", e.Line, e.Why)
	case *imap.Done:
		m.done(e)
	case *imap.Told:
		m.told(e.Response)
	}
}

func (m *mirror) told(r *imap.Response) {
	var answered order
	if len(m.queue) > 0 {
		answered = *m.pending[m.queue[0]]
	}
	n := int(r.Number)
	switch r.Name {
	case "EXISTS":
		if n < len(m.mails) {
			m.fault("EXISTS falls from %d to %d", len(m.mails), n)
		}
		for len(m.mails) < n {
			m.mails = append(m.mails, mirrored{})
		}
	case "RECENT":
		if m.recents = r.Number; n > len(m.mails) || m.speaks == "IMAP4rev2" {
			m.fault("RECENT %d of %d", n, len(m.mails))
		}
	case "EXPUNGE":
		switch {
		case n < 1 || n > len(m.mails):
			m.fault("EXPUNGE %d of %d", n, len(m.mails))
		case answered.bySequence() || m.speaks == "QRESYNC":
			m.fault("EXPUNGE while %s is answered", answered.name)
		default:
			m.gone(m.mails[n-1].uid)
			m.mails = slices.Delete(m.mails, n-1, n)
		}
	case "VANISHED":
		if m.speaks != "QRESYNC" || answered.bySequence() {
			m.fault("VANISHED while %s is answered", answered.name)
		}
		for _, uid := range r.Gone.UIDs.Numbers(1000) {
			m.gone(uid)
			m.vanish(uid)
		}
	case "FLAGS":
		for _, k := range m.keywords {
			if !slices.Contains(r.Words, k) {
				m.fault("keyword %s is dropped", k)
			}
		}
		m.keywords = r.Words
	case "FETCH":
		if n < 1 || n > len(m.mails) {
			m.fault("FETCH %d of %d", n, len(m.mails))
			return
		}
		m.fetched(n, r.Fetch)
	case "SEARCH", "ESEARCH":
		found := r.Numbers
		if r.ESearch != nil {
			found = r.ESearch.All.Numbers(1000)
		}
		if len(m.queue) > 0 {
			m.pending[m.queue[0]].found = found
		}
		if answered.name == "UID SEARCH" {
			break
		}
		for _, n := range found {
			if int(n) > len(m.mails) {
				m.fault("SEARCH finds %d of %d", n, len(m.mails))
			}
		}
	case "BYE", "BAD", "NO":
		m.fault("untagged %s %s", r.Name, r.Text)
	}
}

// vanish takes out the mail with a UID. One of which no UID has been told lies before the first with a greater one.
func (m *mirror) vanish(uid uint32) {
	i := slices.IndexFunc(m.mails, func(mail mirrored) bool { return mail.uid >= uid })
	switch {
	case i >= 0 && m.mails[i].uid == uid:
		m.mails = slices.Delete(m.mails, i, i+1)
		return
	case i < 0:
		i = len(m.mails)
	}
	if i == 0 || m.mails[i-1].uid != 0 {
		m.fault("VANISHED %d, which was never here", uid)
		return
	}
	m.mails = slices.Delete(m.mails, i-1, i)
}

// gone checks that a mail is not in the store any more.
func (m *mirror) gone(uid uint32) {
	box, _ := m.account.Mailbox(m.mailbox)
	if _, there := box.Message(uid); there {
		m.fault("is told that UID %d is gone", uid)
	}
}

func (m *mirror) fetched(n int, f *imap.FetchData) {
	mail := &m.mails[n-1]
	if f.UID == 0 && (m.speaks == "QRESYNC" || m.speaks == "IMAP4rev2") {
		m.fault("FETCH %d without UID", n) // RFC 7162 §3.2.4, RFC 9051 §7.5.2
	}
	if f.UID != 0 {
		if mail.uid != 0 && mail.uid != f.UID {
			m.fault("mail %d changes its UID from %d to %d", n, mail.uid, f.UID)
		}
		mail.uid = f.UID
		for i, other := range m.mails {
			if other.uid != 0 && (i < n-1 && other.uid >= f.UID || i > n-1 && other.uid <= f.UID) {
				m.fault("mail %d has UID %d, and mail %d UID %d", n, f.UID, i+1, other.uid)
			}
		}
	}
	key := fmt.Sprint(m.mailbox, " ", mail.uid)
	if f.HasFlags {
		mail.flags, mail.known, mail.fresh = f.Flags, true, true
		for _, flag := range f.Flags {
			if flag[0] != '\\' && !slices.Contains(m.keywords, flag) {
				m.fault("keyword %s was never introduced", flag)
			}
		}
		if imap.HasFlag(f.Flags, imap.Recent) && mail.uid != 0 && !m.readOnly {
			if first := m.recent[key]; first != nil && first != m {
				m.fault("UID %d is recent here and for %s", mail.uid, first.name)
			}
			m.recent[key] = m
		}
	}
	if body, ok := f.Body(""); ok && mail.uid != 0 {
		if known, is := m.bodies[key]; is && known != string(body) {
			m.fault("UID %d changes from %q to %q", mail.uid, known, body)
		}
		m.bodies[key] = string(body)
	} else if strings.Contains(fmt.Sprint(f.Sections), "BODY[]") {
		m.gone(mail.uid)
	}
}

// done checks the outcome of a command.
func (m *mirror) done(d *imap.Done) {
	o := m.pending[d.Tag]
	delete(m.pending, d.Tag)
	if len(m.queue) == 0 || m.queue[0] != d.Tag {
		m.fault("%s is complete out of order", d.Tag)
	}
	m.queue = m.queue[1:]
	issued := d.Code != nil && d.Code.Name == "EXPUNGEISSUED"
	if d.Status != "OK" && !(d.Status == "NO" && (issued || m.readOnly)) {
		m.fault("%s: %s %s", d.Command, d.Status, d.Text)
	}
	switch {
	case o.name == "STORE" && d.OK():
		m.stored(o)
	case o.name == "SEARCH" && d.OK():
		for i, mail := range m.mails {
			if mail.known && imap.HasFlag(mail.flags, o.flag) != slices.Contains(o.found, uint32(i+1)) {
				m.fault("SEARCH %s finds %d, but mail %d has %q", o.flag, o.found, i+1, mail.flags)
			}
		}
	case o.name == "APPEND" && d.OK():
		if d.Code == nil || d.Code.Name != "APPENDUID" || len(d.Code.UIDs) != 1 {
			m.fault("APPEND without APPENDUID: %+v", d.Code)
		}
	}
	for i := range m.mails {
		m.mails[i].fresh = false
	}
}

// stored checks that a STORE has told the flags of every mail, and has done what it was asked.
func (m *mirror) stored(o *order) {
	for _, n := range o.numbers {
		mail := &m.mails[n-1]
		if o.silent {
			mail.known = mail.fresh // the client knows them only if it has been told since
			continue
		}
		if !mail.fresh {
			m.fault("STORE tells no flags of mail %d", n)
		}
		for _, f := range o.flags {
			if has := imap.HasFlag(mail.flags, f); has == (o.op == imap.RemoveFlags) {
				m.fault("after STORE %d of %q mail %d has %q", o.op, o.flags, n, mail.flags)
			}
		}
	}
}
