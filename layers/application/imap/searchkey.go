package imap

import (
	"strings"
	"time"
)

// A SearchKey is one condition of SEARCH (RFC 3501 §6.4.4).
type SearchKey struct {
	// Name is the word of the RFC; "SET" for a sequence set, "AND" for parentheses and for keys in a row, "$" for what
	// the last SEARCH with SAVE has found (RFC 5182 §2.1).
	Name   string
	Field  string      // of HEADER
	Text   string      // of BCC, BODY, CC, FROM, HEADER, KEYWORD, SUBJECT, TEXT, TO, UNKEYWORD
	Number int64       // of LARGER, SMALLER: bytes; of OLDER, YOUNGER: seconds (RFC 5032)
	ModSeq uint64      // of MODSEQ (RFC 7162 §3.1.5)
	Date   time.Time   // of BEFORE, ON, SINCE, SENTBEFORE, SENTON, SENTSINCE
	Set    Set         // of SET, UID
	Keys   []SearchKey // of NOT (one), OR (two), AND
}

// A searchShape says what follows a key's word.
type searchShape uint8

const (
	alone searchShape = iota
	withText
	withKeyword
	withDate
	withNumber
	withSet
	withField
	withKey
	withKeys
	withModSeq
	withSeconds
)

// searchShapes lists the keys in the order of RFC 3501 §6.4.4.
var searchShapes = []struct {
	name  string
	shape searchShape
}{
	{"ALL", alone}, {"ANSWERED", alone}, {"BCC", withText}, {"BEFORE", withDate}, {"BODY", withText}, {"CC", withText},
	{"DELETED", alone}, {"DRAFT", alone}, {"FLAGGED", alone}, {"FROM", withText}, {"HEADER", withField},
	{"KEYWORD", withKeyword}, {"LARGER", withNumber}, {"NEW", alone}, {"NOT", withKey}, {"OLD", alone}, {"ON", withDate},
	{"OR", withKeys}, {"RECENT", alone}, {"SEEN", alone}, {"SENTBEFORE", withDate}, {"SENTON", withDate},
	{"SENTSINCE", withDate}, {"SINCE", withDate}, {"SMALLER", withNumber}, {"SUBJECT", withText}, {"TEXT", withText},
	{"TO", withText}, {"UID", withSet}, {"UNANSWERED", alone}, {"UNDELETED", alone}, {"UNDRAFT", alone},
	{"UNFLAGGED", alone}, {"UNKEYWORD", withKeyword}, {"UNSEEN", alone},
	{"MODSEQ", withModSeq}, {"OLDER", withSeconds}, {"YOUNGER", withSeconds},
}

func searchShapeOf(name string) (searchShape, bool) {
	for _, s := range searchShapes {
		if s.name == name {
			return s.shape, true
		}
	}
	return alone, false
}

// keysMax bounds the keys of one SEARCH; one that looks at a text counts textCost of them, for it reads all mails.
const (
	keysMax  = 1024
	textCost = 16
)

// SearchProgram is what follows SEARCH: an optional charset, and keys that must all hold.
func (d *Decoder) SearchProgram(charset *string, to *SearchKey) bool {
	at := d.at
	if d.maybe("CHARSET") {
		if !d.SP() || !d.Astring(charset) || !d.SP() {
			return d.back(at)
		}
	}
	return d.searchKeys(to) || d.back(at)
}

// searchKeys is keys that must all hold, to the end.
func (d *Decoder) searchKeys(to *SearchKey) bool {
	budget := keysMax
	to.Name = "AND"
	for {
		var key SearchKey
		if !d.searchKey(&key, &budget) {
			return false
		}
		to.Keys = append(to.Keys, key)
		if d.End() {
			return true
		}
		if !d.SP() {
			return false
		}
	}
}

func (d *Decoder) searchKey(to *SearchKey, budget *int) bool {
	at := d.at
	if *budget--; *budget < 0 {
		return d.want("fewer search keys")
	}
	if d.at < len(d.b) && d.b[d.at] == '(' {
		to.Name = "AND"
		ok := d.List(func() bool {
			var key SearchKey
			if !d.searchKey(&key, budget) {
				return false
			}
			to.Keys = append(to.Keys, key)
			return true
		})
		return ok && len(to.Keys) > 0 || d.back(at) || d.want("search-key")
	}
	if d.SequenceSet(&to.Set) {
		to.Name = "SET"
		return true
	}
	if d.ahead("$") {
		d.at++
		to.Name = "$"
		return true
	}
	if !d.Keyword(&to.Name) {
		return d.want("search-key")
	}
	shape, ok := searchShapeOf(to.Name)
	if !ok {
		return d.back(at) || d.want("search-key")
	}
	if shape == withText || shape == withField {
		*budget -= textCost - 1
	}
	return d.searchArguments(shape, to, budget) || d.back(at)
}

func (d *Decoder) searchArguments(shape searchShape, to *SearchKey, budget *int) bool {
	switch shape {
	case withText:
		return d.SP() && d.Astring(&to.Text)
	case withKeyword:
		return d.SP() && d.Atom(&to.Text)
	case withDate:
		return d.SP() && d.Date(&to.Date)
	case withNumber:
		return d.SP() && d.Number64(&to.Number)
	case withSet:
		if !d.SP() {
			return false
		}
		if d.ahead("$") { // RFC 5182 §2.1: "UID $" is what "$" is
			d.at++
			to.Name = "$"
			return true
		}
		return d.SequenceSet(&to.Set)
	case withModSeq:
		return d.SP() && d.modSeqKey(to)
	case withSeconds:
		var seconds uint32
		ok := d.SP() && d.NzNumber(&seconds)
		to.Number = int64(seconds)
		return ok
	case withField:
		return d.SP() && d.Astring(&to.Field) && d.SP() && d.Astring(&to.Text)
	case withKey, withKeys:
		n := 1
		if shape == withKeys {
			n = 2
		}
		to.Keys = make([]SearchKey, n)
		if !d.enter() {
			return false
		}
		defer d.leave()
		for i := range to.Keys {
			if !d.SP() || !d.searchKey(&to.Keys[i], budget) {
				return false
			}
		}
	}
	return true
}

// modSeqKey is a mod-sequence, perhaps behind the name of the metadata that it is about and whose it is: quoted, and
// priv, shared or all (RFC 7162 §3.1.5).
func (d *Decoder) modSeqKey(to *SearchKey) bool {
	if d.Quoted(&to.Field) && !(d.SP() && d.Atom(&to.Text) && d.SP()) {
		return false
	}
	return d.ModSeq(&to.ModSeq)
}

// SearchKey writes a key. A top-level AND is written as keys in a row.
func (e *Encoder) SearchKey(k SearchKey) *Encoder {
	for i, key := range k.Keys {
		if k.Name != "AND" {
			break
		}
		if i > 0 {
			e.SP()
		}
		e.searchKey(key)
	}
	if k.Name != "AND" {
		e.searchKey(k)
	}
	return e
}

func (e *Encoder) searchKey(k SearchKey) {
	switch k.Name {
	case "SET":
		e.Atom(k.Set.String())
		return
	case "AND":
		e.Special('(').SearchKey(k).Special(')')
		return
	}
	e.Atom(k.Name)
	shape, _ := searchShapeOf(k.Name)
	switch shape {
	case withText:
		e.SP().Astring(k.Text)
	case withKeyword:
		e.SP().Atom(k.Text)
	case withDate:
		e.SP().Atom(k.Date.Format(dateLayout))
	case withNumber, withSeconds:
		e.SP().Number(k.Number)
	case withModSeq:
		if k.Field != "" {
			e.SP().String(k.Field).SP().Atom(k.Text)
		}
		e.SP().ModSeq(k.ModSeq)
	case withSet:
		e.SP().Atom(k.Set.String())
	case withField:
		e.SP().Astring(k.Field).SP().Astring(k.Text)
	case withKey, withKeys:
		for _, key := range k.Keys {
			e.SP()
			e.searchKey(key)
		}
	}
}

// String is the key as it stands on the wire.
func (k SearchKey) String() string {
	return strings.TrimSpace(string(NewEncoder().SearchKey(k).Bytes()))
}

// ParseSearchKey reads keys in a row: "UNSEEN SINCE 1-Feb-2026".
func ParseSearchKey(s string) (SearchKey, error) {
	var key SearchKey
	var charset string
	if d := NewDecoder([]byte(s)); !d.SearchProgram(&charset, &key) {
		return SearchKey{}, d.Err()
	}
	return key, nil
}
