package imap

import "slices"

// A SortKey is one criterion of SORT (RFC 5256 §3), a later one for what is equal by those before it.
type SortKey struct {
	Name    string // ARRIVAL, CC, DATE, DISPLAYFROM, DISPLAYTO, FROM, SIZE, SUBJECT, TO
	Reverse bool
}

// sortKeys are the criteria of RFC 5256 §3 and of RFC 5957 §3.
var sortKeys = []string{"ARRIVAL", "CC", "DATE", "DISPLAYFROM", "DISPLAYTO", "FROM", "SIZE", "SUBJECT", "TO"}

// sortArguments is [RETURN …] sort-criteria SP charset SP search-key… (RFC 5256 §5, RFC 5267 §3).
func (d *Decoder) sortArguments(to *Command) bool {
	return d.searchReturn(&to.Return) && d.SP() && d.sortCriteria(&to.Sort) && d.SP() && d.Astring(&to.Charset) &&
		d.SP() && d.searchKeys(&to.Search)
}

func (d *Decoder) sortCriteria(to *[]SortKey) bool {
	criterion := func() bool {
		var k SortKey
		at := d.at
		if k.Reverse = d.ahead("REVERSE "); k.Reverse {
			d.at += len("REVERSE ")
		}
		if !d.Keyword(&k.Name) {
			return d.back(at)
		}
		if !slices.Contains(sortKeys, k.Name) || len(*to) >= itemsMax {
			return d.back(at) || d.wantRef("sort-criterion", "RFC 5256 §5")
		}
		*to = append(*to, k)
		return true
	}
	return d.List(criterion) && (len(*to) > 0 || d.wantRef("sort-criterion", "RFC 5256 §5"))
}

// sortCriteria writes the criteria in parentheses.
func (e *Encoder) sortCriteria(keys []SortKey) *Encoder {
	return e.list(len(keys), func(i int) {
		if keys[i].Reverse {
			e.Atom("REVERSE ")
		}
		e.Atom(keys[i].Name)
	})
}

// ThreadAlgorithms are the ways in which THREAD puts messages together (RFC 5256 §3).
var ThreadAlgorithms = []string{"ORDEREDSUBJECT", "REFERENCES"}

// threadArguments is algorithm SP charset SP search-key… (RFC 5256 §5).
func (d *Decoder) threadArguments(to *Command) bool {
	if !d.SP() || !d.Keyword(&to.Thread) {
		return false
	}
	if !slices.Contains(ThreadAlgorithms, to.Thread) {
		return d.wantRef("ORDEREDSUBJECT or REFERENCES", "RFC 5256 §5")
	}
	return d.SP() && d.Astring(&to.Charset) && d.SP() && d.searchKeys(&to.Search)
}

// A Thread is messages that belong together: one, and what answers it (RFC 5256 §4). Number is 0 where the message that
// they all answer is not there.
type Thread struct {
	Number  uint32
	Answers []Thread
}

// threads is what follows THREAD in a response.
func (d *Decoder) threads(to *[]Thread) bool {
	d.SP()
	for d.at < len(d.b) && d.b[d.at] == '(' {
		var t Thread
		if !d.thread(&t) {
			return false
		}
		*to = append(*to, t)
	}
	return true
}

// thread is thread-list of RFC 5256 §5: "(3 6 (4 23)(44 7 96))". Members in a row answer each other.
func (d *Decoder) thread(to *Thread) bool {
	if !d.Special('(') || !d.enter() {
		return false
	}
	defer d.leave()
	for at := to; ; {
		if d.at < len(d.b) && d.b[d.at] == '(' {
			for d.at < len(d.b) && d.b[d.at] == '(' {
				var t Thread
				if !d.thread(&t) {
					return false
				}
				at.Answers = append(at.Answers, t)
			}
			return d.Special(')')
		}
		next := at
		if at.Number != 0 {
			at.Answers = make([]Thread, 1)
			next = &at.Answers[0]
		}
		if !d.NzNumber(&next.Number) {
			return false
		}
		if d.Special(')') {
			return true
		}
		if !d.SP() {
			return false
		}
		at = next
	}
}

// threads writes what follows THREAD in a response.
func (e *Encoder) threads(all []Thread) *Encoder {
	for _, t := range all {
		e.Special('(').thread(t).Special(')')
	}
	return e
}

func (e *Encoder) thread(t Thread) *Encoder {
	for ; ; t = t.Answers[0] {
		if t.Number != 0 {
			e.Number(int64(t.Number))
		}
		if len(t.Answers) == 0 {
			return e
		}
		if t.Number != 0 {
			e.SP()
		}
		if len(t.Answers) > 1 {
			return e.threads(t.Answers)
		}
	}
}
