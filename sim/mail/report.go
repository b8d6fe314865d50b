package mail

import (
	"fmt"
	"strings"

	"mailwire/layers/application/message"
	"mailwire/layers/application/smtp"
)

// report tells the sender of a mail that it did not reach some of its recipients: a mail from the null path, so that it
// can never be reported itself (RFC 5321 §4.5.5, §6.1). One that came from the null path is dropped.
func (q *queue) report(i *item, to []smtp.Recipient, why string) {
	s := q.server
	s.tellQueue("mail.bounced", text("domain", i.Domain))
	if i.From.Null() {
		return
	}
	var recipients []string
	for _, p := range to {
		recipients = append(recipients, p.Mailbox.String())
	}
	s.accepted++
	mail := message.Mail{
		From: "Mail Delivery System <postmaster@" + s.config.Domain + ">", To: []string{i.From.Mailbox.String()},
		Subject: "Undelivered mail", Date: s.now(), MessageID: fmt.Sprintf("%d.%s@%s", s.accepted, s.host.Name(), s.Name()),
		Extra: []message.ExtraField{{Name: "Auto-Submitted", Value: "auto-replied"}},
		Text:  "Your mail could not be delivered to:\n\n  " + strings.Join(recipients, "\n  ") + "\n\n" + why + "\n",
	}
	data, err := mail.Build()
	if err != nil {
		return // only an address that can't stand in a header, and then there is nobody to tell
	}
	p := s.plan(&smtp.Envelope{To: smtp.To(i.From)}, data)
	if err := s.carryOut(p, data); err != nil || len(p.arrivals)+len(p.items) == 0 {
		s.tellQueue("mail.report-lost")
	}
}
