package scenarios

import (
	"mailwire/layers"
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
	case e.Mailbox != "" && e.Folder != "":
		return "mailbox " + e.Mailbox + ", folder " + e.Folder
	case e.Mailbox != "":
		return "mailbox " + e.Mailbox
	case e.Device != "":
		return "device " + e.Device
	}
	return "queue " + e.Queue
}

// holds counts the mails in the place that an expectation names.
func (r *run) holds(e *Expectation) int {
	switch {
	case e.Mailbox != "":
		p := r.scenario.person(e.Mailbox)
		return mailboxCount(r.stores[domainOf(p.Address)], p.Address, e.Folder)
	case e.Device != "":
		n := 0
		for _, p := range r.scenario.People {
			if agent := r.agent(p.Name, e.Device); agent != nil {
				n += agent.Holding().Messages
			}
		}
		return n
	}
	if server := r.servers[e.Queue]; server != nil {
		return server.Waiting()
	}
	return 0
}

func mailboxCount(s *store.Store, address, folder string) int {
	if s == nil {
		return 0
	}
	account, ok := s.Lookup(address)
	if !ok {
		return 0
	}
	if folder == "" {
		folder = store.Inbox
	}
	m, ok := account.Mailbox(folder)
	if !ok {
		return 0
	}
	return m.Holding().Messages
}
