package message

import "strings"

// MayReport says whether a report may be sent about a mail: never to the null path (RFC 5321 §4.5.5), which is what reports
// themselves come from. ReversePath is without < and >.
func MayReport(reversePath string) bool { return reversePath != "" }

// MayAnswer says whether a program, such as one that tells of a holiday, may answer a mail by itself (RFC 3834 §2): not to
// the null path, not to what programs and lists have sent. Where it may not, field names what forbids it: "Auto-Submitted",
// "Precedence", "List-Id" …, or "Return-Path" for the null path.
func MayAnswer(h Header, reversePath string) (ok bool, field string) {
	if reversePath == "" {
		return false, "Return-Path"
	}
	// RFC 3834 §2: answers to lists and to the roles that run them would go to machines.
	local, _, _ := strings.Cut(strings.ToLower(reversePath), "@")
	if strings.HasPrefix(local, "owner-") || strings.HasSuffix(local, "-request") || local == "mailer-daemon" {
		return false, "Return-Path"
	}
	for i := range h {
		f := &h[i]
		switch {
		case f.Is("Auto-Submitted"):
			if word := AutoSubmitted(f.Unfolded()); word != "no" {
				return false, f.Name
			}
		case f.Is("Precedence"):
			switch strings.ToLower(f.Unfolded()) {
			case "bulk", "list", "junk":
				return false, f.Name
			}
		case len(f.Name) > 5 && strings.EqualFold(f.Name[:5], "List-"):
			return false, f.Name
		}
	}
	return true, ""
}

// AutoSubmitted reads an Auto-Submitted field, unfolded (RFC 3834 §5.2): "no", "auto-generated", "auto-replied" or an
// extension, in lower case, without its parameters.
func AutoSubmitted(value string) string {
	l := lexer{s: value}
	return strings.ToLower(l.token())
}

// A ReceiptRequest is the wish of a mail's sender to hear that it was read (RFC 8098 §2.1).
type ReceiptRequest struct {
	To []Address // where a receipt is to go; empty: none is asked for
	// Ask says that a person must agree: the receipt would go to somebody else than the mail's failures, to several, or
	// nobody knows where those would go.
	Ask bool
}

// ReceiptRequest reads Disposition-Notification-To. ReversePath is the mail's, without < and >: to the null path nothing is
// ever told (RFC 8098 §2.1).
func (h Header) ReceiptRequest(reversePath string) ReceiptRequest {
	f, ok := h.Get("Disposition-Notification-To")
	if !ok || reversePath == "" {
		return ReceiptRequest{}
	}
	r := ReceiptRequest{To: ParseAddresses(f.Unfolded())}
	r.Ask = len(r.To) != 1 || !sameAddress(r.To[0].String(), reversePath)
	return r
}

// sameAddress compares the domains in any case, the local parts as they are (RFC 8098 §2.1).
func sameAddress(a, b string) bool {
	i, j := strings.LastIndexByte(a, '@'), strings.LastIndexByte(b, '@')
	return i >= 0 && j >= 0 && a[:i] == b[:j] && strings.EqualFold(a[i:], b[j:])
}
