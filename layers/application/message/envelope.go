package message

// An Envelope is what IMAP calls by that name: ten fields of a mail's header, ready for a list of mails (RFC 9051
// §7.5.2). It is not the envelope of SMTP. Texts stand as in the header, unfolded, their encoded words not decoded.
type Envelope struct {
	Date, Subject         Optional
	From, Sender, ReplyTo []Address
	To, Cc, Bcc           []Address
	InReplyTo, MessageID  Optional
}

// Envelope reads the envelope of the whole message.
func (m *Message) Envelope() *Envelope { return m.Root.envelope() }

func (p *Part) envelope() *Envelope {
	h := p.Fields
	e := &Envelope{
		Date: h.Unfolded("Date"), Subject: h.Unfolded("Subject"),
		From: h.addresses("From"), Sender: h.addresses("Sender"), ReplyTo: h.addresses("Reply-To"),
		To: h.addresses("To"), Cc: h.addresses("Cc"), Bcc: h.addresses("Bcc"),
		InReplyTo: h.Unfolded("In-Reply-To"), MessageID: h.Unfolded("Message-ID"),
	}
	// RFC 9051 §7.5.2: where Sender or Reply-To are absent or empty, the server fills in From.
	if len(e.Sender) == 0 {
		e.Sender = e.From
	}
	if len(e.ReplyTo) == 0 {
		e.ReplyTo = e.From
	}
	return e
}

// addresses reads every field called name: some programs write To: twice.
func (h Header) addresses(name string) []Address {
	var all []Address
	for _, f := range h {
		if f.Is(name) {
			all = append(all, ParseAddresses(f.Unfolded())...)
		}
	}
	return all
}
