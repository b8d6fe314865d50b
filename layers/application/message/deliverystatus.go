package message

import (
	"strings"
	"time"
)

// A Typed is a value with the kind of name it is, parted by a semicolon (RFC 3464 §2.1.2): "rfc822; bob@example.org",
// "dns; mail.example.org", "smtp; 550 5.1.1 no such user".
type Typed struct{ Type, Value string }

// String is "type; value", "" where both are.
func (t Typed) String() string {
	if t == (Typed{}) {
		return ""
	}
	return t.Type + "; " + t.Value
}

// ParseTyped reads one. Without a semicolon all is the value.
func ParseTyped(s string) Typed {
	kind, value, ok := strings.Cut(s, ";")
	if !ok {
		return Typed{Value: strings.TrimSpace(s)}
	}
	l := lexer{s: kind}
	return Typed{Type: l.token(), Value: strings.TrimSpace(value)}
}

// AddressOf is an address as reports name it: of the type rfc822, or utf-8 where it is not ASCII (RFC 6533 §3).
func AddressOf(address string) Typed {
	switch {
	case address == "":
		return Typed{}
	case isASCII([]byte(address)):
		return Typed{"rfc822", address}
	}
	return Typed{"utf-8", address}
}

// An Action is what became of a mail for a recipient (RFC 3464 §2.3.3).
type Action string

// The actions.
const (
	Failed    Action = "failed"    // it could not be delivered, and nobody tries again
	Delayed   Action = "delayed"   // not yet delivered, and still tried
	Delivered Action = "delivered" // it is in the mailbox
	Relayed   Action = "relayed"   // it went on to a server that cannot report
	Expanded  Action = "expanded"  // it went on to several others
)

// A DeliveryStatus is what a message/delivery-status says: facts about a mail, and about each of its recipients (RFC 3464
// §2). What a field does not say is zero.
type DeliveryStatus struct {
	EnvelopeID   string // ENVID of the mail, decoded
	ReportingMTA Typed  // who tries to deliver, and reports
	Gateway      Typed  // to which other mail system
	ReceivedFrom Typed  // which server the mail came from
	Arrival      time.Time
	Further      []ExtraField // other fields

	Recipients []RecipientStatus
}

// A RecipientStatus is what became of a mail for one recipient (RFC 3464 §2.3).
type RecipientStatus struct {
	Original    Typed  // the address that the sender gave: ORCPT, decoded
	Final       Typed  // the address that was tried
	Action      Action // in lower case
	Status      string // an enhanced status code: "5.1.1" (RFC 3463)
	RemoteMTA   Typed  // the server that was asked
	Diagnostic  Typed  // what it said
	LastAttempt time.Time
	LogID       string
	RetryUntil  time.Time    // when a delayed mail is given up
	Further     []ExtraField // other fields
}

// append adds the fields, group after group (RFC 3464 §2.1).
func (s *DeliveryStatus) append(dst []byte) []byte {
	dst = appendStatusField(dst, "Original-Envelope-Id", s.EnvelopeID)
	dst = appendStatusField(dst, "Reporting-MTA", s.ReportingMTA.String())
	dst = appendStatusField(dst, "DSN-Gateway", s.Gateway.String())
	dst = appendStatusField(dst, "Received-From-MTA", s.ReceivedFrom.String())
	dst = appendStatusDate(dst, "Arrival-Date", s.Arrival)
	for _, f := range s.Further {
		dst = appendStatusField(dst, f.Name, f.Value)
	}
	for i := range s.Recipients {
		dst = s.Recipients[i].append(append(dst, "\r\n"...))
	}
	return dst
}

func (r *RecipientStatus) append(dst []byte) []byte {
	dst = appendStatusField(dst, "Original-Recipient", r.Original.String())
	dst = appendStatusField(dst, "Final-Recipient", r.Final.String())
	dst = appendStatusField(dst, "Action", string(r.Action))
	dst = appendStatusField(dst, "Status", r.Status)
	dst = appendStatusField(dst, "Remote-MTA", r.RemoteMTA.String())
	dst = appendStatusField(dst, "Diagnostic-Code", r.Diagnostic.String())
	dst = appendStatusDate(dst, "Last-Attempt-Date", r.LastAttempt)
	dst = appendStatusField(dst, "Final-Log-ID", r.LogID)
	dst = appendStatusDate(dst, "Will-Retry-Until", r.RetryUntil)
	for _, f := range r.Further {
		dst = appendStatusField(dst, f.Name, f.Value)
	}
	return dst
}

// appendStatusField folds a value at its blanks. A line end in it, such as a server's reply of several lines has, becomes a
// blank: what follows must not be taken for another field.
func appendStatusField(dst []byte, name, value string) []byte {
	words := strings.Fields(strings.ReplaceAll(value, "\x00", " "))
	if len(words) == 0 {
		return dst
	}
	for i, w := range words { // a word cannot be folded, and a line has its limit (RFC 5322 §2.1.1)
		words[i] = w[:min(len(w), lineMax-len(name)-3)]
	}
	return appendFolded(dst, name, words)
}

func appendStatusDate(dst []byte, name string, t time.Time) []byte {
	if t.IsZero() {
		return dst
	}
	return appendFolded(dst, name, []string{t.Format(DateLayout)})
}

// statusRecipientsMax bounds how many groups of fields are read.
const statusRecipientsMax = 10000

// ParseDeliveryStatus reads the body of a message/delivery-status, decoded. Groups without a recipient are passed over.
func ParseDeliveryStatus(b []byte) *DeliveryStatus {
	s := &DeliveryStatus{}
	first := true
	for len(b) > 0 && len(s.Recipients) < statusRecipientsMax {
		h, length := ParseHeader(b)
		b = b[length:]
		switch {
		case len(h) == 0: // one empty line too many
		case first:
			s.read(h)
			first = false
		default:
			var r RecipientStatus
			if r.read(h); r.Final != (Typed{}) || r.Original != (Typed{}) {
				s.Recipients = append(s.Recipients, r)
			}
		}
	}
	return s
}

func (s *DeliveryStatus) read(h Header) {
	for i := range h {
		name, value := strings.ToLower(h[i].Name), h[i].Unfolded()
		switch name {
		case "":
		case "original-envelope-id":
			s.EnvelopeID = value
		case "reporting-mta":
			s.ReportingMTA = ParseTyped(value)
		case "dsn-gateway":
			s.Gateway = ParseTyped(value)
		case "received-from-mta":
			s.ReceivedFrom = ParseTyped(value)
		case "arrival-date":
			s.Arrival, _ = ParseDate(value)
		default:
			s.Further = append(s.Further, ExtraField{h[i].Name, value})
		}
	}
}

func (r *RecipientStatus) read(h Header) {
	for i := range h {
		name, value := strings.ToLower(h[i].Name), h[i].Unfolded()
		switch name {
		case "":
		case "original-recipient":
			r.Original = ParseTyped(value)
		case "final-recipient":
			r.Final = ParseTyped(value)
		case "action":
			l := lexer{s: value}
			r.Action = Action(strings.ToLower(l.token()))
		case "status":
			l := lexer{s: value}
			r.Status = l.token()
		case "remote-mta":
			r.RemoteMTA = ParseTyped(value)
		case "diagnostic-code":
			r.Diagnostic = ParseTyped(value)
		case "last-attempt-date":
			r.LastAttempt, _ = ParseDate(value)
		case "final-log-id":
			r.LogID = value
		case "will-retry-until":
			r.RetryUntil, _ = ParseDate(value)
		default:
			r.Further = append(r.Further, ExtraField{h[i].Name, value})
		}
	}
}
