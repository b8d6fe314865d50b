package imap

import "errors"

// told takes an untagged response.
func (c *Client) told(r *Response) {
	if !c.greeted {
		c.greeted = true
		if r.Name == "PREAUTH" {
			c.state = Authenticated
		}
	}
	s := &c.selected
	switch r.Name {
	case "BYE":
		c.closing, c.state = true, LoggedOut
	case "CAPABILITY":
		c.learn(r.Words)
	case "FLAGS":
		s.Flags = r.Words
	case "EXISTS":
		s.Exists = r.Number
	case "RECENT":
		s.Recent = r.Number
	case "FETCH":
		if r.Fetch != nil {
			c.modSeqs.greatest = max(c.modSeqs.greatest, r.Fetch.ModSeq)
		}
	case "ENABLED":
		c.enabled = append(c.enabled, r.Words...)
	case "VANISHED":
		if r.Gone != nil && !r.Gone.Earlier { // RFC 7162 §3.2.10.2: each UID counts down EXISTS by itself
			s.Exists -= min(s.Exists, r.Gone.UIDs.count())
		}
	case "EXPUNGE":
		if s.Exists > 0 {
			s.Exists-- // RFC 3501 §7.4.1: EXPUNGE counts down EXISTS by itself
		}
	}
	c.code(r.Code)
	c.event(&Told{r})
}

// code learns from a response code.
func (c *Client) code(code *Code) {
	if code == nil {
		return
	}
	s := &c.selected
	switch code.Name {
	case "CAPABILITY":
		c.learn(code.Words)
	case "UIDVALIDITY":
		s.UIDValidity = code.Number
	case "HIGHESTMODSEQ":
		s.HighestModSeq, c.modSeqs.told = code.ModSeq, true
	case "NOMODSEQ":
		s.HighestModSeq = 0
	case "UIDNEXT":
		s.UIDNext = code.Number
	case "UNSEEN":
		s.FirstUnseen = code.Number
	case "PERMANENTFLAGS":
		s.PermanentFlags = code.Words
	case "CLOSED": // RFC 9051 §7.1: what follows is about the mailbox that is selected next
		*s = Selection{}
	case "READ-ONLY":
		s.ReadOnly = true
	case "READ-WRITE":
		s.ReadOnly = false
	}
}

// completed takes the tagged response that completes a command.
func (c *Client) completed(resp *Response) {
	for i, r := range c.queue {
		if r.tag != resp.Tag {
			continue
		}
		c.queue = append(c.queue[:i:i], c.queue[i+1:]...)
		c.code(resp.Code)
		c.modSeqs.settle(&c.selected)
		c.moved(r, resp.Name == "OK")
		done := &Done{Tag: r.tag, Command: r.name, Status: resp.Name, Code: resp.Code, Text: resp.Text}
		if r.series != nil && c.goesOn(r.series, done) {
			return
		}
		c.event(done)
		if r.renew {
			c.Idle()
		}
		return
	}
	c.event(&ServerError{Line: resp.Tag + " " + resp.Name, Why: errors.New("imap: no command has this tag (RFC 3501 §2.2.1)")})
}

// moved changes the state as the outcome of a command says.
func (c *Client) moved(r *request, ok bool) {
	switch r.name {
	case "LOGIN", "AUTHENTICATE":
		if ok {
			c.state = Authenticated
			c.authenticated(r)
			if c.learned == r.learned {
				c.capabilities = nil // RFC 3501 §6.2.3: what was told before need not hold any more
			}
		}
	case "STARTTLS":
		if ok {
			c.capabilities = nil // RFC 3501 §6.2.1: forget what was told in clear text
			c.framer.forget()    // and what came behind the OK
			c.held = true
		}
	case "SELECT", "EXAMINE":
		if ok {
			c.state, c.selected.Name = Selected, r.mailbox
		} else if c.state == Selected {
			c.state, c.selected = Authenticated, Selection{}
		}
	case "CLOSE", "UNSELECT":
		if ok {
			c.state, c.selected = Authenticated, Selection{}
		}
	case "IDLE":
		c.idling = false
	case "LOGOUT":
		c.closing, c.state = true, LoggedOut
	}
}

func (c *Client) learn(capabilities []string) {
	c.capabilities = capabilities
	c.learned++
}
