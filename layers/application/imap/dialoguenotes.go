package imap

import (
	"slices"
	"strings"

	"mailwire/layers"
	"mailwire/layers/application"
)

// furtherCommands are commands of standards that the engines do not speak; the dialogue names them.
var furtherCommands = []string{
	"COMPRESS", "XLIST",
	"GETACL", "SETACL", "DELETEACL", "LISTRIGHTS", "MYRIGHTS", "GETMETADATA", "SETMETADATA", "NOTIFY", "UNAUTHENTICATE", "REPLACE",
	"LANGUAGE", "URLFETCH", "GENURLAUTH", "RESETKEY",
}

// dataNames are the untagged responses with a note.
var dataNames = []string{
	"CAPABILITY", "ENABLED", "LIST", "LSUB", "STATUS", "SEARCH", "ESEARCH", "FLAGS", "EXISTS", "RECENT", "EXPUNGE", "FETCH",
	"NAMESPACE", "ID", "VANISHED", "QUOTA", "QUOTAROOT", "SORT", "THREAD", "XLIST", "ACL", "LISTRIGHTS", "MYRIGHTS",
	"METADATA",
}

// codeNames are the response codes with a note.
var codeNames = []string{
	"ALERT", "BADCHARSET", "CAPABILITY", "PARSE", "PERMANENTFLAGS", "READ-ONLY", "READ-WRITE", "TRYCREATE", "UIDNEXT",
	"UIDVALIDITY", "UNSEEN", "APPENDUID", "COPYUID", "UIDNOTSTICKY", "UNAVAILABLE", "AUTHENTICATIONFAILED", "AUTHORIZATIONFAILED",
	"EXPIRED", "PRIVACYREQUIRED", "CONTACTADMIN", "NOPERM", "INUSE", "EXPUNGEISSUED", "CORRUPTION", "SERVERBUG", "CLIENTBUG",
	"CANNOT", "LIMIT", "OVERQUOTA", "ALREADYEXISTS", "NONEXISTENT", "HASCHILDREN", "CLOSED", "NOTSAVED", "UNKNOWN-CTE", "TOOBIG",
	"HIGHESTMODSEQ", "NOMODSEQ", "MODIFIED", "REFERRAL", "COMPRESSIONACTIVE", "MAILBOXID", "USEATTR",
}

// capabilityNames are the capabilities with a note.
var capabilityNames = []string{
	"IMAP4REV1", "IMAP4REV2", "IDLE", "UIDPLUS", "NAMESPACE", "LITERAL+", "LITERAL-", "SPECIAL-USE", "ID", "MOVE", "UNSELECT", "SASL-IR",
	"ENABLE", "CHILDREN", "STARTTLS", "LOGINDISABLED", "CONDSTORE", "QRESYNC", "QUOTA", "LIST-EXTENDED", "LIST-STATUS", "ESEARCH",
	"SEARCHRES", "SORT", "COMPRESS=DEFLATE", "BINARY", "UTF8=ACCEPT", "MULTIAPPEND", "ACL", "IMAP4", "SORT=DISPLAY", "URL-PARTIAL", "CATENATE",
	"ESORT", "WITHIN", "PREVIEW", "STATUS=SIZE", "SAVEDATE", "NOTIFY", "METADATA", "LOGIN-REFERRALS", "MAILBOX-REFERRALS", "XLIST", "APPENDLIMIT",
	"X-GM-EXT-1", "XAPPLEPUSHSERVICE", "OBJECTID", "REPLACE", "CREATE-SPECIAL-USE", "UNAUTHENTICATE", "URLAUTH",
}

// The notes' ids by word, so that nothing is put together while a capture runs through.
var (
	commandNoteIDs    = noteIDs("imap.", append(ruleVerbs(), furtherCommands...))
	dataNoteIDs       = noteIDs("imap.data.", dataNames)
	codeNoteIDs       = noteIDs("imap.code.", codeNames)
	capabilityNoteIDs = noteIDs("imap.cap.", capabilityNames)
	itemNoteIDs       = noteIDs("imap.item.", append(slices.Clone(fetchWords), furtherItems...))
	statusNoteIDs     = noteIDs("imap.", statusNames)
	taggedNoteIDs     = noteIDs("imap.tagged.", statusNames)
	untaggedNoteIDs   = noteIDs("imap.untagged.", statusNames)
)

// statusNames are the words of RFC 3501 §7.1.
var statusNames = []string{"OK", "NO", "BAD", "PREAUTH", "BYE"}

func ruleVerbs() []string {
	verbs := []string{"DONE"}
	for _, r := range Rules {
		verbs = append(verbs, r.Verb)
	}
	return verbs
}

func noteIDs(prefix string, words []string) map[string]string {
	ids := make(map[string]string, len(words))
	for _, w := range words {
		ids[w] = prefix + strings.NewReplacer(" ", "-", "=", "-").Replace(strings.ToLower(w))
	}
	return ids
}

func commandNote(verb string) string { return commandNoteIDs[verb] }

// Named says whether the dialogue explains the command, by its whole name in upper case.
func Named(verb string) bool { return commandNoteIDs[verb] != "" }

func dataNote(name string) string { return dataNoteIDs[name] }

// commandNotes explains a command and what is special in this one.
func (d *Dialogue) commandNotes(notes []layers.Note, m *application.Message) []layers.Note {
	id := commandNote(m.Verb)
	if id == "" && strings.HasPrefix(m.Verb, "X") {
		return append(notes, layers.N("imap.private", layers.A("command", layers.String(m.Verb[:min(len(m.Verb), 64)]))))
	}
	if id == "" {
		return append(notes, layers.N("imap.unknown-command", layers.A("command", layers.String(m.Verb))))
	}
	notes = append(notes, layers.N(id))
	switch m.Verb {
	case "LOGIN":
		if !d.secure {
			notes = append(notes, layers.N("imap.login.cleartext"))
		}
		return notes
	case "AUTHENTICATE":
		return append(notes, d.beginAuth(m)...)
	}
	if strings.IndexByte(m.Text, '\n') < 0 && strings.HasSuffix(m.Text, "}") {
		if mark, ok := literalAtEnd([]byte(m.Text)); ok {
			if mark.Synchronizing {
				notes = append(notes, layers.N("imap.literal.synchronizing", layers.A("count", layers.Int(mark.Length))))
			} else {
				notes = append(notes, layers.N("imap.literal.plus", layers.A("count", layers.Int(mark.Length))))
			}
		}
	}
	rule, ok := RuleOf(m.Verb)
	var c Command
	dec := NewDecoder([]byte(m.Text))
	if !ok || !dec.TagAndName(&c) || !rule.read(dec, &c) {
		if strings.HasSuffix(m.Verb, "FETCH") {
			arguments, _ := textField(m, "arguments")
			return itemNotes(notes, arguments)
		}
		return notes // the rest of it is still to come, or it is of no use to guess
	}
	switch strings.TrimPrefix(m.Verb, "UID ") {
	case "FETCH":
		notes = fetchCommandNotes(notes, c.Items)
	case "STORE":
		notes = storeNotes(notes, &c)
	case "SEARCH":
		notes = append(notes, layers.N("imap.search.key"))
	}
	return extensionNotes(notes, &c)
}

// fetchCommandNotes explains what a FETCH asks for.
func fetchCommandNotes(notes []layers.Note, items []FetchItem) []layers.Note {
	var peek, seen, partial, body bool
	for _, i := range items {
		notes = itemNote(notes, i.Name, i.Section.Specifier != "" || len(i.Section.Path) > 0)
		peek = peek || i.Peek
		seen = seen || i.SetsSeen()
		partial = partial || i.Partial != nil
		body = body || i.Name == "RFC822" || i.Name == "RFC822.TEXT" || i.Name == "BINARY[]" || i.Name == "BODY[]" && !strings.HasPrefix(string(i.Section.Specifier), "HEADER") &&
			i.Section.Specifier != "MIME"
	}
	if seen {
		notes = append(notes, layers.N("imap.fetch.marks-seen"))
	} else if peek {
		notes = append(notes, layers.N("imap.fetch.peek"))
	}
	if partial {
		notes = append(notes, layers.N("imap.fetch.partial"))
	}
	if !body {
		notes = append(notes, layers.N("imap.fetch.bytes-not-sent"))
	}
	return notes
}

// itemNote adds the note of one FETCH item, once.
func itemNote(notes []layers.Note, name string, section bool) []layers.Note {
	id := itemNoteIDs[strings.TrimSuffix(name, "[]")]
	if name == "BODY[]" {
		if id = "imap.item.body-whole"; section {
			id = "imap.item.body-section"
		}
	}
	if slices.ContainsFunc(notes, func(n layers.Note) bool { return n.ID == id }) {
		return notes
	}
	return append(notes, layers.N(id))
}

// storeNotes explains what a STORE changes.
func storeNotes(notes []layers.Note, c *Command) []layers.Note {
	notes = flagNotes(notes, c.Flags)
	if HasFlag(c.Flags, Deleted) {
		id := "imap.store.deleted"
		if c.StoreOp == RemoveFlags {
			id = "imap.store.undeleted"
		}
		notes = append(notes, layers.N(id))
	}
	if c.Silent {
		notes = append(notes, layers.N("imap.store.silent"))
	}
	return notes
}

var flagNoteIDs = map[string]string{
	Seen: "imap.flag.seen", Answered: "imap.flag.answered", Flagged: "imap.flag.flagged", Deleted: "imap.flag.deleted",
	Draft: "imap.flag.draft", Recent: "imap.flag.recent", `\*`: "imap.flag.any",
}

// fetchNotes explains what a FETCH response tells. The items stand in the text as far as it was kept.
func fetchNotes(notes []layers.Note, m *application.Message) []layers.Note {
	data, _ := textField(m, "response-data")
	var told FetchData
	d := NewDecoder([]byte(data))
	if !d.FetchData(&told) {
		return itemNotes(notes, data) // its literal is a message of its own
	}
	if told.HasFlags {
		notes = append(notes, layers.N("imap.item.flags"))
		notes = flagNotes(notes, told.Flags)
	}
	if told.Envelope != nil {
		notes = append(notes, layers.N("imap.item.envelope"))
	}
	if told.Structure != nil {
		notes = append(notes, layers.N("imap.item.bodystructure"))
	}
	return extensionItems(notes, &told)
}

// codeNotes explains the response code of a status.
func codeNotes(notes []layers.Note, m *application.Message) []layers.Note {
	text, ok := textField(m, "code")
	if !ok {
		return notes
	}
	name, rest, _ := strings.Cut(text, " ")
	upper := application.Upper(name)
	if id := codeNoteIDs[upper]; id != "" {
		notes = append(notes, layers.N(id))
	} else {
		notes = append(notes, layers.N("imap.code.other", layers.A("code", layers.String(upper[:min(len(upper), 64)]))))
	}
	switch upper {
	case "CAPABILITY":
		notes = capabilityNotes(notes, strings.Fields(rest))
	case "PERMANENTFLAGS":
		notes = flagNotes(notes, strings.Fields(strings.Trim(rest, "()")))
	}
	return notes
}
