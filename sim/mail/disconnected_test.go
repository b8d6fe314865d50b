package mail

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"mailwire/layers/application/imap"
	"mailwire/layers/application/message"
	"mailwire/layers/trace"
	"mailwire/sim/mail/store"
)

// An older network is one whose servers lack some extensions: it takes their names out of what they say.
type older struct {
	Network
	without []string
}

func (o older) Open(name string, port uint16, opened func(Connection), failed func(*Failure)) {
	o.Network.Open(name, port, func(c Connection) { opened(&forgetful{Connection: c, without: o.without}) }, failed)
}

type forgetful struct {
	Connection
	Program
	without []string
}

func (f *forgetful) Attach(p Program) {
	f.Program = p
	f.Connection.Attach(f)
}

func (f *forgetful) Received(b []byte) {
	b = bytes.Clone(b)
	for _, w := range f.without {
		b = bytes.ReplaceAll(b, []byte(w), []byte(strings.Repeat("X", len(w))))
	}
	f.Program.Received(b)
}

// servers are those that a disconnected program meets.
var servers = []struct {
	name    string
	without []string
}{
	{"QRESYNC", nil},
	{"CONDSTORE", []string{"QRESYNC"}},
	{"neither", []string{"QRESYNC", "CONDSTORE"}},
	{"without MOVE", []string{"QRESYNC", "CONDSTORE", "MOVE", "IMAP4rev2"}},
	{"without UIDPLUS", []string{"QRESYNC", "CONDSTORE", "UIDPLUS", "COPYUID", "APPENDUID"}},
}

// commuter seats ana at her laptop with a program that keeps copies, and at a phone that reads on the server.
func (s *street) commuter(without ...string) (laptop, phone *Agent) {
	config := AgentConfig{Person: "ana", Address: "ana@example.net", Password: "secret", Server: HostName("example.net"), Reads: IMAPDisconnected,
		Observer: func(e *trace.State) { s.told = append(s.told, "laptop "+e.Note.ID) }}
	return NewAgent(older{On(s.laptop), without}, config), s.agent("ana@example.net", IMAP)
}

// does wants an act to end well.
func (s *street) does(what string, do func(done func(*Failure))) {
	s.t.Helper()
	if f := s.wait(do); f != nil {
		s.t.Fatalf("%s: %v %v", what, f, f.Note.Args)
	}
}

func (s *street) mark(a *Agent, subject, flag string, on bool) {
	s.t.Helper()
	s.does("mark "+subject, func(done func(*Failure)) { a.Mark(subject, flag, on, done) })
}

func (s *street) move(a *Agent, subject, to string) {
	s.t.Helper()
	s.does("move "+subject, func(done func(*Failure)) { a.Move(subject, to, done) })
}

func (s *street) remove(a *Agent, subject string) {
	s.t.Helper()
	s.does("delete "+subject, func(done func(*Failure)) { a.Delete(subject, done) })
}

func (s *street) open(a *Agent, subject string) {
	s.t.Helper()
	s.does("read "+subject, func(done func(*Failure)) { a.Read(subject, done) })
}

// onServer is each mail of an account as "folder subject flags", in order.
func (s *street) onServer(account *store.Account) string {
	var lines []string
	for _, box := range account.Mailboxes() {
		for _, m := range box.Messages() {
			b, err := m.Bytes()
			s.must(err)
			header, _ := message.ParseHeader(b)
			lines = append(lines, line(box.Name(), header.Decoded("Subject"), m.Flags))
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// onDevice is the same of what a device shows.
func onDevice(a *Agent) string {
	var lines []string
	for _, l := range a.local {
		if !l.Hidden {
			lines = append(lines, line(l.Folder, l.Subject, l.Flags))
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func line(folder, subject string, flags []string) string {
	flags = slices.Clone(flags)
	slices.Sort(flags)
	return fmt.Sprintf("%s %s %v", folder, subject, flags)
}

// agree wants the device and the server to hold the same.
func (s *street) agree(a *Agent, want string) {
	s.t.Helper()
	if got := s.onServer(s.anaAtNet); got != want {
		s.t.Errorf("the server has\n%s\nwant\n%s", got, want)
	}
	if got := onDevice(a); got != want {
		s.t.Errorf("the device shows\n%s\nwant\n%s", got, want)
	}
	if a.Waiting() != 0 {
		s.t.Errorf("%d changes wait", a.Waiting())
	}
}

// A laptop works in a tunnel while a phone changes the same mailbox: afterwards both sides have both sides' changes.
func TestTheTunnel(t *testing.T) {
	for _, server := range servers {
		t.Run(server.name, func(t *testing.T) {
			s := newStreet(t)
			for _, subject := range []string{"Lunch", "Picture", "News", "Ticket", "Bill"} {
				s.put(s.anaAtNet, subject, "About "+subject+".\n")
			}
			laptop, phone := s.commuter(server.without...)
			s.does("look", laptop.Look)
			s.agree(laptop, "INBOX Bill []\nINBOX Lunch []\nINBOX News []\nINBOX Picture []\nINBOX Ticket []")

			s.cables["laptop"].Cut()
			s.open(laptop, "Lunch")
			s.remove(laptop, "Picture")
			s.mark(laptop, "News", imap.Flagged, true)
			s.move(laptop, "Ticket", "Travel")
			s.mark(laptop, "Ticket", imap.Seen, true)
			s.mark(laptop, "Bill", imap.Flagged, true)
			if got := laptop.Waiting(); got != 6 {
				t.Errorf("%d changes wait, want 6", got)
			}
			if f := s.wait(laptop.Look); f == nil {
				t.Error("synchronised in the tunnel")
			}
			s.cables["laptop"].Mend()
			s.run(20 * time.Minute)

			// Meanwhile the phone marks one of them too, and deletes another one.
			s.does("look", phone.Look)
			s.mark(phone, "Lunch", imap.Flagged, true)
			s.remove(phone, "Bill")
			s.put(s.anaAtNet, "Late", "Sorry.\n")

			s.does("look", laptop.Look)
			s.agree(laptop, `INBOX Late []
INBOX Lunch [\Flagged \Seen]
INBOX News [\Flagged]
Travel Ticket [\Seen]`)
			if got := s.wasTold("laptop mail.change-gone"); got != 1 {
				t.Errorf("told %d times of a mail that is gone", got)
			}
			before := len(s.told)
			s.does("look", laptop.Look)
			if again := s.told[before:]; len(again) != 1 || again[0] != "laptop mail.device" {
				t.Errorf("nothing has changed, and yet: %q", again)
			}
		})
	}
}

// Wherever the connection breaks off, each change is played once, and nothing is there twice.
func TestEveryChangeIsPlayedOnce(t *testing.T) {
	for _, server := range servers {
		t.Run(server.name, func(t *testing.T) {
			moments := 60
			if testing.Short() {
				moments = 12
			}
			for i := range moments {
				s := newStreet(t)
				for _, subject := range []string{"Lunch", "Picture", "News", "Ticket"} {
					s.put(s.anaAtNet, subject, strings.Repeat("About "+subject+".\n", 300))
				}
				laptop, _ := s.commuter(server.without...)
				s.does("look", laptop.Look)
				s.write(laptop, "bob@example.org")
				s.does("send", laptop.Send)
				s.open(laptop, "Lunch")
				s.move(laptop, "Ticket", "Travel")
				s.mark(laptop, "Ticket", imap.Flagged, true)
				s.remove(laptop, "Picture")
				s.move(laptop, "News", "Old")
				s.put(s.anaAtNet, "Late", strings.Repeat("Sorry.\n", 2000))
				s.world.After(time.Duration(i*60/moments)*2400*time.Microsecond, s.cables["laptop"].Cut)
				cut := s.wait(laptop.Look)
				s.cables["laptop"].Mend()
				s.run(40 * time.Minute)
				if cut == nil && i < moments/3 {
					t.Errorf("moment %d: the cable was cut, and yet it is done", i)
				}
				s.does("look again", laptop.Look)
				s.agree(laptop, "INBOX Late []\nINBOX Lunch [\\Seen]\nOld News []\nSent Lunch [\\Seen]\nTravel Ticket [\\Flagged]")
				if t.Failed() {
					t.Fatalf("at moment %d: %v; %q", i, cut, s.told)
				}
			}
		})
	}
}

// A folder that was deleted and made again has the same name and other mails under the same UIDs: what was remembered of
// it, and what waits for its mails, must not hit them.
func TestAnotherUIDVALIDITYVoidsTheCopy(t *testing.T) {
	for _, server := range servers[:3] {
		t.Run(server.name, func(t *testing.T) {
			s := newStreet(t)
			s.put(s.anaAtNet, "Lunch", "At one?\n")
			s.put(s.anaAtNet, "News", "None.\n")
			laptop, phone := s.commuter(server.without...)
			s.does("look", laptop.Look)
			s.move(laptop, "Lunch", "Travel")
			s.does("look", laptop.Look)
			s.cables["laptop"].Cut()
			s.remove(laptop, "Lunch")

			s.cables["laptop"].Mend()
			s.does("look", phone.Look)
			s.does("remove the folder", func(done func(*Failure)) { phone.RemoveFolder("Travel", done) })
			s.move(phone, "News", "Travel")

			s.does("look", laptop.Look)
			s.agree(laptop, "Travel News []")
			if s.wasTold("laptop mail.change-gone") != 0 {
				t.Error("a change for mails that nobody knows any more was played")
			}
			if s.wasTold("laptop mail.cache-void") != 1 {
				t.Errorf("nobody was told that the copy was void: %q", s.told)
			}
		})
	}
}

// Flags that the server tells are merged with those that still wait to be told to it, in both directions.
func TestFlagsOfBothSidesMerge(t *testing.T) {
	a := &Agent{}
	l := a.add(&Local{Flags: []string{imap.Seen}})
	a.changes = []*change{{mail: l, kind: marking, flag: imap.Seen, on: true}, {mail: l, kind: marking, flag: imap.Answered}, {mail: &Local{}, kind: marking, flag: imap.Draft, on: true}}
	if !a.believe(l, []string{imap.Flagged, imap.Answered, imap.Recent}) || !sameFlags(l.Flags, []string{imap.Seen, imap.Flagged}) {
		t.Errorf("the device shows %q", l.Flags)
	}
	if a.believe(l, []string{imap.Flagged}) {
		t.Error("nothing is new, and yet it is told")
	}
}

// Of a mail with an attachment, one of the two can be fetched alone, and the mail stays unread.
func TestOnePartAlone(t *testing.T) {
	s := newStreet(t)
	data, err := (&message.Mail{From: "bob@example.org", To: []string{"ana@example.net"}, Subject: "Picture", Text: "Look.\n", Date: monday,
		Attachments: []message.Attachment{{Name: "window.png", Type: "image/png", Bytes: bytes.Repeat([]byte{1}, 5000)}}}).Build()
	s.must(err)
	_, err = s.anaAtNet.Deliver(monday, data)
	s.must(err)
	phone := s.agent("ana@example.net", IMAP)
	s.does("look", phone.Look)
	s.does("fetch", func(done func(*Failure)) { phone.FetchPart("Picture", "window.png", done) })
	if l := phone.find("Picture"); len(l.Parts) != 1 || len(l.Parts[0].Bytes) < 5000 || l.Readable() {
		t.Errorf("the phone has %d parts, readable %v", len(l.Parts), l.Readable())
	}
	if got := s.onServer(s.anaAtNet); got != "INBOX Picture []" {
		t.Errorf("the server has %s", got)
	}
	if f := s.wait(func(done func(*Failure)) { phone.FetchPart("Picture", "door.png", done) }); f == nil || f.Note.ID != "mail.failed.no-part" {
		t.Errorf("a part that is not there: %v", f)
	}
	s.mark(phone, "Picture", imap.Seen, true)
	s.mark(phone, "Picture", imap.Flagged, true)
	s.mark(phone, "Picture", imap.Seen, false)
	s.move(phone, "Picture", "Old")
	if got := s.onServer(s.anaAtNet); got != `Old Picture [\Flagged]` {
		t.Errorf("the server has %s", got)
	}
}

// IMAP can be used as POP3 is: all mails come, and then they are gone on the server.
func TestOfflineIsLikePOP(t *testing.T) {
	s := newStreet(t)
	s.put(s.anaAtNet, "Lunch", strings.Repeat("At one?\n", 3000))
	s.put(s.anaAtNet, "News", "None.\n")
	ana := s.agent("ana@example.net", IMAPOffline)
	s.world.After(12*time.Millisecond, s.cables["laptop"].Cut)
	if f := s.wait(ana.Look); f == nil {
		t.Fatal("the cable was cut, and yet it is done")
	}
	s.cables["laptop"].Mend()
	s.run(40 * time.Minute)
	if got := s.inbox(s.anaAtNet); len(got) != 2 {
		t.Fatalf("the server has %q", got)
	}
	s.does("look", ana.Look)
	if got := s.inbox(s.anaAtNet); len(got) != 0 || ana.Holding().Messages != 2 {
		t.Errorf("the server has %q, the device %d", got, ana.Holding().Messages)
	}
	s.mark(ana, "News", imap.Flagged, true)
	s.remove(ana, "Lunch")
	s.does("look", ana.Look)
	if got := ana.Holding().Messages; got != 1 {
		t.Errorf("the device has %d mails", got)
	}
}
