package smtp

import (
	"net/netip"
	"time"

	"mailwire/layers/application/message"
)

// A Session is what a server knows of the connection and the client.
type Session struct {
	Peer     netip.Addr
	TLS      bool
	Client   string // what it said behind EHLO or HELO
	Extended bool   // it said EHLO, or LHLO
	Local    bool   // it said LHLO
	User     string // who is logged in; "" for nobody
}

// An Envelope is what a mail travels with: SMTP's own data about it, which its header need not repeat.
type Envelope struct {
	Session Session
	From    Path
	To      []Recipient
	Params  []Param   // of MAIL
	Return  Return    // RET of MAIL: what a report of failure should carry
	ID      string    // ENVID of MAIL: the sender's own name for this envelope, to be repeated in reports; "" for none
	At      time.Time // when the last byte arrived
}

// A Recipient is one address of an envelope, with what its sender wants to hear about it (RFC 3461 §4). The address alone
// is a Recipient too: an ordinary one.
type Recipient struct {
	Path
	Notify   Notify // NOTIFY
	Original string // ORCPT: "rfc822;bob@example.org", the address that the sender first wrote; "" for none
}

// To makes ordinary recipients of paths.
func To(paths ...Path) []Recipient {
	list := make([]Recipient, len(paths))
	for i, p := range paths {
		list[i].Path = p
	}
	return list
}

// Param returns the value of a parameter of MAIL.
func (e *Envelope) Param(keyword string) (string, bool) {
	return find(e.Params, keyword)
}

// Submitter is who handed the mail in first, as AUTH= of MAIL says; ok is false where it does not, or says <>. A server that
// does not trust the client takes no notice of it (RFC 4954 §5).
func (e *Envelope) Submitter() (address string, ok bool) {
	value, _ := e.Param("AUTH")
	address, ok = decodeXtext(value)
	return address, ok && address != "" && address != "<>"
}

// With names the protocol that the mail came by, for Received (RFC 3848, RFC 6531 §4.3).
func (e *Envelope) With() string {
	if !e.Session.Extended {
		return "SMTP"
	}
	with := "ESMTP"
	_, utf8 := e.Param("SMTPUTF8")
	switch {
	case utf8 && e.Session.Local:
		with = "UTF8LMTP"
	case utf8:
		with = "UTF8SMTP"
	case e.Session.Local:
		with = "LMTP"
	}
	if e.Session.TLS {
		with += "S"
	}
	if e.Session.User != "" {
		with += "A"
	}
	return with
}

// Received is the trace line that a server puts on top of the mail that it takes (RFC 5321 §4.4), with its CRLFs. id is the
// server's own name for the mail, or "". A mail to several does not say for whom it is: that would betray a Bcc.
func (e *Envelope) Received(by, id string) string {
	stamp := message.Received{From: e.Session.Client, By: by, With: e.With(), ID: id, Date: e.At}
	if stamp.From == "" {
		stamp.From = "unknown"
	}
	if e.Session.Peer.IsValid() {
		stamp.Source = Literal(e.Session.Peer)
	}
	if len(e.To) == 1 {
		stamp.For = e.To[0].Mailbox.String()
	}
	return string(stamp.Append(nil))
}

// Literal is the address literal of an IP address: [192.0.2.1] or [IPv6:2001:db8::1] (RFC 5321 §4.1.3).
func Literal(a netip.Addr) string {
	if a = a.Unmap(); a.Is6() {
		return "[IPv6:" + a.WithZone("").String() + "]"
	}
	return "[" + a.String() + "]"
}
