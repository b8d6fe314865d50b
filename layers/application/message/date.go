package message

import (
	"net/mail"
	"strings"
	"time"
)

// DateLayout is how time.Time writes a date of RFC 5322 §3.3.
const DateLayout = "Mon, 2 Jan 2006 15:04:05 -0700"

// ParseDate reads a date (RFC 5322 §3.3, obsolete forms of §4.3 included): the body of a Date field, unfolded.
func ParseDate(s string) (t time.Time, ok bool) {
	if len(s) > 200 { // no date is that long
		return time.Time{}, false
	}
	t, err := mail.ParseDate(strings.TrimSpace(s))
	return t, err == nil
}
