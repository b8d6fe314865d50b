package mail

import (
	"fmt"
	"slices"

	"mailwire/layers/application/imap"
	"mailwire/layers/application/message"
	"mailwire/layers/application/sasl"
)

// An imapReader is one IMAP session of an agent.
type imapReader struct {
	agent   *Agent
	client  *imap.Client
	session *session
	task    *task
	done    map[string]*imap.Done
	fetched []*imap.FetchData // since the last command
	gone    []imap.Set        // UIDs that have vanished since
	listed  []*imap.ListData
	copied  *imap.Code            // COPYUID that came before its command was complete (RFC 6851 §4.3)
	names   []string              // of all folders that can be selected, once they have been asked for
	found   []uint32              // by SEARCH
	keeping func(*imap.FetchData) // takes each body as it comes; nil: they are in fetched
	entered sum                   // of the selected folder
	idling  bool                  // the server has taken IDLE
	failure *Failure
}

// openINBOX opens a session, logs in, selects INBOX, does the work, and logs out.
func (a *Agent) openINBOX(work func(*imapReader), done func(*Failure)) {
	a.openIMAP(func(r *imapReader) {
		r.ask(r.client.Select(inbox))
		if r.failure == nil {
			work(r)
		}
	}, done)
}

// openIMAP is openINBOX without a folder that is selected.
func (a *Agent) openIMAP(work func(*imapReader), done func(*Failure)) {
	a.open(imapPorts, func(conn Connection) {
		r := &imapReader{agent: a, client: imap.NewClient(a.now(), imap.ClientConfig{Timeout: patience, Secured: a.config.Security == TLS}), done: map[string]*imap.Done{}}
		r.task = newTask(func(*task) {
			r.login()
			if r.failure == nil {
				work(r)
			}
			if !r.session.over {
				r.leave()
			}
		})
		r.session = run(a.network.World(), conn, r.client, r.step, func(why error) {
			if !r.task.done && r.failure == nil {
				r.failure = a.broken(why)
			}
			r.step()
			r.task.abandon()
			a.closed()
			done(r.failure)
		})
		if a.news != nil && a.news.reader == nil {
			a.news.reader, a.news.session = r, r.session
		}
	}, done)
}

// step takes what the server has said and lets the work go on.
func (r *imapReader) step() {
	for e, ok := r.client.Next(); ok; e, ok = r.client.Next() {
		switch e := e.(type) {
		case *imap.Done:
			r.done[e.Tag] = e
		case *imap.Idling:
			r.idling = true
		case *imap.Told:
			r.told(e)
		}
	}
	r.task.step()
}

// told keeps the data that a command asked for, or that came unasked.
func (r *imapReader) told(e *imap.Told) {
	switch {
	case e.Fetch != nil && r.keeping != nil && len(e.Fetch.Sections) > 0:
		r.keeping(e.Fetch)
	case e.Fetch != nil:
		r.fetched = append(r.fetched, e.Fetch)
	case e.Gone != nil:
		r.gone = append(r.gone, e.Gone.UIDs)
	case e.List != nil:
		r.listed = append(r.listed, e.List)
	case e.Code != nil && e.Code.Name == "COPYUID":
		r.copied = e.Code
	case e.Name == "SEARCH":
		r.found = append(r.found, e.Numbers...)
	}
}

// ask waits until a command is complete. A lost connection, NO and BAD are failures of the session.
func (r *imapReader) ask(tag string) *imap.Done {
	d := r.try(tag)
	if r.failure == nil && !d.OK() {
		r.failure = refused(d)
	}
	return d
}

// try is ask for what a server may refuse.
func (r *imapReader) try(tag string) *imap.Done {
	var d *imap.Done
	r.task.until(func() bool { d = r.done[tag]; return d != nil || r.failure != nil })
	return d
}

// refused is the answer of a server that did not do what it was asked.
func refused(d *imap.Done) *Failure {
	return fail("mail.failed.refused", text("answer", d.Status+" "+d.Text))
}

func (r *imapReader) login() {
	c, config := r.client, &r.agent.config
	if config.Security == StartTLS {
		r.startTLS()
	}
	if r.failure != nil {
		return
	}
	if config.Auth == nil {
		r.ask(c.Login(config.Address, config.Password))
	} else {
		r.authenticate(*config.Auth)
	}
	if r.failure == nil && c.Capabilities() == nil {
		r.ask(c.Capability()) // RFC 3501 §6.2.3: not every server tells it with the OK
	}
}

// authenticate logs in by the best way that the policy allows. LOGIN sends the password as PLAIN does, so it is allowed where
// PLAIN is.
func (r *imapReader) authenticate(policy sasl.Policy) {
	c, config := r.client, &r.agent.config
	if len(c.Mechanisms()) == 0 {
		r.ask(c.Capability()) // not every server tells it by the way
	}
	if r.failure != nil {
		return
	}
	tag, err := c.Authenticate(config.Address, config.Password, policy)
	if _, refused := policy.Choose([]string{"PLAIN"}, config.Security != NoTLS); err != nil && refused == nil && !c.Can("LOGINDISABLED") {
		tag, err = c.Login(config.Address, config.Password), nil
	}
	if err != nil {
		r.failure = fail("mail.failed.no-mechanism", text("name", config.Server))
		return
	}
	r.ask(tag)
}

// leave says good-bye, also after a refusal.
func (r *imapReader) leave() {
	refusal := r.failure
	r.failure = nil
	r.ask(r.client.Logout())
	if refusal != nil {
		r.failure = refusal
	}
}

// startTLS goes over to TLS before anything is said that others should not read.
func (r *imapReader) startTLS() {
	r.ask(r.client.StartTLS())
	if r.failure == nil {
		r.session.startTLS(r.agent.secure, func() { r.client.Secured(r.agent.now()) })
	}
}

// look asks for who, when and what about of all mails, and for none of their text; or it downloads them.
func (r *imapReader) look() {
	if r.agent.config.Reads == IMAPOffline {
		r.download()
		return
	}
	r.fetched = nil
	if r.client.Selection().Exists > 0 {
		r.ask(r.client.Fetch(imap.Range(1, 0), imap.FetchItem{Name: "UID"}, imap.FetchItem{Name: "FLAGS"}, imap.FetchItem{Name: "RFC822.SIZE"}, imap.FetchItem{Name: "ENVELOPE"}))
	}
	if r.failure != nil {
		return
	}
	var there []*Local
	for _, f := range r.fetched {
		if f.Envelope == nil {
			continue
		}
		l := r.agent.byID(r.id(f.UID))
		if l == nil {
			l = r.agent.add(&Local{ID: r.id(f.UID), UID: f.UID, Size: f.Size, Subject: message.DecodeWords(f.Envelope.Subject.Value), Header: kept(f.Envelope), Folder: inbox, Held: inbox})
		}
		l.Flags = f.Flags
		there = append(there, l)
	}
	// What is gone on the server is gone here: the server's copy is the master.
	r.agent.local = slices.DeleteFunc(r.agent.local, func(l *Local) bool { return !slices.Contains(there, l) })
}

// kept is what the program keeps of an envelope, to show a list of mails without asking again.
func kept(e *message.Envelope) []byte {
	var b []byte
	for _, value := range []message.Optional{e.Date, e.Subject, e.MessageID} {
		b = append(append(b, value.Value...), '\n')
	}
	for _, list := range [][]message.Address{e.From, e.To} {
		for _, a := range list {
			b = append(append(append(append(b, a.Name...), ' '), a.String()...), '\n')
		}
	}
	return b
}

func (r *imapReader) id(uid uint32) string {
	return fmt.Sprintf("%d.%d", r.client.Selection().UIDValidity, uid)
}

// fetch brings the text of a mail: first its structure, then the one part that a person reads.
func (r *imapReader) fetch(l *Local) {
	if r.structure(l); r.failure != nil {
		return
	}
	r.fetched = nil
	r.ask(r.client.UIDFetch(imap.SetOf(l.UID), imap.FetchItem{Name: "BODY[]", Section: message.Section{Path: []int{1}}}))
	if r.failure != nil {
		return
	}
	for _, f := range r.fetched {
		if f.HasFlags {
			l.Flags = f.Flags // RFC 3501 §6.4.5: who fetches a text without PEEK sets \Seen
		}
		for _, s := range f.Sections {
			l.Text = slices.Clone(s.Bytes)
		}
	}
}

// structure asks of which parts a mail consists.
func (r *imapReader) structure(l *Local) *message.BodyStructure {
	r.fetched = nil
	r.ask(r.client.UIDFetch(imap.SetOf(l.UID), imap.FetchItem{Name: "BODYSTRUCTURE"}))
	for _, f := range r.fetched {
		if f.Structure != nil {
			return f.Structure
		}
	}
	if r.failure == nil {
		r.failure = fail("mail.failed.gone", text("subject", l.Subject))
	}
	return nil
}

// remove marks a mail as deleted and expunges it, without any of its text.
func (r *imapReader) remove(l *Local) {
	uid := imap.SetOf(l.UID)
	r.ask(r.client.UIDStore(uid, imap.AddFlags, false, `\Deleted`))
	if r.failure != nil {
		return
	}
	r.ask(r.expungeOne(l.UID))
	if r.failure == nil {
		l.Hidden = true
	}
}
