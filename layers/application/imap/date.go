package imap

import (
	"strings"
	"time"
)

// The layouts of RFC 3501 §9: date-time has a day of two characters, the first a space or a digit; date has one or two.
const (
	dateTimeLayout = "_2-Jan-2006 15:04:05 -0700"
	dateLayout     = "2-Jan-2006"
)

// DateTime is a date-time in quotes, the form of INTERNALDATE.
func (d *Decoder) DateTime(to *time.Time) bool {
	at := d.at
	var s string
	if !d.Quoted(&s) {
		return false
	}
	t, err := time.Parse(dateTimeLayout, s)
	if err != nil {
		t, err = time.Parse("02-Jan-2006 15:04:05 -0700", s)
	}
	if err != nil {
		return d.back(at) || d.want("date-time")
	}
	*to = t
	return true
}

// Date is a day, with or without quotes, as SEARCH names it; at midnight UTC.
func (d *Decoder) Date(to *time.Time) bool {
	at := d.at
	var s string
	if !d.Atom(&s) && !d.Quoted(&s) {
		return false
	}
	t, err := time.Parse(dateLayout, strings.TrimPrefix(s, "0"))
	if err != nil {
		return d.back(at) || d.want("date")
	}
	*to = t
	return true
}
