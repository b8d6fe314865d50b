package smtp

import (
	"bytes"
	"strings"
	"testing"

	"mailwire/layers"
)

// Any bytes get answers or a close, the same however they are cut; little of them is kept; and nobody who has not logged in
// reaches a stranger.
func FuzzServer(f *testing.F) {
	for _, tt := range sessions {
		if len(tt.client) >= endless {
			continue // too much for a seed
		}
		f.Add([]byte(strings.NewReplacer("\\n", "\n", "\n", "\r\n").Replace(tt.client)), uint8(3), uint8(0))
	}
	for i, p := range probes {
		f.Add([]byte(strings.NewReplacer("\\n", "\n", "\\r", "\r", "\n", "\r\n").Replace(p.before+p.client)), uint8(i), uint8(i))
	}
	f.Add([]byte("LHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<bob@example.net>\r\nRCPT TO:<bob@example.net>\r\nDATA\r\n.\r\n"), uint8(1), uint8(LMTP))
	f.Fuzz(func(t *testing.T, b []byte, cut, role uint8) {
		config := ServerConfig{Role: Role(role % 3), RefuseBare: role&4 != 0, Limits: Limits{Size: 1000, Output: 500},
			Announce: append([]string{"STARTTLS", "DSN", "BINARYMIME"}, DefaultAnnounce...)}
		run := func(step int) (string, *house) {
			h := &house{}
			s := NewServer(epoch, config, h, peer)
			d := NewDialogue().FromTheStart()
			var out []byte
			for rest := b; len(rest) > 0; {
				n := min(step, len(rest))
				s.Receive(epoch, rest[:n])
				for say := s.Output(); len(say) > 0; say = s.Output() {
					if len(say) > 500+2000 && !bytes.HasPrefix(say, []byte("214")) {
						t.Fatalf("%d bytes at once", len(say))
					}
					out = append(out, say...)
					d.Receive(layers.Server, say)
				}
				d.Receive(layers.Client, rest[:n])
				rest = rest[n:]
				if len(s.in) > DefaultLimits.AuthLine || len(s.content.data) > 1000+step || len(s.held) > heldMax {
					t.Fatal("it keeps too much")
				}
			}
			for _, e := range h.envelopes {
				for _, to := range e.To {
					if to.Mailbox.Domain != "" && !strings.EqualFold(to.Mailbox.Domain, "example.net") && e.Session.User == "" {
						t.Fatalf("relayed to %v", to)
					}
				}
			}
			out = append(out, owed(s)...)
			for line := range bytes.Lines(out) {
				text, crlf := bytes.CutSuffix(line, []byte("\r\n"))
				if _, err := ParseReplyLine(string(text)); err != nil || !crlf || bytes.ContainsAny(text, "\r\n\x00") {
					t.Fatalf("%q is no line of a reply", line)
				}
			}
			return string(out), h
		}
		whole, one := run(1 << 30)
		pieces, other := run(int(cut) + 1)
		if whole != pieces || len(one.taken) != len(other.taken) {
			t.Fatalf("whole %q, cut %q", whole, pieces)
		}
	})
}

// FuzzXtext: what is written is read again.
func FuzzXtext(f *testing.F) {
	f.Add("rfc822;a+2Bb@example.org")
	f.Add("+3D+0a")
	f.Fuzz(func(t *testing.T, s string) {
		text, ok := decodeXtext(s)
		if !ok {
			return
		}
		if again, ok := decodeXtext(encodeXtext(text)); !ok || again != text {
			t.Fatalf("%q is %q, and then %q", s, text, again)
		}
		if original, ok := parseOriginal(s); ok {
			if again, ok := parseOriginal(encodeOriginal(original)); ok && again != original {
				t.Fatalf("%q is %q, and then %q", s, original, again)
			}
		}
	})
}

// FuzzUnstuffer: the end of a mail is where CRLF . CRLF first stands, however the bytes come, and nothing but the dots behind a
// CRLF is taken away.
func FuzzUnstuffer(f *testing.F) {
	for _, s := range []string{"a\r\n.\r\nb", ".\r\n", "..\r\n.\r\n", "\n.\r\n\r\n.\r\n", ".\r.\r\n.\r\n", "\r\n.\n.\r\n.\r\n", "\r\r\n.\r\n"} {
		f.Add([]byte(s), uint8(1))
	}
	f.Fuzz(func(t *testing.T, wire []byte, cut uint8) {
		// The line end of DATA is the one before the first line.
		const lineEnd = "\r\n"
		content, _, ends := strings.Cut(lineEnd+string(wire), "\r\n.\r\n")
		want := strings.ReplaceAll(content+lineEnd, "\r\n.", "\r\n")[len(lineEnd):]
		var u, skipping Unstuffer
		var got []byte
		read, done := 0, false
		for rest := wire; len(rest) > 0 && !done; {
			piece := rest[:min(int(cut)+1, len(rest))]
			var n int
			got, n, done = u.Append(got, piece)
			if m, over := skipping.Skip(piece); m != n || over != done {
				t.Fatalf("%q: %d %v, skipping %d %v", wire, n, done, m, over)
			}
			read += n
			rest = rest[n:]
		}
		if done != ends || done && (read != len(content)+len("\r\n.\r\n")-len(lineEnd) || string(got) != want) {
			t.Fatalf("%q: %q, %v after %d; want %q, %v", wire, got, done, read, want, ends)
		}
		if !done && !strings.HasPrefix(want, string(got)) {
			t.Fatalf("%q: %q so far, want %q", wire, got, want)
		}
	})
}
