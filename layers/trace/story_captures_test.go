package trace

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"mailwire/layers"
	"mailwire/layers/capture"
	"mailwire/layers/layerstest"
	"mailwire/layers/trace/story"
)

// gist is the ids of a story's notes with their numbers; the words of real people stay out.
func gist(s *story.Story) string {
	var lines []string
	for _, list := range [][]story.Point{s.Mails, s.Mailboxes, s.Lost, s.Exposed} {
		for _, p := range list {
			for _, n := range append([]layers.Note{p.Note}, p.Details...) {
				line := strings.TrimPrefix(n.ID, "story.")
				for _, a := range n.Args {
					if a.Value.Kind() == layers.Number && a.Name != "stream" || a.Name == "commands" {
						line += " " + a.Name + "=" + a.Value.String()
					}
				}
				lines = append(lines, line)
			}
		}
	}
	return strings.Join(lines, "\n")
}

// TestStoriesOfRealCaptures: what is told was counted beside tshark: commands, answers, mails, DNS, times.
func TestStoriesOfRealCaptures(t *testing.T) {
	for name, want := range map[string]string{
		"pop3-six-streams-auth-plain.pcap": `
box.pop3.leave
box.commands sessions=1 commands=USER, PASS, LIST, UIDL, RETR, QUIT count=6
box.listed count=2
box.fetched bytes=1479 count=1
box.kept count=1
box.nobody
box.commands sessions=2 commands=CAPA(2), QUIT(2) count=2
box.refused
box.commands sessions=1 commands=AUTH(2), CAPA count=2
box.login
box.commands sessions=1 commands=AUTH(2), CAPA, QUIT count=3
box.pop3.leave
box.commands sessions=1 commands=AUTH(2), CAPA, STAT, LIST, UIDL, RETR(3), QUIT count=7
box.listed count=3
box.fetched bytes=19202 count=3
box.kept count=3
lost.repeated connections=1 count=1
exposed.password count=1
exposed.mail count=1 bytes=1479
exposed.password count=3
exposed.mail count=3 bytes=19202`,
		"pop3-top-49-messages-retx.pcap": `
box.pop3.headers
box.commands sessions=1 commands=USER, PASS, STAT, LIST, RSET, UIDL, TOP(49) count=7
box.listed count=374
box.headers count=49
lost.repeated connections=1 count=5
lost.open count=1
exposed.password count=1
exposed.part count=49`,
		"imap-session-fetch-store-noop.pcap": `
box.imap.whole
box.commands sessions=1 commands=CAPABILITY, LOGIN, LIST, SELECT(2), FETCH(3), NOOP(14), STORE(2), EXPUNGE, CLOSE count=9
box.fetched bytes=3339 count=1
box.headers count=25
box.removed.imap count=1
exposed.password count=1
exposed.part count=25
exposed.mail count=1 bytes=3339`,
		"smtp-587-rcpt-553-rejected.pcap": `
mail.envelope
hop.refused
lost.mails-refused count=1`,
		"smtp-five-rcpt.pcap": `
mail bytes=651
hop.taken
lost.open count=1
exposed.mail count=1 bytes=651`,
		"smtp-chain-2-server.pcapng": `
mail bytes=559
hop.taken
hop.taken
exposed.mail count=1 bytes=559
exposed.mail count=1 bytes=735`,
		"imap-starttls-zeek.pcap": `
exposed.starttls count=1 bytes=7915`,
		"imap-server-side-only-163.pcap": `
box.imap.whole
box.fetched bytes=180237 count=1
lost.repeated connections=1 count=1
lost.one-sided count=1
lost.open count=1
exposed.mail count=1 bytes=180237`,
	} {
		told := storyOf(t, name)
		if got := gist(told); got != strings.TrimPrefix(want, "\n") {
			t.Errorf("%s:\n%s", name, got)
		}
	}
}

func storyOf(t *testing.T, name string) *story.Story {
	t.Helper()
	file, err := os.Open(layerstest.Shared(t, "captures", "mail", name))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r, err := capture.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	told := &teller{}
	if err := Replay(r, NewFollower(Options{}, told)); err != nil {
		t.Fatal(err)
	}
	return &told.story
}

// TestTimesOfARealCapture: the look-up lasts from frame 1 to 2, the handshake from 3 to 5, and all that was captured of
// the connection is in some part.
func TestTimesOfARealCapture(t *testing.T) {
	s := storyOf(t, "smtp-auth-login-retx-dns-icmp.pcap").Sessions[0]
	if d := s.Parts[story.Lookup]; d.Round(time.Microsecond) != 34025*time.Microsecond {
		t.Errorf("look-up %v", d)
	}
	if d := s.Parts[story.Connecting].Round(time.Millisecond); d != 347*time.Millisecond && d != 346*time.Millisecond {
		t.Errorf("connecting %v", d)
	}
	if s.Repeated != 4 || s.Parts[story.Resending] < 500*time.Millisecond {
		t.Errorf("%d sent again, %v", s.Repeated, s.Parts[story.Resending])
	}
	if d := s.Duration().Round(10 * time.Millisecond); d != 7610*time.Millisecond {
		t.Errorf("%v in all", d)
	}
}

// TestDamageEndsNoStory: what could be read of a damaged file is told.
func TestDamageEndsNoStory(t *testing.T) {
	file, err := os.Open(layerstest.Shared(t, "captures", "mail", "imap-session-file-corrupted-midway.cap"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r, err := capture.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	told := &teller{}
	var damage *capture.DamageError
	if err := Replay(r, NewFollower(Options{}, told)); !errors.As(err, &damage) {
		t.Errorf("%v", err)
	}
	if len(told.story.Mailboxes) != 1 || told.story.Mailboxes[0].Note.ID != "story.box.imap.whole" {
		t.Error(gist(&told.story))
	}
}
