package imap

// A SearchReturn says which results SEARCH or SORT is to tell (RFC 4731 §3.1, RFC 5182 §2.1).
type SearchReturn struct {
	Min, Max, All, Count bool
	Save                 bool // the result is to be kept, to be named "$" later
}

// searchReturn is RETURN with its options, or nothing. Without an option it means ALL (RFC 4731 §3.1).
func (d *Decoder) searchReturn(to **SearchReturn) bool {
	if !d.ahead(" RETURN ") {
		return true
	}
	d.at += len(" RETURN ")
	r := &SearchReturn{}
	if !d.List(func() bool { return d.searchReturnOption(r) }) {
		return false
	}
	if *r == (SearchReturn{}) {
		r.All = true
	}
	*to = r
	return true
}

func (d *Decoder) searchReturnOption(to *SearchReturn) bool {
	var name string
	at := d.at
	if !d.Keyword(&name) {
		return false
	}
	switch name {
	case "MIN":
		to.Min = true
	case "MAX":
		to.Max = true
	case "ALL":
		to.All = true
	case "COUNT":
		to.Count = true
	case "SAVE":
		to.Save = true
	default:
		return d.back(at) || d.wantRef("search-return-opt", "RFC 4731 §4")
	}
	return true
}

// results says whether anything is to be told at all: SAVE alone wants nothing (RFC 5182 §2.1).
func (r *SearchReturn) results() bool { return r.Min || r.Max || r.All || r.Count }

// searchReturn writes RETURN with its options, or nothing.
func (e *Encoder) searchReturn(r *SearchReturn) *Encoder {
	if r == nil {
		return e
	}
	var words []string
	for _, option := range []struct {
		on   bool
		name string
	}{{r.Save, "SAVE"}, {r.Min, "MIN"}, {r.Max, "MAX"}, {r.All, "ALL"}, {r.Count, "COUNT"}} {
		if option.on {
			words = append(words, option.name)
		}
	}
	return e.Atom(" RETURN ").list(len(words), func(i int) { e.Atom(words[i]) })
}

// An ESearchData is what ESEARCH tells (RFC 4731 §3.1). What was not told is zero.
type ESearchData struct {
	Tag      string // of the command that asked; "" when it was not told
	UID      bool   // the numbers are UIDs
	Min, Max uint32
	All      Set // in the order of SORT, when that asked
	Count    int64
	HasCount bool
	ModSeq   uint64 // the greatest of the messages that were found (RFC 7162 §3.1.10)
}

// ESearch is what follows ESEARCH: esearch-response of RFC 4466 §2.6.2.
func (d *Decoder) ESearch(to *ESearchData) bool {
	at := d.at
	if d.more() && d.Special('(') {
		if !(d.Word("TAG") && d.SP() && d.String(&to.Tag) && d.Special(')')) {
			return false
		}
	} else {
		d.at = at
	}
	for d.more() {
		var name string
		if d.at == len(d.b) {
			return true // some servers end a line with a space
		}
		if !d.Keyword(&name) {
			return false
		}
		if name == "UID" {
			to.UID = true
			continue
		}
		if !d.SP() || !d.esearchValue(name, to) {
			return false
		}
	}
	return true
}

func (d *Decoder) esearchValue(name string, to *ESearchData) bool {
	switch name {
	case "MIN":
		return d.NzNumber(&to.Min)
	case "MAX":
		return d.NzNumber(&to.Max)
	case "ALL":
		return d.SequenceSet(&to.All)
	case "COUNT":
		to.HasCount = true
		return d.Number64(&to.Count)
	case "MODSEQ":
		return d.ModSeq(&to.ModSeq)
	}
	return d.anything() // a result of a standard that is not known here
}

// ESearch writes an ESEARCH response without its line end.
func (e *Encoder) ESearch(r *ESearchData) *Encoder {
	e.Atom("* ESEARCH")
	if r.Tag != "" {
		e.Atom(" (TAG ").String(r.Tag).Special(')')
	}
	if r.UID {
		e.Atom(" UID")
	}
	if r.Min != 0 {
		e.Atom(" MIN ").Number(int64(r.Min))
	}
	if r.Max != 0 {
		e.Atom(" MAX ").Number(int64(r.Max))
	}
	if len(r.All) > 0 {
		e.Atom(" ALL ").Atom(r.All.String())
	}
	if r.HasCount {
		e.Atom(" COUNT ").Number(r.Count)
	}
	if r.ModSeq != 0 {
		e.Atom(" MODSEQ ").ModSeq(r.ModSeq)
	}
	return e
}
