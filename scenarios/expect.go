package scenarios

import (
	"cmp"

	"mailwire/layers"
	"mailwire/layers/application/imap"
	"mailwire/sim/mail"
	"mailwire/sim/mail/store"
)

// checkExpectations notes what is not as the file says it must be after an act (its number), or at the end (0).
func (r *run) checkExpectations(after int) {
	for i := range r.scenario.Expect {
		e := &r.scenario.Expect[i]
		switch {
		case e.After != after:
		case e.Act > 0:
			got := "failed"
			if r.ended[e.Act-1] {
				got = "done"
			}
			if got != e.Ends {
				r.unmet = append(r.unmet, layers.N("scenario.expect.ends", layers.A("line", layers.Int(e.Line)), layers.A("act", layers.Int(e.Act)), arg("got", got), arg("want", e.Ends)))
			}
		default:
			if got := r.holds(e); got != e.Holds {
				r.unmet = append(r.unmet, layers.N("scenario.expect.holds", layers.A("line", layers.Int(e.Line)), arg("place", e.place()), layers.A("got", layers.Int(got)), layers.A("want", layers.Int(e.Holds))))
			}
		}
	}
}

// checkFaults notes faults that waited for a moment which did not come.
func (r *run) checkFaults() {
	for _, t := range r.faults.waiting {
		r.unmet = append(r.unmet, layers.N("scenario.expect.never", layers.A("line", layers.Int(t.line)), arg("message", t.prefix)))
	}
}

// place names what an expectation is about, in the words of the file.
func (e *Expectation) place() string {
	switch {
	case e.Changes != "":
		return "changes " + e.Changes
	case e.Queue != "":
		return "queue " + e.Queue
	}
	place := "mailbox " + e.Mailbox
	if e.Device != "" {
		place = "device " + e.Device
	}
	if e.Folder != "" {
		place += ", folder " + e.Folder
	}
	if e.Marked != "" {
		place += ", marked " + e.Marked
	}
	return place
}

// holds counts the mails in the place that an expectation names.
func (r *run) holds(e *Expectation) int {
	switch {
	case e.Mailbox != "":
		p := r.scenario.person(e.Mailbox)
		return mailboxCount(r.stores[domainOf(p.Address)], p.Address, e)
	case e.Device != "":
		return r.count(e.Device, e.onDevice)
	case e.Changes != "":
		return r.count(e.Changes, mail.UserAgent.Waiting)
	}
	if server := r.servers[e.Queue]; server != nil {
		return server.Waiting()
	}
	return 0
}

// count adds up something of all mail programs on a device.
func (r *run) count(device string, of func(mail.UserAgent) int) int {
	n := 0
	for _, p := range r.scenario.People {
		if agent := r.agent(p.Name, device); agent != nil {
			n += of(agent)
		}
	}
	return n
}

// onDevice counts the mails of a program that can be read without the network.
func (e *Expectation) onDevice(a mail.UserAgent) int {
	if e.Folder == "" && e.Marked == "" {
		return a.Holding().Messages
	}
	n := 0
	for _, l := range a.Mails() {
		if l.Readable() && (e.Folder == "" || l.Folder == e.Folder || l.Folder == "" && e.Folder == store.Inbox) && e.means(l.Flags) {
			n++
		}
	}
	return n
}

// means says whether a mail with these flags is among those that are counted.
func (e *Expectation) means(flags []string) bool {
	switch e.Marked {
	case "read":
		return imap.HasFlag(flags, imap.Seen)
	case "unread":
		return !imap.HasFlag(flags, imap.Seen)
	case "flagged":
		return imap.HasFlag(flags, imap.Flagged)
	}
	return true
}

func mailboxCount(s *store.Store, address string, e *Expectation) int {
	if s == nil {
		return 0
	}
	account, ok := s.Lookup(address)
	if !ok {
		return 0
	}
	m, ok := account.Mailbox(cmp.Or(e.Folder, store.Inbox))
	if !ok {
		return 0
	}
	n := 0
	for _, message := range m.Messages() {
		if e.means(message.Flags) {
			n++
		}
	}
	return n
}
