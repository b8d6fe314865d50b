package mail

import "mailwire/layers/application/imap"

// Look asks the server what is new, the way the strategy does it: POP3 with deletion downloads all of it.
func (a *Agent) Look(done func(*Failure)) {
	if a.config.Reads == IMAPDisconnected {
		a.openIMAP((*imapReader).synchronise, func(f *Failure) {
			a.tellHolding()
			done(f)
		})
		return
	}
	a.act(done, (*popReader).look, (*imapReader).look)
}

// Read opens the mail with a subject. What lies on the device already needs no network.
func (a *Agent) Read(subject string, done func(*Failure)) {
	l := a.find(subject)
	switch {
	case l == nil:
		done(fail("mail.failed.unknown", text("subject", subject)))
	case l.Readable():
		a.tell("mail.read-offline", text("subject", subject))
		a.haveRead(l)
		done(nil)
	case a.config.Reads != POP3Select && a.config.Reads != IMAP:
		done(fail("mail.failed.not-here", text("subject", subject)))
	default:
		a.act(done, func(r *popReader) { r.fetch(l) }, func(r *imapReader) { r.fetch(l) })
	}
}

// haveRead marks a mail as read: what the server does by itself when a text is fetched (RFC 3501 §6.4.5), a program that
// works without it has to tell it.
func (a *Agent) haveRead(l *Local) {
	if a.config.Reads == IMAPDisconnected && !imap.HasFlag(l.Flags, imap.Seen) {
		l.Flags = flagged(l.Flags, imap.Seen, true)
		a.postpone(&change{mail: l, kind: marking, flag: imap.Seen, on: true})
	}
}

// Fetch looks, and then brings what Read brings of every mail that is not here yet, in one session.
func (a *Agent) Fetch(done func(*Failure)) {
	if a.config.Reads == IMAPDisconnected || a.config.Reads == IMAPOffline {
		a.Look(done) // which brings all of them
		return
	}
	a.act(done, func(r *popReader) {
		r.look()
		a.fetchMissing(r.fetch, &r.failure)
	}, func(r *imapReader) {
		r.look()
		a.fetchMissing(r.fetch, &r.failure)
	})
}

// fetchMissing fetches what is not here yet, until there is a failure.
func (a *Agent) fetchMissing(fetch func(*Local), failure **Failure) {
	for _, l := range a.local {
		if *failure == nil && !l.Readable() {
			fetch(l)
		}
	}
}

// Delete deletes the mail with a subject, on the device and, where it is still there, on the server.
func (a *Agent) Delete(subject string, done func(*Failure)) {
	l := a.find(subject)
	switch {
	case l == nil:
		done(fail("mail.failed.unknown", text("subject", subject)))
	case a.config.Reads == POP3Delete || a.config.Reads == IMAPOffline:
		l.Hidden = true
		a.tellHolding()
		done(nil)
	case a.config.Reads == IMAPDisconnected:
		l.Hidden = true
		a.postpone(&change{mail: l, kind: removing})
		a.tellHolding()
		done(nil)
	default:
		a.act(done, func(r *popReader) { r.remove(l) }, func(r *imapReader) { r.remove(l) })
	}
}

// act opens a session of the strategy's protocol, does the work, and closes it.
func (a *Agent) act(done func(*Failure), pop func(*popReader), work func(*imapReader)) {
	finished := func(f *Failure) {
		a.tellHolding()
		done(f)
	}
	if a.config.Reads.speaksIMAP() {
		a.openINBOX(work, finished)
	} else {
		a.openPOP3(pop, finished)
	}
}
