package imap

import (
	"strings"

	"mailwire/layers/application"
	"mailwire/layers/application/message"
)

// A Command is one command of a client (RFC 3501 §6). Which fields hold something depends on Name.
type Command struct {
	Tag  string
	Name string // whole, upper case: "UID FETCH"

	User, Password string          // of LOGIN
	Mechanism      string          // of AUTHENTICATE, upper case
	Initial        string          // of AUTHENTICATE: the initial response, base64 or "=" (RFC 4959); "" for none
	Mailbox        string          // of all commands about one mailbox; of COPY and MOVE the target
	NewName        string          // of RENAME
	Reference      string          // of LIST, LSUB
	Patterns       []string        // of LIST, LSUB: at least one
	List           ListOptions     // of LIST
	Select         SelectOptions   // of SELECT, EXAMINE
	Uses           []string        // of CREATE: the special uses (RFC 6154 §3)
	QuotaRoot      string          // of GETQUOTA, SETQUOTA
	Limits         []QuotaResource // of SETQUOTA
	Items          []FetchItem     // of FETCH
	ChangedSince   *uint64         // of FETCH: only messages with a greater mod-sequence; nil for all (RFC 7162 §3.1.4.1)
	Vanished       bool            // of UID FETCH: and the UIDs of those that are gone since (RFC 7162 §3.2.6)
	UnchangedSince *uint64         // of STORE: only messages without a greater mod-sequence; nil for all (RFC 7162 §3.1.3)
	StatusItems    []string        // of STATUS, upper case
	Flags          []string        // of STORE; canonical
	Appends        []Appended      // of APPEND: at least one
	Set            Set             // of FETCH, STORE, COPY, MOVE, UID EXPUNGE: sequence numbers, or UIDs if the name says so
	Saved          bool            // the set is "$": what the last SEARCH with SAVE has found (RFC 5182 §2.1); Set is nil
	StoreOp        StoreOp         // of STORE
	Silent         bool            // of STORE: .SILENT
	Return         *SearchReturn   // of SEARCH, SORT; nil without RETURN
	Charset        string          // of SEARCH, SORT, THREAD
	Search         SearchKey       // of SEARCH, SORT, THREAD
	Sort           []SortKey       // of SORT
	Thread         string          // of THREAD: the algorithm
	Words          []string        // of ENABLE, upper case
	ID             []message.Param // of ID
}

// UID says whether the command's numbers are UIDs.
func (c *Command) UID() bool { return strings.HasPrefix(c.Name, "UID ") }

// TagAndName is the beginning of a command: its tag and its whole name.
func (d *Decoder) TagAndName(to *Command) bool {
	if !d.Tag(&to.Tag) {
		return false
	}
	if d.at < len(d.b) && !d.SP() {
		to.Tag = "" // what begins so is no tag
		return false
	}
	if !d.Keyword(&to.Name) {
		return false
	}
	var second string
	if at := d.at; to.Name == "UID" && d.SP() {
		if !d.Keyword(&second) {
			return d.back(at)
		}
		to.Name += " " + second
	}
	return true
}

// Arguments is what follows the name of the rule's command, to the end.
func (d *Decoder) Arguments(rule Rule, to *Command) bool { return rule.read(d, to) && d.End() }

func nothing(d *Decoder, _ *Command) bool { return d.End() }

func (d *Decoder) idArguments(to *Command) bool {
	var list message.Params
	ok := d.SP() && d.params(&list)
	to.ID = list
	return ok
}

func (d *Decoder) loginArguments(to *Command) bool {
	return d.SP() && d.Astring(&to.User) && d.SP() && d.Astring(&to.Password)
}

func (d *Decoder) authenticateArguments(to *Command) bool {
	if !d.SP() || !d.Keyword(&to.Mechanism) {
		return false
	}
	return !d.more() || d.run(base64Char, "base64", &to.Initial)
}

func base64Char(c byte) bool {
	return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '+' || c == '/' || c == '='
}

func (d *Decoder) enableArguments(to *Command) bool {
	if !d.words(&to.Words) || len(to.Words) == 0 {
		return d.want("capability")
	}
	for i, w := range to.Words {
		to.Words[i] = application.Upper(w)
	}
	return true
}

func (d *Decoder) mailboxArgument(to *Command) bool { return d.SP() && d.Mailbox(&to.Mailbox) }

func (d *Decoder) renameArguments(to *Command) bool {
	return d.SP() && d.Mailbox(&to.Mailbox) && d.SP() && d.Mailbox(&to.NewName)
}

// statusItems are the items of STATUS (RFC 3501 §6.3.10; RFC 7162 §3.1.7, RFC 8438 §2, RFC 9208 §4.1.4, RFC 7889 §3).
var statusItems = []string{"MESSAGES", "RECENT", "UIDNEXT", "UIDVALIDITY", "UNSEEN", "HIGHESTMODSEQ", "SIZE", "DELETED", "DELETED-STORAGE", "APPENDLIMIT"}

func (d *Decoder) statusArguments(to *Command) bool {
	return d.SP() && d.Mailbox(&to.Mailbox) && d.SP() && d.statusItems(&to.StatusItems)
}

func (d *Decoder) statusItems(to *[]string) bool {
	return d.List(func() bool {
		var name string
		at := d.at
		if !d.Keyword(&name) {
			return false
		}
		for _, known := range statusItems {
			if name == known && len(*to) < itemsMax {
				*to = append(*to, name)
				return true
			}
		}
		return d.back(at) || d.want("status-att")
	}) && (len(*to) > 0 || d.want("status-att"))
}

func (d *Decoder) setArgument(to *Command) bool {
	if !d.SP() {
		return false
	}
	if to.Saved = d.ahead("$"); to.Saved {
		d.at++
		return true
	}
	return d.SequenceSet(&to.Set)
}

func (d *Decoder) copyArguments(to *Command) bool {
	return d.setArgument(to) && d.SP() && d.Mailbox(&to.Mailbox)
}

func (d *Decoder) fetchArguments(to *Command) bool {
	if !d.setArgument(to) || !d.SP() || !d.FetchItems(&to.Items) {
		return false
	}
	if !d.ahead(" (") {
		return true
	}
	return d.SP() && d.List(func() bool { return d.fetchModifier(to) }) && (to.ChangedSince != nil || d.wantRef("CHANGEDSINCE", "RFC 7162 §3.2.6"))
}

// fetchModifier is one of those of RFC 7162 §7.
func (d *Decoder) fetchModifier(to *Command) bool {
	if d.Word("CHANGEDSINCE") {
		to.ChangedSince = new(uint64)
		return d.SP() && d.ModSeq(to.ChangedSince)
	}
	to.Vanished = to.UID() && d.Word("VANISHED")
	return to.Vanished || d.wantRef("a modifier of FETCH", "RFC 7162 §7")
}

// storeModifier is "(UNCHANGEDSINCE n)" with a space behind it, or nothing (RFC 7162 §3.1.3).
func (d *Decoder) storeModifier(to *Command) bool {
	if !d.ahead("(") {
		return true
	}
	to.UnchangedSince = new(uint64)
	return d.Special('(') && d.Word("UNCHANGEDSINCE") && d.SP() && d.ModSeq(to.UnchangedSince) && d.Special(')') && d.SP()
}

func (d *Decoder) storeArguments(to *Command) bool {
	if !d.setArgument(to) || !d.SP() || !d.storeModifier(to) {
		return false
	}
	switch {
	case d.is('+'):
		to.StoreOp = AddFlags
		d.at++
	case d.is('-'):
		to.StoreOp = RemoveFlags
		d.at++
	}
	if !d.Word("FLAGS") {
		return false
	}
	to.Silent = d.is('.') && d.Word(".SILENT")
	if !d.SP() {
		return false
	}
	if d.at < len(d.b) && d.b[d.at] == '(' {
		return d.FlagList(&to.Flags)
	}
	for d.addFlag(&to.Flags) {
		if !d.more() {
			return true
		}
	}
	return false
}

func (d *Decoder) searchArgumentsOf(to *Command) bool {
	return d.searchReturn(&to.Return) && d.SP() && d.SearchProgram(&to.Charset, &to.Search)
}
