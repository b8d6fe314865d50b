package imap

import "mailwire/layers/application/message"

// Envelope writes an ENVELOPE (RFC 3501 §7.4.2, §9).
func (e *Encoder) Envelope(v *message.Envelope) *Encoder {
	e.Special('(').Nstring(v.Date).SP().Nstring(v.Subject)
	for _, list := range [][]message.Address{v.From, v.Sender, v.ReplyTo, v.To, v.Cc, v.Bcc} {
		e.SP().addresses(list)
	}
	return e.SP().Nstring(v.InReplyTo).SP().Nstring(v.MessageID).Special(')')
}

// addresses writes an address list; an empty one is NIL, and nothing stands between two addresses.
func (e *Encoder) addresses(list []message.Address) *Encoder {
	if len(list) == 0 {
		return e.Nil()
	}
	e.Special('(')
	for _, a := range list {
		e.address(a)
	}
	return e.Special(')')
}

// address writes an address. Without a host it opens or closes a group (RFC 3501 §7.4.2); an address that has none
// really gets an empty one.
func (e *Encoder) address(a message.Address) {
	some := func(s string) message.Optional { return message.Optional{Value: s, Present: s != ""} }
	mailbox, host := message.Text(a.Mailbox), message.Text(a.Host)
	if a.Group != message.NoGroup {
		host = message.Optional{}
	}
	if a.Group == message.GroupEnd {
		mailbox = message.Optional{}
	}
	e.Special('(').Nstring(some(a.Name)).SP().Nstring(some(a.Route)).SP().Nstring(mailbox).SP().Nstring(host).Special(')')
}

// Envelope is an ENVELOPE.
func (d *Decoder) Envelope(to *message.Envelope) bool {
	at := d.at
	ok := d.Special('(') && d.Nstring(&to.Date) && d.SP() && d.Nstring(&to.Subject)
	for _, list := range []*[]message.Address{&to.From, &to.Sender, &to.ReplyTo, &to.To, &to.Cc, &to.Bcc} {
		ok = ok && d.SP() && d.addresses(list)
	}
	return ok && d.SP() && d.Nstring(&to.InReplyTo) && d.SP() && d.Nstring(&to.MessageID) && d.Special(')') || d.back(at)
}

// addresses is an address list. Some servers put spaces between the addresses.
func (d *Decoder) addresses(to *[]message.Address) bool {
	if d.Nil() {
		return true
	}
	at := d.at
	if !d.Special('(') {
		return false
	}
	for !d.Special(')') {
		var a message.Address
		if !d.address(&a) {
			return d.back(at)
		}
		*to = append(*to, a)
		d.SP()
	}
	return true
}

func (d *Decoder) address(to *message.Address) bool {
	at := d.at
	var name, route, mailbox, host message.Optional
	if !(d.Special('(') && d.Nstring(&name) && d.SP() && d.Nstring(&route) && d.SP() && d.Nstring(&mailbox) && d.SP() &&
		d.Nstring(&host) && d.Special(')')) {
		return d.back(at)
	}
	*to = message.Address{Name: name.Value, Route: route.Value, Mailbox: mailbox.Value, Host: host.Value}
	switch {
	case !host.Present && !mailbox.Present:
		to.Group = message.GroupEnd
	case !host.Present:
		to.Group = message.GroupStart
	}
	return true
}
