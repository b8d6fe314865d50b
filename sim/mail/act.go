package mail

import (
	"cmp"
	"slices"

	"mailwire/layers/application/imap"
	"mailwire/layers/application/message"
)

// Mark gives the mail with a subject a flag, such as \Seen or \Flagged, or takes it away. POP3 has no flags: the mark
// stays on the device, as it does until the next look for a program that works without the network.
func (a *Agent) Mark(subject, flag string, on bool, done func(*Failure)) {
	a.change(subject, done, func(l *Local) *change {
		l.Flags = flagged(l.Flags, flag, on)
		return &change{mail: l, kind: marking, flag: flag, on: on}
	}, func(r *imapReader, l *Local) {
		op := imap.AddFlags
		if !on {
			op = imap.RemoveFlags
		}
		if r.ask(r.client.UIDStore(imap.SetOf(l.UID), op, false, flag)); r.failure == nil {
			l.Flags = flagged(l.Flags, flag, on)
		}
	})
}

// Move puts the mail with a subject into another folder, which is made where it is missing.
func (a *Agent) Move(subject, to string, done func(*Failure)) {
	a.change(subject, done, func(l *Local) *change {
		l.Folder = to
		return &change{mail: l, kind: moving, to: to}
	}, func(r *imapReader, l *Local) {
		if d := r.transfer(l, to); r.failure == nil && !d.OK() {
			r.failure = refused(d)
		}
		if r.failure == nil {
			r.agent.forget(l) // the program lists INBOX alone
		}
	})
}

// change does something with a mail in the way of the strategy: here, with the server to be told later or never, or there.
func (a *Agent) change(subject string, done func(*Failure), here func(*Local) *change, there func(*imapReader, *Local)) {
	l := a.find(subject)
	switch {
	case l == nil:
		done(fail("mail.failed.unknown", text("subject", subject)))
	case a.config.Reads == IMAP:
		a.act(done, nil, func(r *imapReader) { there(r, l) })
	case a.config.Reads == IMAPDisconnected:
		a.postpone(here(l))
		done(nil)
	default:
		here(l)
		a.tell("mail.only-here", text("subject", subject))
		done(nil)
	}
}

// RemoveFolder deletes a folder with all its mails on the server. It needs the network.
func (a *Agent) RemoveFolder(name string, done func(*Failure)) {
	if !a.config.Reads.speaksIMAP() {
		done(fail("mail.failed.no-folders"))
		return
	}
	a.openIMAP(func(r *imapReader) {
		if r.ask(r.client.Delete(name)); r.failure == nil {
			a.local = slices.DeleteFunc(a.local, func(l *Local) bool { return l.Held == name })
			a.folders = slices.DeleteFunc(a.folders, func(f *folder) bool { return f.name == name })
		}
	}, func(f *Failure) {
		a.tellHolding()
		done(f)
	})
}

// FetchPart brings one named part of a mail alone: an attachment, without the text, or the other way round.
func (a *Agent) FetchPart(subject, name string, done func(*Failure)) {
	l := a.find(subject)
	switch {
	case l == nil:
		done(fail("mail.failed.unknown", text("subject", subject)))
	case l.Whole != nil || slices.ContainsFunc(l.Parts, func(p Part) bool { return p.Name == name }):
		a.tell("mail.read-offline", text("subject", subject))
		done(nil)
	case !a.config.Reads.speaksIMAP():
		done(fail("mail.failed.no-parts"))
	default:
		a.act(done, nil, func(r *imapReader) { r.part(l, name) })
	}
}

// part asks for the structure, and then for the part that has the name. Who fetches a file has not read the mail: PEEK.
func (r *imapReader) part(l *Local, name string) {
	structure := r.structure(l)
	if r.failure != nil {
		return
	}
	path := named(structure, name, nil)
	if path == nil {
		r.failure = fail("mail.failed.no-part", text("subject", l.Subject), text("part", name))
		return
	}
	r.fetched = nil
	r.ask(r.client.UIDFetch(imap.SetOf(l.UID), imap.FetchItem{Name: "BODY[]", Peek: true, Section: message.Section{Path: path}}))
	for _, f := range r.fetched {
		for _, s := range f.Sections {
			l.Parts = append(l.Parts, Part{Name: name, Bytes: slices.Clone(s.Bytes)})
		}
	}
}

// named finds the part with a file name, by the numbers that lead to it (RFC 3501 §6.4.5); nil for none.
func named(s *message.BodyStructure, name string, path []int) []int {
	for i, part := range s.Parts {
		if found := named(part, name, append(slices.Clone(path), i+1)); found != nil {
			return found
		}
	}
	file := cmp.Or(s.DispositionOf.Get("filename"), s.Params.Get("name"))
	if len(s.Parts) > 0 || file == "" || message.DecodeWords(file) != name {
		return nil
	}
	if len(path) == 0 {
		return []int{1} // a mail of one part
	}
	return path
}
