package mail

// Look asks the server what is new, the way the strategy does it: POP3 with deletion downloads all of it.
func (a *Agent) Look(done func(*Failure)) {
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
		done(nil)
	case a.config.Reads == POP3Delete || a.config.Reads == POP3Leave:
		done(fail("mail.failed.not-here", text("subject", subject)))
	default:
		a.act(done, func(r *popReader) { r.fetch(l) }, func(r *imapReader) { r.fetch(l) })
	}
}

// Fetch looks, and then brings what Read brings of every mail that is not here yet, in one session.
func (a *Agent) Fetch(done func(*Failure)) {
	a.act(done, func(r *popReader) {
		r.look()
		for _, l := range a.local {
			if r.failure == nil && !l.Readable() {
				r.fetch(l)
			}
		}
	}, func(r *imapReader) {
		r.look()
		for _, l := range a.local {
			if r.failure == nil && !l.Readable() {
				r.fetch(l)
			}
		}
	})
}

// Delete deletes the mail with a subject, on the device and, where it is still there, on the server.
func (a *Agent) Delete(subject string, done func(*Failure)) {
	l := a.find(subject)
	switch {
	case l == nil:
		done(fail("mail.failed.unknown", text("subject", subject)))
	case a.config.Reads == POP3Delete:
		l.Hidden = true
		a.tellHolding()
		done(nil)
	default:
		a.act(done, func(r *popReader) { r.remove(l) }, func(r *imapReader) { r.remove(l) })
	}
}

// act opens a session of the strategy's protocol, does the work, and closes it.
func (a *Agent) act(done func(*Failure), pop func(*popReader), imap func(*imapReader)) {
	finished := func(f *Failure) {
		a.tellHolding()
		done(f)
	}
	if a.config.Reads == IMAP {
		a.openIMAP(imap, finished)
	} else {
		a.openPOP3(pop, finished)
	}
}
