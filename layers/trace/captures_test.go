package trace

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mailwire/layers"
	"mailwire/layers/capture"
	"mailwire/layers/layerstest"
)

var update = flag.Bool("update", false, "write the expectations in testdata anew; look at the difference before believing it")

// replay follows a capture and returns what was shown.
func replay(t *testing.T, path string, o Options) (*recorder, error) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r, err := capture.Open(file)
	if err != nil {
		return nil, err
	}
	shown := &recorder{}
	return shown, Replay(r, NewFollower(o, shown))
}

// The messages of real sessions, checked by hand and beside tshark once, stay what they are.
func TestMessagesOfRealCaptures(t *testing.T) {
	expectations, _ := filepath.Glob("testdata/*.messages")
	if len(expectations) == 0 {
		t.Fatal("no expectations in testdata")
	}
	for _, path := range expectations {
		name := strings.TrimSuffix(filepath.Base(path), ".messages")
		t.Run(name, func(t *testing.T) {
			shown, err := replay(t, layerstest.Shared(t, "captures", "mail", name), Options{})
			if err != nil {
				t.Fatal(err)
			}
			var b strings.Builder
			for _, m := range shown.messages {
				word := m.Verb
				if m.Code != 0 {
					word = fmt.Sprint(m.Code)
				}
				line := strings.TrimSpace(fmt.Sprintf("%d %s %s %s %s %s %s", m.Stream, m.Protocol, m.From, m.Kind, m.Tag, word, m.Status))
				fmt.Fprintf(&b, "%s %v", strings.Join(strings.Fields(line), " "), m.Packets)
				if !m.Complete {
					b.WriteString(" incomplete")
				}
				b.WriteString("\n")
			}
			if *update {
				if err := os.WriteFile(path, []byte(b.String()), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			expected, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			want(t, "messages", b.String(), string(expected))
		})
	}
}

// Every capture is either followed to its end or refused with a reason. What is followed keeps the promises of Packet and
// Message, and no password reaches a face.
func TestEveryCapture(t *testing.T) {
	if testing.Short() {
		t.Skip("reads all captures")
	}
	for _, path := range layerstest.Captures(t, "mail", "lower") {
		t.Run(filepath.Base(path), func(t *testing.T) {
			shown, err := replay(t, path, Options{})
			var refused *capture.FormatError
			var damaged *capture.DamageError
			if err != nil && !errors.As(err, &refused) && !errors.As(err, &damaged) {
				t.Fatal(err)
			}
			if shown == nil {
				return
			}
			for _, m := range shown.messages {
				if len(m.Packets) == 0 && m.Complete && m.Length > 0 {
					t.Errorf("no frame carried %q", m.Text)
				}
				if m.From > layers.Server || m.Protocol == "" || m.Kind == "" {
					t.Errorf("message %+v", m.Message)
				}
				for _, s := range m.Secrets {
					if s.Offset < 0 || int64(s.End()) > m.Length {
						t.Errorf("secret %v in a message of %d bytes", s, m.Length)
					}
					for at := s.Offset; at < min(s.End(), len(m.Text)); at++ {
						if m.Text[at] != '*' {
							t.Errorf("%q shows a secret", m.Text)
							break
						}
					}
				}
			}
		})
	}
}
