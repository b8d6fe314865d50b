package mail

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"mailwire/layers"
	"mailwire/layers/application/message"
	"mailwire/layers/application/smtp"
)

// A report is what a host tells the sender of a mail about some of its recipients, all of whom met the same end.
type report struct {
	letter QueuedMail
	action message.Action
	fates  []fate
}

// A fate is what became of a mail for one recipient.
type fate struct {
	to smtp.Recipient
	trouble
}

// A trouble is why a mail got no further, or which host took it over.
type trouble struct {
	words  string      // for the sender to read, in English
	status string      // an enhanced code (RFC 3463); "" where the answer has one
	remote string      // the host that was asked; "" where none was
	answer *smtp.Reply // what it said; nil where it said nothing
}

// code is the trouble as an enhanced status code, that of success where there is none.
func (t *trouble) code(a message.Action) string {
	switch {
	case t.status != "":
		return t.status
	case t.answer == nil && a == message.Delivered:
		return "2.1.5" // RFC 3463 §3.2: the address is a good one
	case t.answer == nil:
		return "2.0.0"
	}
	// RFC 3463 §2: class.0.0 where a server says no more.
	return cmp.Or(t.answer.Enhanced.String(), fmt.Sprintf("%d.0.0", t.answer.Class()))
}

// permanent says whether to try again is of no use.
func (t *trouble) permanent() bool { return t.code(message.Failed)[0] == '5' }

// occasion is when the sender wants to hear of an action (RFC 3461 §4.1).
func occasion(a message.Action) smtp.Notify {
	switch a {
	case message.Failed:
		return smtp.NotifyFailure
	case message.Delayed:
		return smtp.NotifyDelay
	}
	return smtp.NotifySuccess
}

// reportWords are how reports are called, and what they begin with, on the wire.
var reportWords = map[message.Action]struct{ subject, text string }{
	message.Failed:    {"Undelivered mail", "Your mail could not be delivered to:"},
	message.Delayed:   {"Delayed mail", "Your mail has not yet been delivered to the addresses below. You need not send it again: it is still tried."},
	message.Delivered: {"Delivered mail", "Your mail was delivered to:"},
	message.Relayed:   {"Relayed mail", "Your mail was passed on to a host that does not report what becomes of it, for:"},
	message.Expanded:  {"Expanded mail", "Your mail was passed on to all those behind:"},
}

// report tells the sender of a mail what became of it, as far as he wants to know: a mail from the null path, so that it
// can never be reported itself (RFC 5321 §4.5.5, §6.1). One that came from the null path is reported to nobody.
func (s *Server) report(r report) {
	var wanted []fate
	for _, f := range r.fates {
		if f.to.Notify.Wants(occasion(r.action)) {
			wanted = append(wanted, f)
		}
	}
	if len(wanted) == 0 || !message.MayReport(r.letter.From.Mailbox.String()) {
		if r.action == message.Failed {
			s.tellQueue("mail.unreported", text("domain", r.letter.Domain))
		}
		return
	}
	r.fates = wanted
	s.tellReport(&r)
	data, err := s.build(&r)
	if err != nil {
		return // only an address that can't stand in a header, and then there is nobody to tell
	}
	p := s.plan(&smtp.Envelope{To: smtp.To(r.letter.From)}, data)
	if err := s.carryOut(p, data); err != nil || len(p.arrivals)+len(p.items) == 0 {
		s.tellQueue("mail.report-lost")
	}
}

// tellReport tells that a report goes out, and about what.
func (s *Server) tellReport(r *report) {
	address := text("address", r.fates[0].to.Mailbox.String())
	switch r.action {
	case message.Failed:
		s.tellQueue("mail.bounced", text("domain", r.letter.Domain))
	case message.Delayed:
		s.tellQueue("mail.warned", text("domain", r.letter.Domain), layers.A("hours", layers.Int(int(s.now().Sub(r.letter.Since)/time.Hour))))
	case message.Delivered:
		s.tellQueue("mail.told-delivered", address)
	case message.Relayed:
		s.tellQueue("mail.told-relayed", address, text("name", r.fates[0].remote))
	case message.Expanded:
		s.tellQueue("mail.told-expanded", address)
	}
}

// build makes the mail that a report is (RFC 3464).
func (s *Server) build(r *report) ([]byte, error) {
	s.accepted++
	var body strings.Builder
	body.WriteString(reportWords[r.action].text + "\n")
	status := &message.DeliveryStatus{EnvelopeID: r.letter.Envelope, ReportingMTA: message.Typed{Type: "dns", Value: s.Name()}, Arrival: r.letter.Since}
	for i := range r.fates {
		f := &r.fates[i]
		fmt.Fprintf(&body, "\n  %s\n", f.to.Mailbox)
		if f.words != "" {
			fmt.Fprintf(&body, "    %s\n", f.words)
		}
		status.Recipients = append(status.Recipients, s.status(r, f))
	}
	mail := message.Report{
		From: "Mail Delivery System <postmaster@" + s.config.Domain + ">", To: r.letter.From.Mailbox.String(),
		Subject: reportWords[r.action].subject, Date: s.now(), MessageID: fmt.Sprintf("%d.%s@%s", s.accepted, s.host.Name(), s.Name()),
		Text: body.String(), Delivery: status, Original: r.letter.Data,
	}
	// RFC 3461 §4.3: the whole comes back only if the sender wants it and something failed. Without his word the header is
	// enough: a forged sender then gets no more of a stranger's mail than that.
	if r.action == message.Failed && r.letter.Return == smtp.ReturnFull {
		mail.Return = message.ReturnFull
	}
	header, _ := message.ParseHeader(r.letter.Data)
	if ids := message.ParseIdentifiers(header.Unfolded("Message-ID").Value); len(ids) > 0 {
		mail.InReplyTo = ids[0]
	}
	return mail.Build()
}

// status is the facts about one recipient (RFC 3464 §2.3).
func (s *Server) status(r *report, f *fate) message.RecipientStatus {
	facts := message.RecipientStatus{
		Original: message.ParseTyped(f.to.Original), Final: message.AddressOf(f.to.Mailbox.String()),
		Action: r.action, Status: f.code(r.action), LastAttempt: s.now(),
	}
	if f.remote != "" {
		facts.RemoteMTA = message.Typed{Type: "dns", Value: f.remote}
	}
	if f.answer != nil {
		facts.Diagnostic = message.Typed{Type: "smtp", Value: f.answer.Error()}
	}
	if r.action == message.Delayed {
		facts.RetryUntil = r.letter.Since.Add(giveUpAfter)
	}
	return facts
}
