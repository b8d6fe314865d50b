package message

import (
	"fmt"
	"time"
)

// A Report is a mail by which a program tells another program, and a person, what became of a mail (RFC 6522): words for
// people, facts, and the mail it is about. It travels from the null path, MAIL FROM:<>, so that no report is ever answered
// by another (RFC 3461 §6, RFC 3464 §2); only [MayReport] says whether one is to be sent at all.
type Report struct {
	From, To  string // header addresses: "Mail Delivery System <postmaster@example.org>"; To is the reported mail's reverse path
	Subject   string
	Date      time.Time
	MessageID string // without < and >; "" derives one
	InReplyTo string // the Message-ID of the reported mail, without < and >; "" for none
	Text      string // for people: in the words of the caller

	Delivery    *DeliveryStatus // of a report on delivery
	Disposition *Disposition    // or of one on reading

	Original []byte // the mail that it is about, as it arrived; nil returns nothing
	Return   Return
}

// Return is how much of the mail comes back (RET of RFC 3461 §4.3).
type Return uint8

// What may come back. RFC 3461 §6.1: where nothing failed, the header alone.
const (
	ReturnHeader Return = iota // RET=HDRS
	ReturnFull                 // RET=FULL
)

// Build returns the report's bytes, or an error that says which value cannot be sent and why.
func (r *Report) Build() ([]byte, error) {
	kind, status, subtype := "", []byte(nil), ""
	switch {
	case r.Delivery != nil && r.Disposition == nil:
		kind, subtype, status = "delivery-status", "delivery-status", r.Delivery.append(nil)
		if r.Delivery.ReportingMTA == (Typed{}) || len(r.Delivery.Recipients) == 0 {
			return nil, fmt.Errorf("message: a report names who reports and at least one recipient (RFC 3464 §2.2.2, §2.3)")
		}
		for _, p := range r.Delivery.Recipients {
			if p.Final == (Typed{}) || p.Action == "" || p.Status == "" {
				return nil, fmt.Errorf("message: a report names final recipient, action and status of each (RFC 3464 §2.3)")
			}
		}
	case r.Disposition != nil && r.Delivery == nil:
		kind, subtype, status = "disposition-notification", "disposition-notification", r.Disposition.append(nil)
		if r.Disposition.Final == (Typed{}) || r.Disposition.Type == "" {
			return nil, fmt.Errorf("message: a receipt names its recipient and what was done (RFC 8098 §3.2.4, §3.2.6)")
		}
	default:
		return nil, fmt.Errorf("message: a report is on delivery, or on reading (RFC 3464, RFC 8098)")
	}
	facts := &Entity{Type: "message/" + subtype, Body: status}
	if !isASCII(status) {
		facts.Type = "message/global-" + subtype // RFC 6533 §4.2, §5
	}
	body := Multipart("report", TextEntity("plain", r.Text), facts)
	body.Params = Params{{"report-type", kind}}
	if returned := r.returned(); returned != nil {
		body.Parts = append(body.Parts, returned)
	}
	m := Mail{From: r.From, To: []string{r.To}, Subject: r.Subject, Date: r.Date, MessageID: r.MessageID, Body: body,
		// RFC 3834 §5: nobody's program answers this.
		Extra: []ExtraField{{"Auto-Submitted", "auto-replied"}}}
	if m.MessageID == "" {
		m.MessageID = m.identifierOf(string(status))
	}
	if r.InReplyTo != "" {
		m.InReplyTo, m.References = []string{r.InReplyTo}, []string{r.InReplyTo}
	}
	return m.Build()
}

// returned is the mail that the report is about, or its header (RFC 6522 §3, §4).
func (r *Report) returned() *Entity {
	if r.Original == nil {
		return nil
	}
	if r.Return == ReturnFull {
		return Enclosed(r.Original)
	}
	_, end := ParseHeader(r.Original)
	header := r.Original[:end:end]
	header = header[:len(header)-len(emptyLine(header))]
	e := &Entity{Type: "text/rfc822-headers", Body: header, Encoding: Bit7}
	if !isASCII(header) {
		e.Type, e.Encoding = "message/global-headers", Bit8 // RFC 6533 §6
	}
	return e
}

// A ReadReport is a report as it was received.
type ReadReport struct {
	Type        string          // report-type: "delivery-status", "disposition-notification" …
	Text        string          // for people
	Delivery    *DeliveryStatus // of a report on delivery
	Disposition *Disposition    // of a report on reading
	Original    Header          // of the mail that it is about; nil where nothing came back
	Part        *Part           // that holds it, or its header; nil where nothing came back
}

// Report reads a mail that is a multipart/report; ok is false when it is none.
func (m *Message) Report() (r ReadReport, ok bool) {
	if !m.Root.Type.Is("multipart/report") {
		return ReadReport{}, false
	}
	r.Type = m.Root.Type.Params.Get("report-type")
	for i, p := range m.Root.Parts {
		switch p.Type.String() {
		case "message/delivery-status", "message/global-delivery-status":
			r.Delivery = ParseDeliveryStatus(m.Content(p))
		case "message/disposition-notification", "message/global-disposition-notification":
			r.Disposition = ParseDisposition(m.Content(p))
		case "text/rfc822-headers", "message/global-headers":
			r.Original, _ = ParseHeader(m.Content(p))
			r.Part = p
		case "message/rfc822", "message/global":
			if p.Message != nil {
				r.Original, r.Part = p.Message.Fields, p
			}
		case "multipart/alternative":
			if len(p.Parts) > 0 {
				r.Text += m.Text(p.Parts[0])
			}
		default:
			if i == 0 {
				r.Text = m.Text(p)
			}
		}
	}
	return r, true
}
