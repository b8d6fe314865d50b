package imap

// A series is several commands that a caller sees as one: each is sent when the one before has succeeded.
type series struct {
	tag, name string
	steps     []func() *request // still to come
	first     *Done             // of the first step: its code tells the new UIDs
}

// MoveOrCopy moves messages into another mailbox, whatever the server can: by UID MOVE (RFC 6851), else by UID COPY, then
// UID STORE of \Deleted, then UID EXPUNGE (RFC 4315). A server without UIDPLUS keeps the messages marked: EXPUNGE would
// remove what other programs have marked too. One Done tells the outcome, with the code of MOVE or COPY.
func (c *Client) MoveOrCopy(uids Set, to string) (tag string) {
	if c.Can("MOVE") || c.Can("IMAP4rev2") {
		return c.UIDMove(uids, to)
	}
	set := uids.String()
	steps := []func() *request{
		func() *request {
			return c.issue("UID STORE", c.storing("UID STORE", uids, AddFlags, true, []string{Deleted}))
		},
	}
	if c.Can("UIDPLUS") {
		steps = append(steps, func() *request { return c.issue("UID EXPUNGE", c.encoder("UID EXPUNGE").SP().Atom(set)) })
	}
	r := c.issue("UID COPY", c.encoder("UID COPY").SP().Atom(set).SP().Mailbox(to))
	r.series = &series{tag: r.tag, name: "UID MOVE", steps: steps}
	return r.tag
}

// goesOn begins the next step of a series. At its end, or where a step fails, done becomes the outcome of them all.
func (c *Client) goesOn(s *series, done *Done) bool {
	if s.first == nil {
		s.first = done
	}
	if done.OK() && len(s.steps) > 0 {
		next := s.steps[0]()
		s.steps = s.steps[1:]
		next.series = s
		return true
	}
	done.Tag, done.Command = s.tag, s.name
	if done.OK() {
		done.Code = s.first.Code
	}
	return false
}
