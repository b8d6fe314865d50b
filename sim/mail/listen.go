package mail

// An idling is a session that waits for news of the mailbox (RFC 2177).
type idling struct {
	reader  *imapReader
	session *session
	stop    bool
	stopped func(*Failure)
}

// Listen opens an IMAP session that waits for news. Done is called when it waits; it lasts until Stop.
func (a *Agent) Listen(done func(*Failure)) {
	switch {
	case a.config.Reads != IMAP:
		done(fail("mail.failed.no-news"))
		return
	case a.phone != nil:
		done(nil)
		return
	}
	a.phone = &idling{}
	told := false
	a.openIMAP(func(r *imapReader) {
		tag := r.client.Idle()
		r.task.until(func() bool {
			if !told && r.idling {
				told = true
				done(nil)
			}
			return a.phone.stop || r.done[tag] != nil
		})
		r.client.EndIdle()
		r.ask(tag)
	}, func(f *Failure) {
		stopped := a.phone.stopped
		a.phone = nil
		switch {
		case stopped != nil:
			stopped(f)
		case !told:
			done(f)
		}
	})
}

// Stop ends Listen and logs out.
func (a *Agent) Stop(done func(*Failure)) {
	if a.phone == nil || a.phone.reader == nil {
		done(nil)
		return
	}
	a.phone.stop, a.phone.stopped = true, done
	a.phone.reader.step()
	a.phone.session.step()
}
