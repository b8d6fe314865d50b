package mail

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// What each strategy leaves on the server and brings to the device, act by act.
func TestStrategies(t *testing.T) {
	for _, c := range []struct {
		reads                          Strategy
		onServer, onDevice, afterwards int // after looking; on the server after deleting the second mail
	}{
		{POP3Delete, 0, 3, 0},
		{POP3Leave, 3, 3, 2},
		{POP3Select, 3, 0, 2},
		{IMAP, 3, 0, 2},
	} {
		t.Run(string(c.reads), func(t *testing.T) {
			s := newStreet(t)
			for _, subject := range []string{"Lunch", "Picture", "News"} {
				s.put(s.anaAtNet, subject, "About "+subject+".\n")
			}
			ana := s.agent("ana@example.net", c.reads)
			if f := s.wait(ana.Look); f != nil {
				t.Fatal(f)
			}
			if got := len(s.inbox(s.anaAtNet)); got != c.onServer {
				t.Errorf("after looking the server has %d mails, want %d", got, c.onServer)
			}
			if got := ana.Holding().Messages; got != c.onDevice || ana.Known() != 3 {
				t.Errorf("after looking %d mails can be read here, want %d; %d known, want 3", got, c.onDevice, ana.Known())
			}
			if f := s.wait(func(done func(*Failure)) { ana.Read("Lunch", done) }); f != nil {
				t.Fatal(f)
			}
			if f := s.wait(func(done func(*Failure)) { ana.Delete("Picture", done) }); f != nil {
				t.Fatal(f)
			}
			s.run(time.Second)
			if got := s.inbox(s.anaAtNet); len(got) != c.afterwards || slices.Contains(got, "Picture") {
				t.Errorf("after deleting the server has %q", got)
			}
			// In the tunnel: what was read before can be read again.
			s.cables["laptop"].Cut()
			if f := s.wait(func(done func(*Failure)) { ana.Read("Lunch", done) }); f != nil {
				t.Errorf("reading again without the network: %v", f)
			}
			if f := s.wait(func(done func(*Failure)) { ana.Read("Picture", done) }); f == nil {
				t.Error("a deleted mail could be read")
			}
		})
	}
}

func TestLookingTwiceFetchesWhatIsNew(t *testing.T) {
	s := newStreet(t)
	s.put(s.anaAtNet, "Lunch", "At one?\n")
	ana := s.agent("ana@example.net", POP3Leave)
	s.wait(ana.Look)
	s.put(s.anaAtNet, "News", "None.\n")
	s.run(time.Second)
	if f := s.wait(ana.Look); f != nil {
		t.Fatal(f)
	}
	if got := ana.Holding().Messages; got != 2 {
		t.Errorf("%d mails are here, want 2: the first one must not be fetched twice", got)
	}
}

func TestACableThatBreaksBeforeQUITDeletesNothing(t *testing.T) {
	s := newStreet(t)
	s.put(s.anaAtNet, "Lunch", strings.Repeat("A long story.\n", 20_000))
	ana := s.agent("ana@example.net", POP3Delete)
	s.world.After(20*time.Millisecond, s.cables["laptop"].Cut)
	if f := s.wait(ana.Look); f == nil || f.Note.ID != "mail.failed.broke-off" {
		t.Fatalf("looking ended with %v", f)
	}
	if got := s.inbox(s.anaAtNet); len(got) != 1 {
		t.Fatalf("the server has %q", got)
	}
	s.cables["laptop"].Mend()
	s.run(20 * time.Minute) // RFC 1939 §3: until then the server may keep the maildrop locked
	if s.wasTold("net pop3.not-updated") != 0 {
		t.Error("marks were forgotten, and there were none")
	}
	if f := s.wait(ana.Look); f != nil {
		t.Fatal(f)
	}
	if got := s.inbox(s.anaAtNet); len(got) != 0 {
		t.Errorf("the server has %q", got)
	}
}

func TestTheMaildropIsLockedForASecondPOP3Session(t *testing.T) {
	s := newStreet(t)
	maildrop, err := s.anaAtNet.Maildrop()
	s.must(err)
	defer maildrop.Close()
	f := s.wait(s.agent("ana@example.net", POP3Leave).Look)
	if f == nil || f.Note.ID != "mail.failed.refused" {
		t.Fatalf("a second session: %v", f)
	}
	if answer, _ := f.Note.Arg("answer"); !strings.Contains(answer.String(), "lock") {
		t.Errorf("the answer is %q", answer)
	}
}

func TestNewsReachADeviceThatListens(t *testing.T) {
	s := newStreet(t)
	s.put(s.anaAtNet, "Lunch", "At one?\n")
	phone, laptop := s.agent("ana@example.net", IMAP), s.agent("ana@example.net", IMAP)
	if f := s.wait(phone.Listen); f != nil {
		t.Fatal(f)
	}
	if f := s.wait(laptop.Look); f != nil {
		t.Fatal(f)
	}
	if f := s.wait(func(done func(*Failure)) { laptop.Delete("Lunch", done) }); f != nil {
		t.Fatal(f)
	}
	s.run(time.Second)
	if got := phone.news.reader.client.Selection().Exists; got != 0 {
		t.Errorf("the phone still counts %d mails", got)
	}
	if f := s.wait(phone.Stop); f != nil {
		t.Fatal(f)
	}
	if f := s.wait(s.agent("ana@example.net", POP3Leave).Listen); f == nil || f.Note.ID != "mail.failed.no-news" {
		t.Errorf("listening by POP3: %v", f)
	}
}
