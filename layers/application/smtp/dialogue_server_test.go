package smtp

import (
	"strings"
	"testing"

	"mailwire/layers"
	"mailwire/layers/application"
)

// Whoever follows a session from outside knows which command each answer belongs to and where a mail ends, as the server does.
func TestDialogueAgreesWithTheServer(t *testing.T) {
	for _, p := range probes {
		if strings.Contains(p.client, "BDAT") && strings.Contains(p.want, "501") {
			continue // where a chunk's size can't be read, nobody knows how long it is
		}
		h := &house{}
		s := NewServer(epoch, ServerConfig{Announce: append([]string{"DSN"}, DefaultAnnounce...), Limits: Limits{Size: 10000}}, h, peer)
		d := NewDialogue().FromTheStart()
		said := owed(s)
		d.Receive(layers.Server, []byte(said))
		for _, b := range []byte(strings.NewReplacer("\\n", "\n", "\\r", "\r", "\n", "\r\n").Replace(p.before + p.client)) {
			d.Receive(layers.Client, []byte{b})
			s.Receive(epoch, []byte{b})
			answer := owed(s)
			d.Receive(layers.Server, []byte(answer))
			said += answer
		}
		replies, mails := 0, 0
		for m, ok := d.Next(); ok; m, ok = d.Next() {
			if m.From == layers.Server {
				replies++
				if m.Kind == application.Reply && m.Answers == "" && m.Code != 500 {
					t.Errorf("%s: %s: %q answers nothing", p.ref, p.name, m.Text)
				}
				if (m.Answers == "." || m.Answers == "BDAT") && m.Code == 250 && !strings.Contains(m.Text, "Chunk") {
					mails++
				}
			}
			if !m.Complete {
				t.Errorf("%s: %s: %s %q is not complete", p.ref, p.name, m.Kind, m.Text)
			}
		}
		if want := len(strings.Fields(codes(said))); replies != want || mails != len(h.taken) {
			t.Errorf("%s: %s: %d answers of %d, %d mails of %d", p.ref, p.name, replies, want, mails, len(h.taken))
		}
	}
}
