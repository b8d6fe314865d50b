package imap

import "strings"

// A Code is a response code: what stands in brackets before the text (RFC 3501 §7.1).
type Code struct {
	Name   string   // upper case
	Words  []string // of CAPABILITY, PERMANENTFLAGS, BADCHARSET
	ModSeq uint64   // of HIGHESTMODSEQ (RFC 7162 §3.1.2.1)
	Number uint32   // of UIDNEXT, UIDVALIDITY, UNSEEN; of APPENDUID and COPYUID the UIDVALIDITY
	Source Set      // of COPYUID: the UIDs of the originals
	UIDs   Set      // of COPYUID and APPENDUID: the UIDs of the new messages, in the same order
	Failed Set      // of MODIFIED: the messages that a conditional STORE has spared, as it named them (RFC 7162 §3.1.3)
	Text   string   // of other codes: what follows the name
}

// Code is a response code with the space behind it, or nothing. What looks like one and is not is left to the text.
func (d *Decoder) Code(to **Code) bool {
	at := d.at
	if d.at >= len(d.b) || d.b[d.at] != '[' {
		return true
	}
	var c Code
	if d.Special('[') && d.Keyword(&c.Name) && d.codeArguments(&c) && d.Special(']') {
		d.SP()
		*to = &c
		return true
	}
	d.at = at
	return true
}

func (d *Decoder) codeArguments(to *Code) bool {
	at := d.at
	ok := false
	switch to.Name {
	case "CAPABILITY":
		for d.more() {
			var word string
			if !d.Atom(&word) {
				break
			}
			to.Words, ok = append(to.Words, word), true
		}
	case "PERMANENTFLAGS":
		ok = d.SP() && d.FlagList(&to.Words)
	case "BADCHARSET":
		ok = d.SP() && d.List(func() bool {
			var name string
			if !d.Astring(&name) {
				return false
			}
			to.Words = append(to.Words, name)
			return true
		})
	case "UIDNEXT", "UIDVALIDITY", "UNSEEN":
		ok = d.SP() && d.Number(&to.Number)
	case "HIGHESTMODSEQ":
		ok = d.SP() && d.ModSeq(&to.ModSeq)
	case "MODIFIED":
		ok = d.SP() && d.SequenceSet(&to.Failed)
	case "APPENDUID":
		ok = d.SP() && d.NzNumber(&to.Number) && d.SP() && d.SequenceSet(&to.UIDs)
	case "COPYUID":
		ok = d.SP() && d.NzNumber(&to.Number) && d.SP() && d.SequenceSet(&to.Source) && d.SP() && d.SequenceSet(&to.UIDs)
	}
	if ok && d.at < len(d.b) && d.b[d.at] == ']' {
		return true
	}
	d.at = at
	end := strings.IndexByte(string(d.Rest()), ']')
	if end < 0 {
		return false
	}
	to.Text = strings.TrimSpace(string(d.b[d.at : d.at+end]))
	d.at += end
	return true
}
