package imap

import "slices"

// A ListOptions is what an extended LIST says besides its patterns (RFC 5258 §3).
type ListOptions struct {
	Extended bool // any of the extended forms was used
	// What is to be listed: subscribed names, mailboxes with a special use (RFC 6154 §5.2), those on other servers too;
	// with Recursive also names above what fits, though they do not fit themselves.
	Subscribed, SpecialUse, Remote, Recursive bool
	// What is to be told of it.
	ReturnSubscribed, ReturnChildren, ReturnSpecialUse bool
	ReturnStatus                                       []string // items of STATUS (RFC 5819 §2)
}

// listArguments is what follows LIST: [selection options] reference patterns [RETURN options] (RFC 5258 §6).
func (d *Decoder) listArguments(to *Command) bool {
	if !d.SP() {
		return false
	}
	o := &to.List
	if d.at < len(d.b) && d.b[d.at] == '(' {
		o.Extended = true
		if !d.List(func() bool { return d.listSelection(o) }) || !d.SP() {
			return false
		}
		if o.Recursive && !o.Subscribed && !o.SpecialUse {
			return d.wantRef("a selection option besides RECURSIVEMATCH", "RFC 5258 §3.1")
		}
	}
	if !d.Mailbox(&to.Reference) || !d.SP() || !d.listPatterns(to) {
		return false
	}
	if !d.ahead(" RETURN") {
		return true
	}
	o.Extended = true
	return d.SP() && d.Word("RETURN") && d.SP() && d.List(func() bool { return d.listReturn(o) })
}

func (d *Decoder) lsubArguments(to *Command) bool {
	to.Patterns = make([]string, 1)
	return d.SP() && d.Mailbox(&to.Reference) && d.SP() && d.ListMailbox(&to.Patterns[0])
}

// patternsMax bounds the patterns of one LIST.
const patternsMax = 64

func (d *Decoder) listPatterns(to *Command) bool {
	pattern := func() bool {
		var p string
		ok := len(to.Patterns) < patternsMax && d.ListMailbox(&p)
		to.Patterns = append(to.Patterns, p)
		return ok
	}
	if d.at < len(d.b) && d.b[d.at] == '(' {
		to.List.Extended = true
		return d.List(pattern) && (len(to.Patterns) > 0 || d.want("list-mailbox"))
	}
	return pattern()
}

func (d *Decoder) listSelection(to *ListOptions) bool {
	var name string
	at := d.at
	if !d.Keyword(&name) {
		return false
	}
	switch name {
	case "SUBSCRIBED":
		to.Subscribed, to.ReturnSubscribed = true, true // RFC 5258 §3.1: implies the return option
	case "SPECIAL-USE":
		to.SpecialUse, to.ReturnSpecialUse = true, true
	case "REMOTE":
		to.Remote = true
	case "RECURSIVEMATCH":
		to.Recursive = true
	default:
		return d.back(at) || d.wantRef("list-select-opt", "RFC 5258 §6")
	}
	return true
}

func (d *Decoder) listReturn(to *ListOptions) bool {
	var name string
	at := d.at
	if !d.Keyword(&name) {
		return false
	}
	switch name {
	case "SUBSCRIBED":
		to.ReturnSubscribed = true
	case "CHILDREN":
		to.ReturnChildren = true
	case "SPECIAL-USE":
		to.ReturnSpecialUse = true
	case "STATUS":
		return d.SP() && d.statusItems(&to.ReturnStatus)
	default:
		return d.back(at) || d.wantRef("return-option", "RFC 5258 §6")
	}
	return true
}

// listSelection writes the selection options with a space behind them, or nothing.
func (e *Encoder) listSelection(o ListOptions) *Encoder {
	words := chosen([]choice{{o.Subscribed, "SUBSCRIBED"}, {o.SpecialUse, "SPECIAL-USE"}, {o.Remote, "REMOTE"}, {o.Recursive, "RECURSIVEMATCH"}})
	if len(words) == 0 {
		return e
	}
	return e.list(len(words), func(i int) { e.Atom(words[i]) }).SP()
}

// listReturn writes the return options with a space before them, or nothing.
func (e *Encoder) listReturn(o ListOptions) *Encoder {
	words := chosen([]choice{{o.ReturnSubscribed && !o.Subscribed, "SUBSCRIBED"}, {o.ReturnChildren, "CHILDREN"},
		{o.ReturnSpecialUse && !o.SpecialUse, "SPECIAL-USE"}, {len(o.ReturnStatus) > 0, "STATUS"}})
	if len(words) == 0 {
		return e
	}
	return e.Atom(" RETURN ").list(len(words), func(i int) {
		e.Atom(words[i])
		if words[i] == "STATUS" {
			e.SP().list(len(o.ReturnStatus), func(k int) { e.Atom(o.ReturnStatus[k]) })
		}
	})
}

// A choice is an option that may be on.
type choice struct {
	on   bool
	name string
}

func chosen(choices []choice) (names []string) {
	for _, c := range choices {
		if c.on {
			names = append(names, c.name)
		}
	}
	return names
}

// createArguments is the mailbox, and what it is for: "(USE (\Drafts))" (RFC 6154 §3).
func (d *Decoder) createArguments(to *Command) bool {
	if !d.mailboxArgument(to) {
		return false
	}
	if !d.ahead(" (") {
		return true
	}
	use := func() bool {
		var flag string
		ok := len(to.Uses) < len(SpecialUses) && d.Flag(&flag)
		to.Uses = append(to.Uses, flag)
		return ok
	}
	return d.SP() && d.Special('(') && d.Word("USE") && d.SP() && d.List(use) && d.Special(')')
}

// specialUse is a special use in the spelling of the RFC; false for one that is unknown.
func specialUse(name string) (string, bool) {
	i := slices.IndexFunc(SpecialUses, func(use string) bool { return HasFlag([]string{use}, name) })
	if i < 0 {
		return "", false
	}
	return SpecialUses[i], true
}
