package imap

import "mailwire/layers/application"

// A VanishedData is what VANISHED tells: UIDs of messages that are gone (RFC 7162 §3.2.10).
type VanishedData struct {
	Earlier bool // while the client was away: no sequence number shifts
	UIDs    Set
}

func (d *Decoder) vanished(to *VanishedData) bool {
	if d.ahead("(") {
		to.Earlier = true
		if !(d.Special('(') && d.Word("EARLIER") && d.Special(')') && d.SP()) {
			return false
		}
	}
	return d.SequenceSet(&to.UIDs)
}

// count is how many numbers a set without "*" names.
func (s Set) count() (n uint32) {
	for _, span := range s.spans(0) {
		n += span.Last - span.First + 1
	}
	return n
}

// listExtension is the extended data of LIST: "(" items ")" (RFC 5258 §6). Items that are not known are passed over.
func (d *Decoder) listExtension(to *ListData) bool {
	return d.List(func() bool {
		var tag string
		if !d.Astring(&tag) || !d.SP() {
			return false
		}
		word := func(into *[]string) func() bool {
			return func() bool {
				var s string
				ok := d.Astring(&s)
				*into = append(*into, s)
				return ok
			}
		}
		switch application.Upper(tag) {
		case "CHILDINFO":
			return d.List(word(&to.ChildInfo))
		case "OLDNAME":
			return d.Special('(') && d.Mailbox(&to.OldName) && d.Special(')')
		}
		return d.anything()
	})
}
