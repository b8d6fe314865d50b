package imap

import (
	"slices"
	"strings"
	"testing"

	"mailwire/layers/application/sasl"
)

// resynchronise plays the client that was away (RFC 7162 §6): what it knows of INBOX is told to the server with SELECT,
// and what comes back makes it right again. The commands are those of a mail program that keeps copies.
func resynchronise(t *testing.T, cl *Client, ask func(string) (*Done, []*Response)) {
	t.Helper()
	find := func(told []*Response, name string) *Response {
		t.Helper()
		i := slices.IndexFunc(told, func(r *Response) bool { return r.Name == name })
		if i < 0 {
			t.Fatalf("no %s", name)
		}
		return told[i]
	}
	for _, can := range []string{"ENABLE", "QRESYNC", "CONDSTORE", "ESEARCH", "LIST-EXTENDED", "LIST-STATUS", "SPECIAL-USE", "MOVE", "SORT", "THREAD=REFERENCES", "QUOTA"} {
		if !cl.Can(can) {
			t.Fatalf("the server can't %s", can)
		}
	}
	ask(cl.Enable("QRESYNC"))
	if !cl.Enabled("QRESYNC") {
		t.Fatal("QRESYNC is not enabled")
	}
	for _, mail := range []string{lunch, answer, zebra, strange} {
		ask(cl.Append("INBOX", nil, epoch, []byte(mail)))
	}
	ask(cl.CreateFor("Old", `\Archive`))
	ask(cl.SelectWith("INBOX", SelectOptions{CondStore: true}))
	known := cl.Selection()
	if known.Exists != 4 || known.HighestModSeq == 0 {
		t.Fatalf("selection %+v", known)
	}
	ask(cl.UIDMove(Range(1, 1), "Old"))
	_, told := ask(cl.UIDStore(Range(2, 2), AddFlags, true, Flagged))
	changed := find(told, "FETCH").Fetch
	if cl.Selection().Exists != 3 || changed.UID != 2 || changed.ModSeq <= known.HighestModSeq || cl.Selection().HighestModSeq != changed.ModSeq {
		t.Errorf("selection %+v, changed %+v", cl.Selection(), changed)
	}
	done, _ := ask(cl.UIDStoreUnchanged(Range(2, 3), changed.ModSeq-1, AddFlags, true, Seen))
	if done.Code == nil || done.Code.Name != "MODIFIED" || done.Code.Failed.String() != "2" {
		t.Errorf("a conditional STORE: %+v", done.Code)
	}

	// Back again: one command, and all is known.
	ask(cl.Unselect())
	_, told = ask(cl.SelectWith("INBOX", SelectOptions{QResync: &QResync{UIDValidity: known.UIDValidity, ModSeq: known.HighestModSeq, Known: Range(1, 4)}}))
	if gone := find(told, "VANISHED").Gone; !gone.Earlier || gone.UIDs.String() != "1" {
		t.Errorf("gone: %+v", gone)
	}
	if f := find(told, "FETCH").Fetch; f.UID != 2 || !HasFlag(f.Flags, Flagged) || f.ModSeq < changed.ModSeq {
		t.Errorf("changed: %+v", f)
	}
	_, told = ask(cl.UIDFetchChanged(Range(1, 4), known.HighestModSeq, true, FetchItem{Name: "FLAGS"}))
	if gone := find(told, "VANISHED").Gone; !gone.Earlier || gone.UIDs.String() != "1" {
		t.Errorf("gone since: %+v", gone)
	}

	_, told = ask(cl.UIDSearchFor(SearchReturn{Min: true, Count: true, All: true}, SearchKey{Name: "ALL"}))
	if e := find(told, "ESEARCH").ESearch; !e.UID || e.Min != 2 || e.Count != 3 || e.All.String() != "2:4" || e.Tag == "" {
		t.Errorf("ESEARCH %+v", e)
	}
	_, told = ask(cl.UIDSort([]SortKey{{Name: "ARRIVAL"}, {Name: "SIZE", Reverse: true}}, SearchKey{Name: "UID", Set: Range(2, 4)}))
	if r := find(told, "SORT"); len(r.Numbers) != 3 || r.Numbers[2] != 4 {
		t.Errorf("SORT %v", r.Numbers)
	}
	_, told = ask(cl.UIDThread("REFERENCES", SearchKey{Name: "ALL"}))
	if r := find(told, "THREAD"); len(r.Threads) != 3 {
		t.Errorf("THREAD %v", r.Threads)
	}
	_, told = ask(cl.ListWith(ListOptions{ReturnSpecialUse: true, ReturnStatus: []string{"MESSAGES", "HIGHESTMODSEQ"}}, "", "INBOX", "O%"))
	listed := ""
	for _, r := range told {
		if r.List != nil {
			listed += r.List.Name + " "
		}
		if r.Status != nil && r.Status.Name == "Old" && (r.Status.Value("MESSAGES") != 1 || r.Status.Value("HIGHESTMODSEQ") == 0) {
			t.Errorf("status %+v", r.Status)
		}
	}
	if !strings.Contains(listed, "INBOX ") || !strings.Contains(listed, "Old ") {
		t.Errorf("listed %s", listed)
	}
	_, told = ask(cl.GetQuotaRoot("INBOX"))
	if roots, quota := find(told, "QUOTAROOT").Roots, find(told, "QUOTA").Quota; len(roots.Roots) != 1 || roots.Roots[0] != quota.Root || quota.Resources[0].Name != "STORAGE" {
		t.Errorf("quota %+v %+v", roots, quota)
	}
}

// TestResync: our client resynchronises at our server.
func TestResync(t *testing.T) {
	backend := newMemory()
	backend.quota = 1 << 20
	p := newPair(backend)
	p.ask(t, p.client.Login("bob", "secret"))
	resynchronise(t, p.client, func(tag string) (*Done, []*Response) {
		t.Helper()
		done, told := p.ask(t, tag)
		if !done.OK() {
			t.Fatalf("%s: %s %s", done.Command, done.Status, done.Text)
		}
		return done, told
	})
}

// TestRevision2AtBothEnds: with IMAP4rev2 our engines agree on names in UTF-8.
func TestRevision2AtBothEnds(t *testing.T) {
	p := newPair(newMemory(lunch))
	p.ask(t, p.client.Login("bob", "secret"))
	p.ask(t, p.client.Enable("IMAP4rev2"))
	for _, tag := range []string{p.client.Create("Entwürfe & mehr"), p.client.Select("Entwürfe & mehr")} {
		if done, _ := p.ask(t, tag); !done.OK() {
			t.Errorf("%+v", done)
		}
	}
	if _, told := p.ask(t, p.client.List("", "Entwürfe*")); len(told) != 1 || told[0].List.Name != "Entwürfe & mehr" {
		t.Errorf("told %+v", told)
	}
	if _, told := p.ask(t, p.client.UIDSearch(SearchKey{Name: "ALL"})); len(told) != 1 || told[0].ESearch == nil {
		t.Errorf("told %+v", told)
	}
}

// TestResyncAtDovecot: our client resynchronises at Dovecot.
func TestResyncAtDovecot(t *testing.T) {
	p := atDovecot(t)
	p.ask(t, p.client.Capability())
	tag, err := p.client.Authenticate("alice", "secret", sasl.Policy{Clear: true})
	if err != nil {
		t.Fatal(err)
	}
	p.ask(t, tag)
	resynchronise(t, p.client, func(tag string) (*Done, []*Response) {
		t.Helper()
		done := p.ask(t, tag)
		return done, p.told
	})
}
