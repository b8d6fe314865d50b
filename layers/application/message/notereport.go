package message

import (
	"strings"

	"mailwire/layers"
)

// The words in reports that the lexicon explains in a line each, as "report.field.<word>".
var (
	notedStatus = []string{"reporting-mta", "original-envelope-id", "dsn-gateway", "received-from-mta", "arrival-date", "original-recipient", "final-recipient", "action",
		"status", "remote-mta", "diagnostic-code", "last-attempt-date", "final-log-id", "will-retry-until", "reporting-ua", "mdn-gateway", "original-message-id", "disposition",
		"failure", "error"}
	notedActions      = []string{"failed", "delayed", "delivered", "relayed", "expanded"}
	notedDispositions = []string{"displayed", "deleted", "dispatched", "processed"}
)

// report explains a part that says what became of a mail.
func (n *noter) report(p *Part) {
	body := n.m.Content(p)
	switch p.Type.String() {
	case "message/delivery-status", "message/global-delivery-status":
		s := ParseDeliveryStatus(body)
		n.add("report.delivery", layers.A("host", text(orUnknown(s.ReportingMTA.Value))), layers.A("recipients", layers.Int(len(s.Recipients))))
		for i := range s.Recipients[:min(len(s.Recipients), reportedMax)] {
			r := &s.Recipients[i]
			n.add("report.recipient", layers.A("recipient", text(orUnknown(r.Final.Value))), layers.A("action", text(string(r.Action))), layers.A("status", text(orUnknown(r.Status))))
			n.word("report", string(r.Action), notedActions)
		}
	case "message/disposition-notification", "message/global-disposition-notification":
		d := ParseDisposition(body)
		n.add("report.disposition", layers.A("recipient", text(orUnknown(d.Final.Value))), layers.A("deed", text(orUnknown(d.Type))))
		n.word("report", d.Type, notedDispositions)
	default:
		return
	}
	// The fields of the first two groups: of the mail, and of a recipient.
	for group := 0; group < 2 && len(body) > 0; group++ {
		h, length := ParseHeader(body)
		body = body[length:]
		for i := range h {
			n.word("report", strings.ToLower(h[i].Name), notedStatus)
		}
	}
}

// reportedMax bounds the recipients of a report that are explained one by one.
const reportedMax = 5

// composite explains the types of message that are no whole mail: pieces and pointers.
func (n *noter) composite(p *Part) {
	switch p.Type.String() {
	case "message/partial":
		n.add("mime.message-partial", layers.A("number", layers.Int(p.Type.Params.Number("number"))), layers.A("total", layers.Int(p.Type.Params.Number("total"))))
	case "message/external-body":
		n.add("mime.message-external-body", layers.A("access", text(orUnknown(p.Type.Params.Get("access-type")))))
	case "text/rfc822-headers", "message/global-headers":
		n.add("report.returned-header")
	}
}

// oddities tells of a header what is not as most are: groups of addresses, bytes above ASCII, lines that are too long.
func (n *noter) oddities() {
	for i := range n.m.Root.Fields {
		f := &n.m.Root.Fields[i]
		if addressField(f) && strings.IndexByte(f.Unfolded(), ':') >= 0 {
			for _, a := range ParseAddresses(f.Unfolded()) {
				if a.Group == GroupStart && n.once("message.address-group") {
					n.add("message.address-group", layers.A("name", text(DecodeWords(a.Mailbox))))
				}
			}
		}
		if !isASCII(f.Bytes()) && n.once("message.beyond-ascii") {
			n.add("message.beyond-ascii", layers.A("field", text(f.Name)))
		}
		if length := longestLine(f.Bytes()); length > lineMax && n.once("message.line-length") {
			n.add("message.line-length", layers.A("field", text(f.Name)), layers.A("length", layers.Int(length)))
		}
	}
}

func addressField(f *Field) bool {
	return f.isOneOf([]string{"From", "Sender", "Reply-To", "To", "Cc", "Bcc", "Resent-From", "Resent-To", "Resent-Cc"})
}
