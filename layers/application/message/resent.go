package message

import (
	"fmt"
	"strings"
	"time"
)

// A Resent says that somebody sends a received mail on, unchanged (RFC 5322 §3.6.6): a block of fields that goes on top of
// it, above those of earlier times.
type Resent struct {
	From, Sender string
	To, Cc, Bcc  []string
	KeepBcc      bool      // write Resent-Bcc too
	Date         time.Time // must be set
	MessageID    string    // without < and >; "" derives one from the other values
}

// Recipients is every address that the mail is to be delivered to now, each once.
func (r *Resent) Recipients() []string {
	m := Mail{To: r.To, Cc: r.Cc, Bcc: r.Bcc}
	return m.Recipients()
}

// Build returns the mail with the block on top, or an error that says which value cannot be sent and why.
func (r *Resent) Build(mail []byte) ([]byte, error) {
	switch {
	case r.Date.IsZero():
		return nil, fmt.Errorf("message: Resent-Date: a block needs one (RFC 5322 §3.6.6)")
	case r.From == "":
		return nil, fmt.Errorf("message: Resent-From: a block needs one (RFC 5322 §3.6.6)")
	case len(r.Recipients()) == 0:
		return nil, fmt.Errorf("message: Resent-To: to nobody (RFC 5322 §3.6.6)")
	}
	w := writer{}
	w.line("Resent-Date", r.Date.Format(DateLayout))
	w.addresses("Resent-From", r.From)
	w.addresses("Resent-Sender", r.Sender)
	w.addresses("Resent-To", r.To...)
	w.addresses("Resent-Cc", r.Cc...)
	if r.KeepBcc {
		w.addresses("Resent-Bcc", r.Bcc...)
	}
	id := r.MessageID
	if id == "" {
		m := Mail{Date: r.Date, From: r.From, To: r.Recipients(), Text: digest(string(mail))}
		id = m.identifier()
	}
	w.identifiers("Resent-Message-ID", id)
	w.checkLines()
	if w.err != nil {
		return nil, w.err
	}
	return append(w.b, mail...), nil
}

// A ResentBlock is what one act of sending on left in a header.
type ResentBlock struct {
	From, Sender []Address
	To, Cc, Bcc  []Address
	Date         time.Time
	MessageID    string // without < and >
}

// ResentBlocks reads the blocks of resent fields, the newest first. The fields of a block stand together; a trace field, or a
// name that was there already, begins another (RFC 5322 §3.6.6, §3.6.7).
func (h Header) ResentBlocks() []ResentBlock {
	var blocks []ResentBlock
	seen := map[string]bool{}
	for i := range h {
		name := strings.ToLower(h[i].Name)
		switch {
		case name == "received" || name == "return-path":
			clear(seen)
			continue
		case !strings.HasPrefix(name, "resent-"):
			continue
		case len(seen) == 0 || seen[name]:
			blocks = append(blocks, ResentBlock{})
			clear(seen)
		}
		seen[name] = true
		blocks[len(blocks)-1].read(name, h[i].Unfolded())
	}
	return blocks
}

func (b *ResentBlock) read(name, value string) {
	switch name {
	case "resent-date":
		b.Date, _ = ParseDate(value)
	case "resent-from":
		b.From = ParseAddresses(value)
	case "resent-sender":
		b.Sender = ParseAddresses(value)
	case "resent-to":
		b.To = ParseAddresses(value)
	case "resent-cc":
		b.Cc = ParseAddresses(value)
	case "resent-bcc":
		b.Bcc = ParseAddresses(value)
	case "resent-message-id":
		if ids := ParseIdentifiers(value); len(ids) > 0 {
			b.MessageID = ids[0]
		}
	}
}
