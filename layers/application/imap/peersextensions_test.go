package imap

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"mailwire/layers/layerstest"
)

// TestGoIMAPClientExtensions: another Go client uses what the server announces: CONDSTORE, ESEARCH, SORT, THREAD,
// LIST-EXTENDED with STATUS, SPECIAL-USE, BINARY, QUOTA and IMAP4rev2.
func TestGoIMAPClientExtensions(t *testing.T) {
	backend := four()
	backend.quota = 1 << 20
	cl, err := imapclient.DialInsecure(serve(t, backend), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer cl.Close()
	must := func(what string, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
	must("login", cl.Login("bob", "secret").Wait())
	enabled, err := cl.Enable(imap.CapIMAP4rev2).Wait()
	must("enable", err)
	if !enabled.Caps.Has(imap.CapIMAP4rev2) {
		t.Errorf("enabled %v", enabled.Caps)
	}
	must("create", cl.Create("Übung", &imap.CreateOptions{SpecialUse: []imap.MailboxAttr{imap.MailboxAttrArchive}}).Wait())
	listed, err := cl.List("", "*", &imap.ListOptions{ReturnSpecialUse: true, ReturnStatus: &imap.StatusOptions{NumMessages: true, HighestModSeq: true, Size: true}}).Collect()
	must("list", err)
	if len(listed) != 2 || listed[1].Mailbox != "Übung" || listed[1].Attrs[0] != imap.MailboxAttrArchive || *listed[0].Status.NumMessages != 4 || listed[0].Status.HighestModSeq != 5 {
		t.Errorf("listed %+v, %+v", listed[0], listed[1])
	}
	selected, err := cl.Select("INBOX", &imap.SelectOptions{CondStore: true}).Wait()
	must("select", err)
	if selected.HighestModSeq != 5 || selected.List == nil {
		t.Errorf("selected %+v", selected)
	}
	stored, err := cl.Store(imap.UIDSetNum(2), &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{imap.FlagFlagged}}, &imap.StoreOptions{UnchangedSince: 5}).Collect()
	must("store", err)
	if len(stored) != 1 || stored[0].ModSeq != 6 {
		t.Errorf("stored %+v", stored)
	}
	changed, err := cl.Fetch(imap.UIDSet{imap.UIDRange{Start: 1}}, &imap.FetchOptions{Flags: true, ChangedSince: 5,
		BinarySection: []*imap.FetchItemBinarySection{{Part: []int{1}, Peek: true}}}).Collect()
	must("fetch", err)
	if len(changed) != 1 || changed[0].UID != 2 || changed[0].ModSeq != 6 || string(changed[0].BinarySection[0].Bytes) != "Yes.\r\n" {
		t.Errorf("changed %+v", changed)
	}
	found, err := cl.UIDSearch(&imap.SearchCriteria{NotFlag: []imap.Flag{imap.FlagFlagged}}, &imap.SearchOptions{ReturnMin: true, ReturnMax: true, ReturnCount: true, ReturnAll: true}).Wait()
	must("search", err)
	if found.Min != 1 || found.Max != 4 || found.Count != 3 || found.All.String() != "1,3:4" {
		t.Errorf("found %+v", found)
	}
	sorted, err := cl.Sort(&imapclient.SortOptions{SearchCriteria: &imap.SearchCriteria{}, SortCriteria: []imapclient.SortCriterion{{Key: imapclient.SortKeySubject, Reverse: true}}}).Wait()
	must("sort", err)
	if len(sorted) != 4 || sorted[0] != 4 || sorted[3] != 3 {
		t.Errorf("sorted %v", sorted)
	}
	threads, err := cl.UIDThread(&imapclient.ThreadOptions{Algorithm: imap.ThreadReferences, SearchCriteria: &imap.SearchCriteria{}}).Wait()
	must("thread", err)
	if len(threads) != 3 || len(threads[1].Chain) != 2 {
		t.Errorf("threads %+v", threads)
	}
	quota, err := cl.GetQuotaRoot("INBOX").Wait()
	must("quota", err)
	if len(quota) != 1 || quota[0].Resources[imap.QuotaResourceStorage].Limit != 1024 {
		t.Errorf("quota %+v", quota)
	}
	must("logout", cl.Logout().Wait())
}

// TestMuttResyncs: mutt keeps headers, comes back with QRESYNC, and hears what is gone and what has changed meanwhile.
func TestMuttResyncs(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	mutt, script := layerstest.Program(t, "mutt"), layerstest.Program(t, "script")
	backend := four()
	address := serve(t, backend)
	home := t.TempDir()
	if err := os.Mkdir(filepath.Join(home, "cache"), 0o700); err != nil {
		t.Fatal(err)
	}
	config := write(t, filepath.Join(home, "muttrc"), `
set imap_pass="secret" ssl_starttls=no ssl_force_tls=no imap_authenticators="login" imap_condstore=yes imap_qresync=yes
set header_cache="`+home+`/cache" message_cachedir="" confirmappend=no confirmcreate=no delete=no move=no quit=yes mbox_type=mbox copy=no wait_key=no
set folder="`+home+`" record="" postponed="`+home+`/postponed" sort=mailbox-order
`)
	open := func(push string) {
		program(t, home, script, "-qec", mutt+" -n -F "+config+" -f imap://bob@"+address+"/INBOX -e '"+push+"'", "/dev/null")
	}
	open(`push "<exit>"`)
	elsewhere, _ := backend.Open(Inbox, false)
	elsewhere.Expunge([]uint32{1, 3})
	elsewhere.Store(4, AddFlags, []string{Seen, Answered})
	open(`push "<flag-message><tag-pattern>~Q<enter><tag-prefix><copy-message><kill-line>` + home + `/got<enter><sync-mailbox><exit>"`)
	// What has been answered elsewhere is found among what mutt knows; the first message is now the second of before.
	if got, _ := os.ReadFile(filepath.Join(home, "got")); !strings.Contains(string(got), "Subject: strange\n") || strings.Contains(string(got), "unch") {
		t.Errorf("mutt copied %q", got)
	}
	messages, _ := elsewhere.Messages()
	if len(messages) != 2 || !HasFlag(messages[0].Flags, Flagged) || HasFlag(messages[1].Flags, Flagged) {
		t.Errorf("the server holds %+v", messages)
	}
}
