package imap

import "testing"

// TestExtensionsAgain: what extensions say is read and written as it was, and cut short it is no more than a part of it.
func TestExtensionsAgain(t *testing.T) {
	command := func(verb string, read func(d *Decoder, c *Command) bool, write func(c *Command) *Encoder) func(string) (string, bool) {
		return func(s string) (string, bool) {
			c := Command{Name: verb}
			d := NewDecoder([]byte(s))
			if !read(d, &c) || !d.End() {
				return d.Err().Error(), false
			}
			return string(write(&c).Bytes()), true
		}
	}
	selecting := command("SELECT", (*Decoder).selectArguments, func(c *Command) *Encoder {
		return NewEncoder().SP().Mailbox(c.Mailbox).selectParams(c.Select)
	})
	listing := command("LIST", (*Decoder).listArguments, func(c *Command) *Encoder {
		e := NewEncoder().SP().listSelection(c.List).ListMailbox(c.Reference).SP()
		return e.list(len(c.Patterns), func(i int) { e.ListMailbox(c.Patterns[i]) }).listReturn(c.List)
	})
	sorting := command("SORT", (*Decoder).sortArguments, func(c *Command) *Encoder {
		return NewEncoder().searchReturn(c.Return).SP().sortCriteria(c.Sort).SP().Astring(c.Charset).SP().SearchKey(c.Search)
	})
	esearch := func(s string) (string, bool) {
		var data ESearchData
		d := NewDecoder([]byte(s))
		if !d.Word("* ESEARCH") || !d.ESearch(&data) || !d.End() {
			return d.Err().Error(), false
		}
		return string(NewEncoder().ESearch(&data).Bytes()), true
	}
	fetched := func(s string) (string, bool) {
		var data FetchData
		d := NewDecoder([]byte(s))
		if !d.FetchData(&data) || !d.End() {
			return d.Err().Error(), false
		}
		return string(NewEncoder().FetchData(&data).Bytes()), true
	}
	items := func(s string) (string, bool) {
		all, err := ParseFetchItems(s)
		if err != nil || len(all) == 0 {
			return "", false
		}
		return all[0].String(), true
	}
	key := func(s string) (string, bool) {
		k, err := ParseSearchKey(s)
		return k.String(), err == nil
	}
	for _, row := range []struct {
		again func(string) (string, bool)
		wire  string
	}{
		{selecting, " INBOX"}, {selecting, " INBOX (CONDSTORE)"}, {selecting, " a (QRESYNC (1 2))"}, {selecting, " a (CONDSTORE QRESYNC (67890007 9223372036854775807 1:9,12 (1,3 1:2)))"},
		{listing, ` "" ("*")`}, {listing, ` (SUBSCRIBED RECURSIVEMATCH) "" ("%" "a/*") RETURN (CHILDREN STATUS (MESSAGES SIZE))`}, {listing, ` (SPECIAL-USE REMOTE) "a/" ("%") RETURN (SUBSCRIBED)`},
		{sorting, " (SUBJECT REVERSE DATE) UTF-8 ALL"}, {sorting, " RETURN (MIN COUNT) (DISPLAYTO) US-ASCII NOT MODSEQ 5"}, {sorting, " RETURN (SAVE ALL) (SIZE) UTF-8 $"},
		{esearch, "* ESEARCH"}, {esearch, `* ESEARCH (TAG "a") UID MIN 1 MAX 9 ALL 1:3,9 COUNT 4 MODSEQ 12`}, {esearch, `* ESEARCH (TAG "\"") COUNT 0`},
		{fetched, "(UID 3 FLAGS () MODSEQ (12))"}, {fetched, "(BINARY.SIZE[1.2] 3 PREVIEW NIL BINARY[]<4> ~{2}\r\n\x00a)"}, {fetched, `(PREVIEW "hi" BINARY[1] NIL)`},
		{items, "BINARY[]"}, {items, "BINARY.PEEK[1.2]<0.9>"}, {items, "BINARY.SIZE[1]"}, {items, "PREVIEW (LAZY)"}, {items, "MODSEQ"},
		{key, `MODSEQ "/flags/\\seen" all 620162338`}, {key, "OR OLDER 3600 YOUNGER 4294967295"}, {key, "$ NOT $"},
	} {
		if got, ok := row.again(row.wire); !ok || got != row.wire {
			t.Errorf("%q became %q", row.wire, got)
		}
		for n := range len(row.wire) {
			if got, ok := row.again(row.wire[:n]); ok && len(got) > n+len(" RETURN (ALL)") {
				t.Errorf("%q, cut, is read as %q", row.wire[:n], got)
			}
		}
	}
}
