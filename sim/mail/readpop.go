package mail

import (
	"slices"
	"strings"
	"time"

	"mailwire/layers/application/message"
	"mailwire/layers/application/pop3"
)

// A popReader is one POP3 session of an agent.
type popReader struct {
	agent   *Agent
	client  *pop3.Client
	session *session
	why     error // the connection's, when it is gone
	task    *task
	results map[pop3.Ticket]pop3.Result
	uids    map[int]string // by message number
	sizes   map[int]int64
	count   int
	failure *Failure
}

// openPOP3 opens a session, logs in, does the work, and says QUIT.
func (a *Agent) openPOP3(work func(*popReader), done func(*Failure)) {
	a.open(pop3Ports, func(conn Connection) {
		r := &popReader{agent: a, client: pop3.NewClient(a.now()), results: map[pop3.Ticket]pop3.Result{}, uids: map[int]string{}, sizes: map[int]int64{}}
		r.client.Patience, r.client.Secure = patience, a.config.Security == TLS
		r.task = newTask(func(*task) {
			r.login()
			if r.failure == nil {
				work(r)
			}
			switch {
			case r.failure == nil:
				// The UPDATE state is reached by QUIT alone (RFC 1939 §6): without its answer nothing is certain.
				r.ask(r.client.Quit())
			case !r.session.over:
				r.session.finish(nil) // without QUIT nothing is deleted
			}
		})
		r.session = run(a.network.World(), conn, r.client, r.step, func(why error) {
			r.why = why
			r.client.Hangup()
			r.step()
			r.task.abandon()
			a.closed()
			done(r.failure)
		})
	}, done)
}

// step takes the results that have come and lets the work go on.
func (r *popReader) step() {
	for e, ok := r.client.Next(); ok; e, ok = r.client.Next() {
		if result, is := e.(pop3.Result); is {
			r.results[result.Ticket] = result
		}
	}
	r.task.step()
}

// ask waits for the result of a command. A lost connection or -ERR is a failure of the session.
func (r *popReader) ask(t pop3.Ticket) pop3.Result {
	result := r.try(t)
	if r.failure == nil && !result.OK {
		r.failure = fail("mail.failed.refused", text("answer", "-ERR "+result.Text))
	}
	return result
}

// try is ask for what a server need not be able to do.
func (r *popReader) try(t pop3.Ticket) pop3.Result {
	var result pop3.Result
	r.task.until(func() (ok bool) { result, ok = r.results[t]; return ok })
	delete(r.results, t)
	if r.failure == nil && result.Lost {
		r.failure = r.agent.broken(r.why)
	}
	return result
}

// login says who reads, and asks for the numbers, sizes and unique ids of what waits.
func (r *popReader) login() {
	c := r.client
	if r.agent.config.Security == StartTLS {
		r.startTLS()
	}
	var capabilities pop3.Result
	if r.failure == nil {
		capabilities = r.try(c.Capa()) // RFC 2449 §5: an older server does not know it
	}
	if r.failure == nil {
		r.authenticate(capabilities)
	}
	if r.failure == nil {
		r.count, _, _ = r.ask(c.Stat()).Stat()
	}
	if r.failure != nil || r.count == 0 {
		return
	}
	for _, l := range r.try(c.List(0)).Listing() {
		r.sizes[l.Number] = l.Size
	}
	if r.failure != nil {
		return
	}
	for _, l := range r.try(c.Uidl(0)).Listing() { // RFC 1939 §7: a server need not know it, and then everything is new
		r.uids[l.Number] = l.UID
	}
}

// authenticate logs in by USER and PASS, or by the best way that the policy allows.
func (r *popReader) authenticate(capabilities pop3.Result) {
	c, config := r.client, &r.agent.config
	if config.Auth == nil {
		if r.ask(c.User(config.Address)); r.failure == nil {
			r.ask(c.Pass(config.Password))
		}
		return
	}
	ticket, err := c.Login(config.Address, config.Password, mechanisms(capabilities), *config.Auth)
	if err != nil {
		r.failure = fail("mail.failed.no-mechanism", text("name", config.Server))
		return
	}
	r.ask(ticket)
}

// mechanisms are those that CAPA tells of (RFC 5034 §3).
func mechanisms(capabilities pop3.Result) []string {
	for _, line := range capabilities.Capabilities() {
		if words := strings.Fields(line); len(words) > 1 && strings.EqualFold(words[0], "SASL") {
			return words[1:]
		}
	}
	return nil
}

// startTLS goes over to TLS before anything is said that others should not read.
func (r *popReader) startTLS() {
	r.ask(r.client.Stls())
	if r.failure == nil {
		r.session.startTLS(r.agent.secure, r.client.Secured)
	}
}

// look fetches what is new, or its header to choose later, and marks what is to go, as the strategy says.
func (r *popReader) look() {
	strategy := r.strategy()
	for n := 1; n <= r.count && r.failure == nil; n++ {
		choice := strategy(pop3.Listed{Number: n, Size: r.sizes[n], UID: r.uids[n]}, r.agent.now())
		var l *Local
		if choice.Fetch != pop3.FetchNothing {
			l = r.fetchNew(n, choice)
		} else {
			l = r.agent.byID(r.uids[n])
		}
		if r.failure == nil && choice.Remove && l.Whole != nil && r.taken(l) {
			r.ask(r.client.Dele(n))
		}
	}
}

// strategy is the agent's as POP3 has it.
func (r *popReader) strategy() pop3.Strategy {
	here := func(uid string) (since time.Time, ok bool) { return time.Time{}, r.agent.byID(uid) != nil }
	switch r.agent.config.Reads {
	case POP3Delete:
		return pop3.DeleteFetched(here)
	case POP3Select:
		return pop3.Headers(here, 0)
	}
	return pop3.LeaveCopy(here)
}

// taken says whether a mail is safe on the device.
func (r *popReader) taken(l *Local) bool {
	if r.agent.config.Taken != nil && r.agent.config.Taken(l) != nil {
		r.failure = fail("mail.failed.not-kept", text("subject", l.Subject))
	}
	return r.failure == nil
}

// fetchNew fetches a mail that is new, or its header. A server without TOP gives the whole one (RFC 1939 §7: TOP is optional).
func (r *popReader) fetchNew(n int, choice pop3.Choice) *Local {
	l := &Local{ID: r.uids[n], Size: r.sizes[n]}
	var result pop3.Result
	if choice.Fetch == pop3.FetchTop {
		result = r.try(r.client.Top(n, choice.Lines))
	}
	if result.OK {
		l.Header = slices.Clone(result.Body)
	} else if r.failure == nil {
		result = r.ask(r.client.Retr(n))
		l.Whole = slices.Clone(result.Body)
	}
	if r.failure == nil {
		header, _ := message.ParseHeader(result.Body)
		l.Subject = header.Decoded("Subject")
		r.agent.add(l)
	}
	return l
}

// fetch brings one mail that is known by its header.
func (r *popReader) fetch(l *Local) {
	if n := r.numberOf(l); n > 0 {
		if result := r.ask(r.client.Retr(n)); r.failure == nil {
			l.Whole, l.Header = slices.Clone(result.Body), nil
		}
	}
}

// remove marks one mail; QUIT removes it.
func (r *popReader) remove(l *Local) {
	if n := r.numberOf(l); n > 0 {
		r.ask(r.client.Dele(n))
	}
	if r.failure == nil {
		l.Hidden = true
	}
}

// numberOf finds the number that a mail has in this session (RFC 1939 §7: the unique id stays, the number does not).
func (r *popReader) numberOf(l *Local) int {
	for n := 1; n <= r.count; n++ {
		if r.uids[n] == l.ID && l.ID != "" {
			return n
		}
	}
	r.failure = fail("mail.failed.gone", text("subject", l.Subject))
	return 0
}
