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
	case !a.config.Reads.speaksIMAP():
		done(fail("mail.failed.no-news"))
		return
	case a.news != nil:
		done(nil)
		return
	}
	waiting := &idling{}
	a.news = waiting
	told := false
	a.openINBOX(func(r *imapReader) {
		tag := r.client.Idle()
		r.task.until(func() bool {
			if !told && r.idling {
				told = true
				done(nil)
			}
			return waiting.stop || r.done[tag] != nil || r.failure != nil
		})
		r.client.EndIdle()
		r.ask(tag)
	}, func(f *Failure) {
		a.news = nil
		switch {
		case waiting.stopped != nil:
			waiting.stopped(f)
		case !told:
			done(f)
		}
	})
}

// Stop ends Listen and logs out.
func (a *Agent) Stop(done func(*Failure)) {
	if a.news == nil || a.news.reader == nil {
		done(nil)
		return
	}
	a.news.stop, a.news.stopped = true, done
	a.news.reader.step()
	a.news.session.step()
}
