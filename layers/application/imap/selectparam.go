package imap

import (
	"slices"
	"strings"
)

// A SelectOptions is the parameters of SELECT and EXAMINE (RFC 4466 §2.1).
type SelectOptions struct {
	CondStore bool     // CONDSTORE (RFC 7162 §3.1.8)
	QResync   *QResync // QRESYNC (RFC 7162 §3.2.5); nil for none
}

// A QResync is what a client knows of a mailbox that it was away from, so that SELECT tells what is different now
// (RFC 7162 §3.2.5).
type QResync struct {
	UIDValidity uint32
	ModSeq      uint64 // of the last change that the client knows
	Known       Set    // the UIDs that it knows; nil for all
	// MatchNumbers and MatchUIDs are a sample of sequence numbers and of the UIDs that they had, in the same order and
	// ascending: up to a pair that still holds the client knows what is gone. Nil for none.
	MatchNumbers, MatchUIDs Set
}

// selectArguments is the mailbox and the parameters of SELECT and EXAMINE.
func (d *Decoder) selectArguments(to *Command) bool {
	if !d.mailboxArgument(to) {
		return false
	}
	if !d.ahead(" (") {
		return true
	}
	count := 0
	return d.SP() && d.List(func() bool { count++; return d.selectParam(&to.Select) }) && (count > 0 || d.want("select-param"))
}

func (d *Decoder) selectParam(to *SelectOptions) bool {
	var name string
	at := d.at
	if !d.Keyword(&name) {
		return false
	}
	switch name {
	case "CONDSTORE":
		to.CondStore = true
		return true
	case "QRESYNC":
		to.QResync = &QResync{}
		return d.SP() && d.qresync(to.QResync)
	}
	return d.back(at) || d.wantRef("CONDSTORE or QRESYNC", "RFC 7162 §7")
}

// qresync is "(" uidvalidity SP mod-sequence-value [SP known-uids] [SP seq-match-data] ")" (RFC 7162 §7).
func (d *Decoder) qresync(to *QResync) bool {
	if !(d.Special('(') && d.NzNumber(&to.UIDValidity) && d.SP() && d.ModSeq(&to.ModSeq)) {
		return false
	}
	for range 2 {
		if !d.more() {
			break
		}
		if to.Known == nil && d.knownSet(&to.Known) {
			continue
		}
		return d.Special('(') && d.knownSet(&to.MatchNumbers) && d.SP() && d.knownSet(&to.MatchUIDs) &&
			d.Special(')') && d.Special(')')
	}
	return d.Special(')')
}

// knownSet is a set without "*", which nobody who was away can know (RFC 7162 §7).
func (d *Decoder) knownSet(to *Set) bool {
	at := d.at
	if !d.SequenceSet(to) {
		return false
	}
	if slices.ContainsFunc(*to, func(s Span) bool { return s.First == Star || s.Last == Star }) {
		*to = nil
		return d.back(at) || d.wantRef("a set without *", "RFC 7162 §7")
	}
	return true
}

// ahead says whether these bytes stand next, in any case; it reads nothing.
func (d *Decoder) ahead(s string) bool {
	return len(d.b)-d.at >= len(s) && strings.EqualFold(string(d.b[d.at:d.at+len(s)]), s)
}

// ModSeq is a mod-sequence: a number below 2^63 (RFC 7162 §7).
func (d *Decoder) ModSeq(to *uint64) bool {
	var n int64
	ok := d.Number64(&n)
	*to = uint64(n)
	return ok
}

// ModSeq writes a mod-sequence.
func (e *Encoder) ModSeq(n uint64) *Encoder { return e.Number(int64(n)) }

// selectParams writes the parameters of SELECT, or nothing.
func (e *Encoder) selectParams(o SelectOptions) *Encoder {
	if !o.CondStore && o.QResync == nil {
		return e
	}
	e.Atom(" (")
	if o.CondStore {
		e.Atom("CONDSTORE")
	}
	if q := o.QResync; q != nil {
		if o.CondStore {
			e.SP()
		}
		e.Atom("QRESYNC (").Number(int64(q.UIDValidity)).SP().ModSeq(q.ModSeq)
		if len(q.Known) > 0 {
			e.SP().Atom(q.Known.String())
		}
		if len(q.MatchNumbers) > 0 {
			e.Atom(" (").Atom(q.MatchNumbers.String()).SP().Atom(q.MatchUIDs.String()).Special(')')
		}
		e.Special(')')
	}
	return e.Special(')')
}
