package imap

import (
	"strings"
	"time"

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
	Pattern        string          // of LIST, LSUB
	Items          []FetchItem     // of FETCH
	StatusItems    []string        // of STATUS, upper case
	Flags          []string        // of APPEND, STORE; canonical
	Date           time.Time       // of APPEND; zero for none
	Body           []byte          // of APPEND: the message
	Set            Set             // of FETCH, STORE, COPY, MOVE, UID EXPUNGE: sequence numbers, or UIDs if the name says so
	StoreOp        StoreOp         // of STORE
	Silent         bool            // of STORE: .SILENT
	Charset        string          // of SEARCH
	Search         SearchKey       // of SEARCH
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

func (d *Decoder) listArguments(to *Command) bool {
	return d.SP() && d.Mailbox(&to.Reference) && d.SP() && d.ListMailbox(&to.Pattern)
}

// statusItems are the items of STATUS (RFC 3501 §6.3.10).
var statusItems = []string{"MESSAGES", "RECENT", "UIDNEXT", "UIDVALIDITY", "UNSEEN"}

func (d *Decoder) statusArguments(to *Command) bool {
	return d.SP() && d.Mailbox(&to.Mailbox) && d.SP() && d.List(func() bool {
		var name string
		at := d.at
		if !d.Keyword(&name) {
			return false
		}
		for _, known := range statusItems {
			if name == known && len(to.StatusItems) < itemsMax {
				to.StatusItems = append(to.StatusItems, name)
				return true
			}
		}
		return d.back(at) || d.want("status-att")
	}) && (len(to.StatusItems) > 0 || d.want("status-att"))
}

func (d *Decoder) appendArguments(to *Command) bool {
	if !d.SP() || !d.Mailbox(&to.Mailbox) || !d.SP() {
		return false
	}
	if d.at < len(d.b) && d.b[d.at] == '(' && !(d.FlagList(&to.Flags) && d.SP()) {
		return false
	}
	if d.at < len(d.b) && d.b[d.at] == '"' && !(d.DateTime(&to.Date) && d.SP()) {
		return false
	}
	return d.Literal(&to.Body)
}

func (d *Decoder) setArgument(to *Command) bool { return d.SP() && d.SequenceSet(&to.Set) }

func (d *Decoder) copyArguments(to *Command) bool {
	return d.setArgument(to) && d.SP() && d.Mailbox(&to.Mailbox)
}

func (d *Decoder) fetchArguments(to *Command) bool {
	return d.setArgument(to) && d.SP() && d.FetchItems(&to.Items)
}

func (d *Decoder) storeArguments(to *Command) bool {
	if !d.setArgument(to) || !d.SP() {
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
	return d.SP() && d.SearchProgram(&to.Charset, &to.Search)
}
