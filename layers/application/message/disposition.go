package message

import "strings"

// A Disposition is what a message/disposition-notification says: what the recipient's program did with a mail (RFC 8098 §3).
type Disposition struct {
	ReportingUA string // host and program: "ana.example.net; mailwire"
	Gateway     Typed
	Original    Typed  // the address that the sender gave
	Final       Typed  // the address whose program reports
	MessageID   string // of the mail, without < and >
	Automatic   bool   // the deed was a program's; otherwise a person's act
	SentByRule  bool   // the receipt was sent by a program's rule; otherwise the person agreed to it
	Type        string // "displayed", "deleted", "dispatched", "processed"
	Modifiers   []string
	Failure     []string // Failure, Error: what went wrong
	Error       []string
	Further     []ExtraField
}

func (d *Disposition) append(dst []byte) []byte {
	dst = appendStatusField(dst, "Reporting-UA", d.ReportingUA)
	dst = appendStatusField(dst, "MDN-Gateway", d.Gateway.String())
	dst = appendStatusField(dst, "Original-Recipient", d.Original.String())
	dst = appendStatusField(dst, "Final-Recipient", d.Final.String())
	if d.MessageID != "" {
		dst = appendStatusField(dst, "Original-Message-ID", "<"+d.MessageID+">")
	}
	action, sent := "manual-action", "MDN-sent-manually"
	if d.Automatic {
		action = "automatic-action"
	}
	if d.SentByRule {
		sent = "MDN-sent-automatically"
	}
	what := d.Type
	if len(d.Modifiers) > 0 {
		what += "/" + strings.Join(d.Modifiers, ",")
	}
	dst = appendStatusField(dst, "Disposition", action+"/"+sent+"; "+what)
	for _, text := range d.Failure {
		dst = appendStatusField(dst, "Failure", text)
	}
	for _, text := range d.Error {
		dst = appendStatusField(dst, "Error", text)
	}
	for _, f := range d.Further {
		dst = appendStatusField(dst, f.Name, f.Value)
	}
	return dst
}

// ParseDisposition reads the body of a message/disposition-notification, decoded.
func ParseDisposition(b []byte) *Disposition {
	d := &Disposition{}
	h, _ := ParseHeader(b)
	for i := range h {
		name, value := strings.ToLower(h[i].Name), h[i].Unfolded()
		switch name {
		case "":
		case "reporting-ua":
			d.ReportingUA = value
		case "mdn-gateway":
			d.Gateway = ParseTyped(value)
		case "original-recipient":
			d.Original = ParseTyped(value)
		case "final-recipient":
			d.Final = ParseTyped(value)
		case "original-message-id":
			if ids := ParseIdentifiers(value); len(ids) > 0 {
				d.MessageID = ids[0]
			}
		case "disposition":
			d.read(value)
		case "failure":
			d.Failure = append(d.Failure, value)
		case "error":
			d.Error = append(d.Error, value)
		default:
			d.Further = append(d.Further, ExtraField{h[i].Name, value})
		}
	}
	return d
}

// read reads "manual-action/MDN-sent-manually; displayed/error" (RFC 8098 §3.2.6).
func (d *Disposition) read(value string) {
	l := lexer{s: value}
	d.Automatic = strings.EqualFold(l.token(), "automatic-action")
	if l.accept('/') {
		d.SentByRule = strings.EqualFold(l.token(), "MDN-sent-automatically")
	}
	if !l.accept(';') {
		return
	}
	d.Type = strings.ToLower(l.token())
	for l.accept('/') || l.accept(',') {
		if m := l.token(); m != "" && len(d.Modifiers) < paramsMax {
			d.Modifiers = append(d.Modifiers, m)
		}
	}
}
