package smtp

import (
	"bytes"
	"errors"
	"slices"
	"strconv"
	"unicode/utf8"
)

// Unsupported says that a mail can't be sent as it is, because the server lacks an extension. Another server might have it.
type Unsupported struct {
	Extension string // SMTPUTF8, 8BITMIME or BINARYMIME
	Why       string
	Ref       string
}

// Error is "smtp: the server does not offer 8BITMIME: the mail has bytes above 127 (RFC 6152 §3)".
func (e *Unsupported) Error() string {
	return "smtp: the server does not offer " + e.Extension + ": " + e.Why + " (" + e.Ref + ")"
}

// mailLine is MAIL with the parameters that the server offers and the mail needs.
func (c *Client) mailLine(t *transaction) (string, error) {
	mail := t.mail
	b := "MAIL FROM:" + mail.From.String()
	if maximum := c.offers.MaxSize(); maximum > 0 && int64(len(t.data)) > maximum && !mail.Raw {
		// RFC 1870 §6.1: a client does not even try.
		return "", NewReply(552, "5.3.4", "The mail is larger than the server takes")
	}
	if c.offers.Has("SIZE") {
		b += " SIZE=" + strconv.Itoa(len(t.data))
	}
	body, err := c.body(t)
	if err != nil {
		return "", err
	}
	b += body
	if needs := mail.UTF8 || !mail.From.ASCII() || slices.ContainsFunc(mail.To, func(r Recipient) bool { return !r.ASCII() }); needs || headerInUTF8(t.data) {
		switch {
		case c.offers.Has("SMTPUTF8"):
			b += " SMTPUTF8"
		case needs:
			return "", &Unsupported{"SMTPUTF8", "an address or the header is not ASCII", "RFC 6531 §3.2"}
		}
	}
	if c.offers.Has("DSN") {
		if mail.Return != "" {
			b += " RET=" + string(mail.Return)
		}
		if mail.ID != "" {
			b += " ENVID=" + encodeXtext(mail.ID)
		}
	}
	for _, p := range mail.Params {
		b += " " + p.String()
	}
	if fault := controlFault(b); fault != nil {
		return "", fault
	}
	return b, nil
}

// checkRecipients says what keeps a mail from its recipients before anything is sent: that there are none, or an address that
// would end its line.
func (c *Client) checkRecipients(mail *Outgoing) error {
	if len(mail.To) == 0 {
		return errors.New("smtp: a mail needs a recipient (RFC 5321 §3.3)")
	}
	for i := range mail.To {
		if fault := controlFault(c.rcptLine(&mail.To[i])); fault != nil {
			return fault
		}
	}
	return nil
}

// body is the parameter BODY, where there is need for one.
func (c *Client) body(t *transaction) (string, error) {
	switch {
	case t.mail.Binary && c.offers.Has("BINARYMIME") && c.offers.Has("CHUNKING"):
		return " BODY=BINARYMIME", nil
	case t.mail.Binary:
		return "", &Unsupported{"BINARYMIME", "the mail is no text of lines", "RFC 3030 §3"}
	case asciiBytes(t.data):
		return "", nil
	case c.offers.Has("8BITMIME"):
		return " BODY=8BITMIME", nil
	case t.mail.Raw:
		return "", nil
	}
	// RFC 6152 §3: without the extension such a mail is not sent as it is.
	return "", &Unsupported{"8BITMIME", "the mail has bytes above 127", "RFC 6152 §3"}
}

// rcptLine is RCPT, with what the sender wants to hear where the server offers DSN (RFC 3461 §4).
func (c *Client) rcptLine(r *Recipient) string {
	b := "RCPT TO:" + r.Path.String()
	if !c.offers.Has("DSN") {
		return b
	}
	if r.Notify != 0 {
		b += " NOTIFY=" + r.Notify.String()
	}
	if r.Original != "" {
		b += " ORCPT=" + encodeOriginal(r.Original)
	}
	return b
}

func asciiBytes(b []byte) bool {
	var all byte
	for _, c := range b {
		all |= c
	}
	return all < 0x80
}

// headerInUTF8 says whether the header of a mail is one of RFC 6532.
func headerInUTF8(data []byte) bool {
	header := data
	if end := bytes.Index(data, []byte("\r\n\r\n")); end >= 0 {
		header = data[:end]
	}
	return !asciiBytes(header) && utf8.Valid(header)
}

// lines is data with CRLF at the end of every line, the last one too (RFC 5321 §2.3.8): data itself, where that is so.
func lines(data []byte) []byte {
	if !hasBare(data) && (len(data) == 0 || bytes.HasSuffix(data, []byte("\r\n"))) {
		return data
	}
	out := make([]byte, 0, len(data)+len(data)/32+2)
	for i, c := range data {
		switch {
		case c == '\r' && i+1 < len(data) && data[i+1] == '\n':
		case c == '\r' || c == '\n':
			out = append(out, '\r', '\n')
		default:
			out = append(out, c)
		}
	}
	if len(out) > 0 && !bytes.HasSuffix(out, []byte("\r\n")) {
		out = append(out, '\r', '\n')
	}
	return out
}
