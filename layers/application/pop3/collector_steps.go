package pop3

import (
	"fmt"
	"slices"
	"strings"

	"mailwire/layers/application"
)

// step takes what the client has learnt.
func (c *Collector) step() {
	for e, ok := c.client.Next(); ok; e, ok = c.client.Next() {
		switch e := e.(type) {
		case Greeted:
			if !e.OK {
				c.failure = &Refused{Result{Verb: "the connection", Text: e.Text}}
				break
			}
			c.ask(c.client.Capa(), c.capable)
		case Result:
			then := c.then[e.Ticket]
			delete(c.then, e.Ticket)
			if then != nil && !e.Lost {
				then(e)
			}
		default:
			c.tell(e)
		}
	}
	if c.client.Closing() && !c.over {
		c.over = true
		if c.failure == nil {
			c.failure = errLost
		}
		c.tell(Finished{Err: c.failure})
	}
}

func (c *Collector) ask(t Ticket, then func(Result)) { c.then[t] = then }

// giveUp says QUIT without having removed anything, because of what makes the session useless.
func (c *Collector) giveUp(why error) {
	if c.leaving {
		return
	}
	c.leaving = true
	if c.failure = why; len(c.removed) > 0 {
		c.client.Hangup() // the UPDATE state would remove what is marked
		return
	}
	c.client.Quit()
}

// capable takes the answer to CAPA: old servers do not know it, and then nothing is known.
func (c *Collector) capable(r Result) {
	c.offers = nil
	if r.OK {
		c.offers = r.Capabilities()
	}
	_, c.client.Pipelining = c.offer("PIPELINING")
	_, stls := c.offer("STLS")
	switch {
	case c.client.Secure || c.plan.TLS == NoTLS || c.plan.TLS == TryTLS && !stls:
		c.login()
	case !stls:
		c.giveUp(errNoSTLS)
	default:
		c.ask(c.client.Stls(), c.securing)
	}
}

// offer finds a capability and its arguments.
func (c *Collector) offer(keyword string) (args string, ok bool) {
	for _, line := range c.offers {
		word, args, _ := strings.Cut(line, " ")
		if application.Upper(word) == keyword {
			return args, true
		}
	}
	return "", false
}

// securing takes the answer to STLS.
func (c *Collector) securing(r Result) {
	switch {
	case r.OK:
		c.tell(StartTLS{})
	case c.plan.TLS == NeedTLS:
		c.giveUp(&Refused{r})
	default:
		c.login()
	}
}

// login says UTF8 where that is known, so that no mail is kept back (RFC 6856 §2.1), and logs in.
func (c *Collector) login() {
	if _, ok := c.offer("UTF8"); ok {
		c.client.Utf8()
	}
	mechanisms, _ := c.offer("SASL")
	t, err := c.client.Login(c.plan.User, c.plan.Password, strings.Fields(mechanisms), c.plan.Auth)
	if err != nil {
		c.giveUp(err)
		return
	}
	c.ask(t, func(r Result) {
		if !r.OK {
			c.giveUp(&Refused{r})
			return
		}
		c.survey()
	})
}

// survey asks what is there. UIDL and LIST may be refused: then there are no ids, or no sizes.
func (c *Collector) survey() {
	var octets int64
	c.ask(c.client.Stat(), func(r Result) {
		var ok bool
		switch c.count, octets, ok = r.Stat(); {
		case !ok:
			c.giveUp(&Refused{r})
		case c.count > messagesMax:
			c.giveUp(fmt.Errorf("pop3: the server says that it has %d messages", c.count))
		}
	})
	c.ask(c.client.List(0), func(r Result) {
		for _, l := range r.Listing() {
			c.sizes[l.Number] = l.Size
		}
	})
	c.ask(c.client.Uidl(0), func(r Result) {
		if c.leaving {
			return
		}
		for _, l := range r.Listing() {
			c.uids[l.Number] = l.UID
		}
		survey := Surveyed{Count: c.count, Octets: octets}
		for n := 1; n <= c.count && r.OK; n++ {
			survey.UIDs = append(survey.UIDs, c.uids[n])
		}
		c.tell(survey)
		c.choose()
	})
}

// messagesMax is how many messages a maildrop is believed to have: the server says the number.
const messagesMax = 1 << 20

// choose asks the strategy about each message.
func (c *Collector) choose() {
	for n := 1; n <= c.count; n++ {
		m := Listed{Number: n, Size: -1, UID: c.uids[n]}
		if size, ok := c.sizes[n]; ok {
			m.Size = size
		}
		switch choice := c.plan.Strategy(m, c.now); {
		case choice.Fetch != FetchNothing:
			c.waiting = append(c.waiting, planned{m, choice})
		case choice.Remove:
			c.remove(m)
		}
	}
	c.chosen = true
	c.goOn()
}

// goOn fetches what is next, and leaves when all is done.
func (c *Collector) goOn() {
	ahead := 1
	if c.client.Pipelining {
		ahead = fetchesAhead
	}
	for len(c.waiting) > 0 && c.asked+len(c.untaken) < ahead && !c.leaving {
		next := c.waiting[0]
		c.waiting = c.waiting[1:]
		c.fetch(next)
	}
	if c.chosen && len(c.waiting) == 0 && c.asked == 0 && len(c.untaken) == 0 && !c.leaving {
		c.leave()
	}
}

func (c *Collector) fetch(p planned) {
	c.asked++
	top := p.Fetch == FetchTop && !c.noTop
	t := Ticket(0)
	if top {
		t = c.client.Top(p.Number, p.Lines)
	} else {
		t = c.client.Retr(p.Number)
	}
	c.ask(t, func(r Result) {
		c.asked--
		switch {
		case r.OK:
			c.untaken = append(c.untaken, p)
			c.tell(Fetched{p.Listed, !top, r.Body})
		case top:
			c.noTop = true // RFC 1939 §7: TOP is optional, RETR is not
			c.waiting = slices.Insert(c.waiting, 0, p)
		default:
			c.tell(Skipped{p.Listed, r})
		}
		c.goOn()
	})
}

// remove marks a message. One that the server does not let go is not counted.
func (c *Collector) remove(m Listed) {
	c.removed = append(c.removed, m.UID)
	c.ask(c.client.Dele(m.Number), func(r Result) {
		if i := slices.Index(c.removed, m.UID); !r.OK && i >= 0 {
			c.removed = slices.Delete(c.removed, i, i+1)
		}
	})
}

// leave says QUIT, whose answer tells whether what was marked is gone (RFC 1939 §6).
func (c *Collector) leave() {
	c.leaving = true
	c.ask(c.client.Quit(), func(r Result) {
		c.over = true
		if !r.OK {
			c.tell(Finished{Err: &Refused{r}})
			return
		}
		c.tell(Finished{Removed: c.removed})
	})
}
