package imap

import (
	"strings"
	"time"

	"mailwire/layers/application"
	"mailwire/layers/application/message"
)

// A Response is one response of a server (RFC 3501 §7). Which fields hold something depends on Name.
type Response struct {
	Tag  string // of the command that it completes; "*" for untagged data, "+" for a request to go on
	Name string // OK, NO, BAD, PREAUTH, BYE, CAPABILITY, EXISTS, FETCH …; "+" for a request to go on

	Code    *Code           // of OK, NO, BAD, PREAUTH, BYE: the response code; may be nil
	Text    string          // of these and of "+": the words for people
	Number  uint32          // of EXISTS, RECENT, EXPUNGE, FETCH
	Words   []string        // of CAPABILITY, ENABLED, FLAGS
	Numbers []uint32        // of SEARCH, SORT
	ModSeq  uint64          // of SEARCH, SORT: the greatest of the messages found (RFC 7162 §3.1.6); 0 when it was not told
	ESearch *ESearchData    // of ESEARCH
	Threads []Thread        // of THREAD
	Gone    *VanishedData   // of VANISHED
	Quota   *QuotaData      // of QUOTA
	Roots   *QuotaRootData  // of QUOTAROOT
	List    *ListData       // of LIST, LSUB
	Status  *StatusData     // of STATUS
	Fetch   *FetchData      // of FETCH
	ID      []message.Param // of ID
	Spaces  [3][]Namespace  // of NAMESPACE: personal, other users', shared
	Rest    string          // of a response that is not known here: what follows its name
}

// IsStatus says whether the response is OK, NO, BAD, PREAUTH or BYE.
func (r *Response) IsStatus() bool { return isStatus(r.Name) }

func isStatus(name string) bool {
	switch name {
	case "OK", "NO", "BAD", "PREAUTH", "BYE":
		return true
	}
	return false
}

// A ListData is a mailbox as LIST and LSUB tell of it (RFC 3501 §7.2.2).
type ListData struct {
	Attributes []string
	Delimiter  string // one character, "" for NIL: a flat name
	Name       string
	ChildInfo  []string // selection options that names below this one meet (RFC 5258 §3.5)
	OldName    string   // how the mailbox was called before (RFC 9051 §6.3.9.7)
}

// Has says whether the mailbox has an attribute, such as \Noselect.
func (l *ListData) Has(attribute string) bool { return HasFlag(l.Attributes, attribute) }

// A StatusData is what STATUS tells (RFC 3501 §7.2.4).
type StatusData struct {
	Name  string
	Items []StatusItem // in the order in which they came
}

// A StatusItem is a count with its name: MESSAGES, RECENT, UIDNEXT, UIDVALIDITY, UNSEEN …
type StatusItem struct {
	Name  string
	Value int64
}

// Value returns the count called name; 0 when it was not told.
func (s *StatusData) Value(name string) int64 {
	for _, i := range s.Items {
		if i.Name == name {
			return i.Value
		}
	}
	return 0
}

// A Namespace is a prefix under which mailboxes are found (RFC 2342 §5).
type Namespace struct{ Prefix, Delimiter string }

// A FetchData is what FETCH tells of a message (RFC 3501 §7.4.2). What was not told is zero.
type FetchData struct {
	Seq          uint32
	UID          uint32
	ModSeq       uint64   // RFC 7162 §3.1.4.2
	Flags        []string // canonical; HasFlags tells no flags from none told
	HasFlags     bool
	InternalDate time.Time
	Size         int64
	HasSize      bool
	Envelope     *message.Envelope
	Structure    *message.BodyStructure
	Extended     bool // Structure came as BODYSTRUCTURE, not as BODY
	Plain        bool // it came as BODY too
	Sections     []SectionData
	BinarySizes  []BinarySize      // RFC 3516 §4.3
	Preview      *message.Optional // the beginning of the text, absent when it is not at hand (RFC 8970 §3); nil when it was not told
}

// A SectionData is the bytes of a section, or of RFC822, RFC822.HEADER, RFC822.TEXT.
type SectionData struct {
	Name    string // BODY[], BINARY[], RFC822, RFC822.HEADER, RFC822.TEXT
	Section message.Section
	Origin  int64 // of a partial: the offset of the first byte; -1 when all was asked for
	Bytes   []byte
	Nil     bool // there is no such part
}

// Body returns the bytes of the section that is written name between the brackets ("", "1.2", "HEADER").
func (f *FetchData) Body(name string) ([]byte, bool) {
	for _, s := range f.Sections {
		if s.Name == "BODY[]" && strings.EqualFold(string(NewEncoder().Section(s.Section).Bytes()), name) && !s.Nil {
			return s.Bytes, true
		}
	}
	return nil, false
}

// isTextLine says whether the first line of a response ends with words for people, in which "{3}" is no literal.
func isTextLine(line []byte) bool {
	tag, rest, _ := strings.Cut(string(line[:min(len(line), 256)]), " ")
	word, _, _ := strings.Cut(rest, " ")
	return tag == "+" || isStatus(application.Upper(word))
}

// Response is a whole response.
func (d *Decoder) Response(to *Response) bool {
	if d.Special('+') {
		to.Tag, to.Name = "+", "+"
		d.SP()
		return d.Code(&to.Code) && d.text(&to.Text)
	}
	if !d.Special('*') {
		if !d.Tag(&to.Tag) || !d.SP() || !d.Keyword(&to.Name) {
			return false
		}
		if to.Name != "OK" && to.Name != "NO" && to.Name != "BAD" {
			return d.want("OK, NO or BAD")
		}
		return d.statusText(to)
	}
	to.Tag = "*"
	if !d.SP() {
		return false
	}
	if d.Number(&to.Number) {
		return d.SP() && d.Keyword(&to.Name) && d.numbered(to) && d.End()
	}
	if !d.Keyword(&to.Name) {
		return false
	}
	if to.IsStatus() {
		return d.statusText(to)
	}
	return d.untagged(to)
}

// statusText is what follows OK, NO, BAD, BYE and PREAUTH. Some servers leave the text out.
func (d *Decoder) statusText(to *Response) bool {
	if d.at == len(d.b) {
		return true
	}
	return d.SP() && d.Code(&to.Code) && d.text(&to.Text)
}

func (d *Decoder) text(to *string) bool {
	*to, d.at = string(d.Rest()), len(d.b)
	return true
}

// numbered is what follows a number and a name.
func (d *Decoder) numbered(to *Response) bool {
	switch to.Name {
	case "EXISTS", "RECENT", "EXPUNGE":
		return true
	case "FETCH":
		to.Fetch = &FetchData{Seq: to.Number}
		return d.SP() && d.FetchData(to.Fetch)
	}
	return d.text(&to.Rest)
}

// untagged is what follows the name of other untagged responses.
func (d *Decoder) untagged(to *Response) bool {
	at := d.at
	ok := true
	switch to.Name {
	case "CAPABILITY", "ENABLED":
		ok = d.words(&to.Words)
	case "FLAGS":
		ok = d.SP() && d.FlagList(&to.Words)
	case "SEARCH", "SORT":
		ok = d.searchNumbers(to)
	case "ESEARCH":
		to.ESearch = &ESearchData{}
		ok = d.ESearch(to.ESearch)
	case "THREAD":
		ok = d.threads(&to.Threads)
	case "VANISHED":
		to.Gone = &VanishedData{}
		ok = d.SP() && d.vanished(to.Gone)
	case "QUOTA":
		to.Quota = &QuotaData{}
		ok = d.quota(to.Quota)
	case "QUOTAROOT":
		to.Roots = &QuotaRootData{}
		ok = d.quotaRoot(to.Roots)
	case "LIST", "LSUB":
		to.List = &ListData{}
		ok = d.SP() && d.listData(to.List)
	case "STATUS":
		to.Status = &StatusData{}
		ok = d.SP() && d.statusData(to.Status)
	case "ID":
		var list message.Params
		ok = d.SP() && d.params(&list)
		to.ID = list
	case "NAMESPACE":
		ok = d.namespaces(to)
	default:
		d.at = len(d.b)
		to.Rest = strings.TrimPrefix(string(d.b[at:]), " ")
	}
	return ok && (d.SP() || true) && d.End() // some servers end a line with a space
}

// words is a space and an atom, repeatedly.
func (d *Decoder) words(to *[]string) bool {
	for d.more() {
		var word string
		if d.at == len(d.b) {
			return true
		}
		if !d.Astring(&word) {
			return false
		}
		*to = append(*to, word)
	}
	return true
}

func (d *Decoder) searchNumbers(to *Response) bool {
	for d.more() {
		var n uint32
		if d.at == len(d.b) {
			return true
		}
		if d.ahead("(") { // RFC 7162 §3.1.6
			return d.Special('(') && d.Word("MODSEQ") && d.SP() && d.ModSeq(&to.ModSeq) && d.Special(')')
		}
		if !d.NzNumber(&n) {
			return false
		}
		to.Numbers = append(to.Numbers, n)
	}
	return true
}

func (d *Decoder) listData(to *ListData) bool {
	var delimiter message.Optional
	attribute := func() bool {
		var flag string
		if !d.Flag(&flag) {
			return false
		}
		to.Attributes = append(to.Attributes, flag)
		return true
	}
	if !(d.List(attribute) && d.SP() && d.Nstring(&delimiter) && d.SP() && d.Mailbox(&to.Name)) {
		return false
	}
	to.Delimiter = delimiter.Value
	return !d.more() || d.listExtension(to)
}

func (d *Decoder) statusData(to *StatusData) bool {
	return d.Mailbox(&to.Name) && d.SP() && d.List(func() bool {
		var i StatusItem
		if !(d.Keyword(&i.Name) && d.SP() && d.Number64(&i.Value)) {
			return false
		}
		to.Items = append(to.Items, i)
		return true
	})
}

func (d *Decoder) namespaces(to *Response) bool {
	for i := range to.Spaces {
		if !d.SP() {
			return false
		}
		if d.Nil() {
			continue
		}
		if !d.Special('(') {
			return false
		}
		for !d.Special(')') {
			var prefix string
			var delimiter message.Optional
			if !(d.Special('(') && d.String(&prefix) && d.SP() && d.Nstring(&delimiter)) {
				return false
			}
			for d.more() {
				if !d.anything() {
					return false
				}
			}
			if !d.Special(')') {
				return false
			}
			to.Spaces[i] = append(to.Spaces[i], Namespace{prefix, delimiter.Value})
			d.SP()
		}
	}
	return true
}
