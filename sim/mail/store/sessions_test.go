package store

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"mailwire/layers/application/imap"
)

// TestTenSessions lets ten clients work on the same two mailboxes at random, their bytes cut and mixed at random. Each
// keeps a mirror of what it has been told, and nothing it is told may contradict the mirror, another client's, or the
// store. In the end all mirrors are the same, and the same as the store.
func TestTenSessions(t *testing.T) {
	seeds := 150
	if testing.Short() {
		seeds = 12
	}
	for seed := range seeds {
		w := newWorkshop(t, uint64(seed), 10)
		for range 600 {
			w.step()
		}
		w.finish()
		if t.Failed() {
			return
		}
	}
}

// A workshop is a store with clients at work.
type workshop struct {
	*testing.T
	seed    uint64
	chance  *rand.Rand
	account *Account
	store   *Store
	mirrors []*mirror
	bodies  map[string]string  // of each mailbox and UID
	recent  map[string]*mirror // who was told first of a mail, read-write
	mails   int
}

func newWorkshop(t *testing.T, seed uint64, clients int) *workshop {
	s, bob := bobs(t, 5)
	if _, err := bob.Create("Old"); err != nil {
		t.Fatal(err)
	}
	w := &workshop{T: t, seed: seed, chance: rand.New(rand.NewPCG(seed, 7)), store: s, account: bob,
		bodies: map[string]string{}, recent: map[string]*mirror{}}
	for i := range clients {
		m := &mirror{workshop: w, name: fmt.Sprint("client ", i), pending: map[string]*order{}}
		m.server = imap.NewServer(monday, imap.Config{Backend: s.IMAP(func() { m.notified = true })})
		m.client = imap.NewClient(monday, imap.ClientConfig{})
		w.mirrors = append(w.mirrors, m)
		m.issue(m.client.Login("bob", "secret"), order{})
		m.settle()
		if m.speaks = [...]string{"", "", "CONDSTORE", "QRESYNC", "IMAP4rev2"}[i%5]; m.speaks != "" {
			m.issue(m.client.Enable(m.speaks), order{})
			m.settle()
		}
		m.open()
		m.settle()
	}
	return w
}

// step lets one client do something: a piece of what it has to send or to read, or a new command.
func (w *workshop) step() {
	m := w.mirrors[w.chance.IntN(len(w.mirrors))]
	switch w.chance.IntN(4) {
	case 0, 1:
		m.command()
	}
	m.move(1 + w.chance.IntN(200))
	for _, other := range w.mirrors {
		if other.notified {
			other.notified = false
			other.server.Wake(monday)
		}
	}
}

// finish lets all commands end, and compares what everybody believes.
func (w *workshop) finish() {
	for _, m := range w.mirrors {
		m.endIdle()
		m.settle()
	}
	for _, m := range w.mirrors {
		m.issue(m.client.Noop(), order{})
		m.settle()
		m.issue(m.client.UIDFetch(imap.Range(1, imap.Star), imap.FetchItem{Name: "FLAGS"}), order{name: "UID FETCH"})
		m.settle()
	}
	for _, m := range w.mirrors {
		recents := 0
		for _, mail := range m.mails {
			if imap.HasFlag(mail.flags, imap.Recent) {
				recents++
			}
			if mail.uid == 0 || !mail.known {
				m.fault("is not told of a mail that it fetches")
			}
		}
		if recents != int(m.recents) {
			m.fault("ends with RECENT %d and %d recent mails", m.recents, recents)
		}
		box, _ := w.account.Mailbox(m.mailbox)
		if len(m.mails) != len(box.messages) {
			m.fault("ends with %d mails of %d", len(m.mails), len(box.messages))
			continue
		}
		for i, mail := range m.mails {
			real := box.messages[i]
			if mail.uid != 0 && mail.uid != real.UID {
				m.fault("believes that mail %d has UID %d, not %d", i+1, mail.uid, real.UID)
			}
			if mail.known && !slices.Equal(sorted(mail.flags), sorted(real.Flags)) {
				m.fault("believes that mail %d has flags %q, not %q", i+1, mail.flags, real.Flags)
			}
		}
	}
}

func sorted(flags []string) []string {
	flags = slices.DeleteFunc(slices.Clone(flags), func(f string) bool { return f == imap.Recent })
	slices.Sort(flags)
	return flags
}

// A mirror is what a client has been told of its mailbox.
type mirror struct {
	*workshop
	name     string
	server   *imap.Server
	client   *imap.Client
	notified bool
	out      []byte // on its way to the server
	in       []byte // and from it
	mailbox  string
	readOnly bool
	mails    []mirrored
	keywords []string
	recents  uint32
	pending  map[string]*order // by tag
	queue    []string          // tags that are not complete, in order
	idling   bool
	speaks   string // what it has enabled
}

type mirrored struct {
	uid   uint32 // 0 while nobody has told it
	flags []string
	known bool // flags have been told
	fresh bool // and since the command in progress began
}

// An order is a command in progress, with what its answer must show.
type order struct {
	name    string
	numbers []int // of STORE: the mails, by sequence number
	op      imap.StoreOp
	flags   []string
	flag    string // of SEARCH: the flag that is sought
	found   []uint32
	append  string
	silent  bool
}

// bySequence says whether no EXPUNGE may come in the answer (RFC 3501 §7.4.1).
func (o *order) bySequence() bool {
	return o.name == "FETCH" || o.name == "STORE" || o.name == "SEARCH"
}

func (m *mirror) fault(format string, args ...any) {
	m.Helper()
	m.Errorf("seed %d, %s in %s: %s", m.seed, m.name, m.mailbox, fmt.Sprintf(format, args...))
}

func (m *mirror) issue(tag string, o order) {
	m.pending[tag] = &o
	m.queue = append(m.queue, tag)
}

func (m *mirror) open() {
	m.recents = 0
	m.mailbox, m.readOnly, m.mails, m.keywords = []string{"INBOX", "INBOX", "Old"}[m.chance.IntN(3)], m.chance.IntN(6) == 0, nil, nil
	if m.readOnly {
		m.issue(m.client.Examine(m.mailbox), order{name: "SELECT"})
	} else {
		m.issue(m.client.Select(m.mailbox), order{name: "SELECT"})
	}
}

func (m *mirror) opening() bool {
	return slices.ContainsFunc(m.queue, func(tag string) bool { return m.pending[tag].name == "SELECT" })
}

// settle lets everything on its way arrive.
func (m *mirror) settle() {
	for range 10000 {
		m.move(1 << 20)
		if m.client.InProgress() == 0 && len(m.out)+len(m.in) == 0 || m.Failed() {
			return
		}
	}
	m.fault("never settles: %d in progress", m.client.InProgress())
}

// move carries up to n bytes each way.
func (m *mirror) move(n int) {
	m.out = append(m.out, m.client.Output()...)
	k := min(n, len(m.out))
	m.server.Receive(monday, m.out[:k])
	m.out = m.out[k:]
	for b := m.server.Output(); len(b) > 0; b = m.server.Output() {
		m.in = append(m.in, b...)
	}
	k = min(n, len(m.in))
	m.client.Receive(monday, m.in[:k])
	m.in = m.in[k:]
	for e, ok := m.client.Next(); ok; e, ok = m.client.Next() {
		m.heard(e)
	}
	if exists := int(m.client.Selection().Exists); exists != len(m.mails) && !m.opening() {
		m.fault("the engine counts %d mails, the mirror %d", exists, len(m.mails))
	}
}

func (m *mirror) endIdle() {
	if m.idling {
		m.idling = false
		m.client.EndIdle()
	}
}

// command gives a random command, if one is possible now.
func (m *mirror) command() {
	if m.idling {
		if m.chance.IntN(4) == 0 {
			m.endIdle()
		}
		return
	}
	// RFC 3501 §5.5: numbers are used only while no command in progress may shift them.
	steady := !slices.ContainsFunc(m.queue, func(tag string) bool { return !m.pending[tag].bySequence() })
	keyword := []string{"$one", "$two", "three"}[m.chance.IntN(3)]
	flags := [][]string{{imap.Seen}, {imap.Flagged, keyword}, {imap.Answered}, {keyword}}[m.chance.IntN(4)]
	switch kind := m.chance.IntN(20); {
	case kind < 2 && len(m.queue) == 0:
		m.open()
	case m.opening():
	case kind < 5:
		m.write(flags)
	case kind == 5:
		m.issue(m.client.Noop(), order{})
	case kind == 6 && len(m.queue) == 0:
		m.idling = true
		m.issue(m.client.Idle(), order{name: "IDLE"})
	case kind < 9:
		m.issue(m.client.Expunge(), order{name: "EXPUNGE"})
	case kind == 9:
		m.issue(m.client.UIDStore(imap.Range(1, uint32(1+m.chance.IntN(40))), imap.StoreOp(m.chance.IntN(3)), false, flags...), order{name: "UID STORE"})
	case kind == 10:
		m.issue(m.client.UIDSearch(imap.SearchKey{Name: "ALL"}), order{name: "UID SEARCH"})
	case kind == 11:
		m.issue(m.client.UIDFetch(imap.Range(1, imap.Star), imap.FetchItem{Name: "FLAGS"}), order{name: "UID FETCH"})
	case !steady || len(m.mails) == 0:
	case kind < 14:
		m.fetch()
	case kind < 17:
		m.change(flags)
	case kind == 17:
		m.issue(m.client.Search(imap.SearchKey{Name: "FLAGGED"}), order{name: "SEARCH", flag: imap.Flagged})
	case kind == 18:
		m.issue(m.client.Copy(m.some(), "Old"), order{name: "COPY"})
	default:
		m.issue(m.client.Move(m.some(), []string{"Old", "INBOX"}[m.chance.IntN(2)]), order{name: "MOVE"})
	}
}

func (m *mirror) write(flags []string) {
	m.workshop.mails++
	body := fmt.Sprintf("Subject: mail %d\r\n\r\nThe text of mail %d.\r\n", m.workshop.mails, m.workshop.mails)
	m.issue(m.client.Append([]string{"INBOX", "Old"}[m.chance.IntN(2)], flags, monday, []byte(body)), order{name: "APPEND", append: body})
}

// some chooses a range of sequence numbers.
func (m *mirror) some() imap.Set {
	first := 1 + m.chance.IntN(len(m.mails))
	return imap.Range(uint32(first), uint32(first+m.chance.IntN(min(4, len(m.mails)-first+1))))
}

func (m *mirror) fetch() {
	items := []imap.FetchItem{{Name: "UID"}, {Name: "FLAGS"}}
	switch m.chance.IntN(3) {
	case 0:
		items = append(items, imap.FetchItem{Name: "BODY[]", Peek: m.chance.IntN(2) == 0})
	case 1:
		items = append(items, imap.FetchItem{Name: "ENVELOPE"}, imap.FetchItem{Name: "RFC822.SIZE"})
	}
	m.issue(m.client.Fetch(m.some(), items...), order{name: "FETCH"})
}

func (m *mirror) change(flags []string) {
	set, op, silent := m.some(), imap.StoreOp(m.chance.IntN(3)), m.chance.IntN(3) == 0
	if m.chance.IntN(2) == 0 {
		op, flags = imap.AddFlags, []string{imap.Deleted}
	}
	if m.readOnly {
		return
	}
	o := order{name: "STORE", op: op, flags: flags, silent: silent}
	for _, n := range set.Numbers(1000) {
		o.numbers = append(o.numbers, int(n))
	}
	m.issue(m.client.Store(set, op, silent, flags...), o)
}
