package socks

import (
	"fmt"
	"strings"
	"testing"

	"mailwire/layers"
	"mailwire/layers/application"
)

type turn struct {
	from  layers.Side
	bytes string
}

const client, server = layers.Client, layers.Server

// told is what the messages of a dialogue say.
func told(d *Dialogue) (lines []string) {
	for m, ok := d.Next(); ok; m, ok = d.Next() {
		line := fmt.Sprintf("%s %s %d+%d %s", m.From, m.Kind, m.Offset, m.Length, m.Text)
		for _, s := range m.Secrets {
			line += fmt.Sprintf(" secret %d+%d", s.Offset, s.Length)
		}
		lines = append(lines, line)
	}
	return lines
}

// Each dialogue is read whole and byte by byte.
func TestDialogues(t *testing.T) {
	for name, c := range map[string]struct {
		turns []turn
		want  string
		port  uint16 // of the upgrade; 0 for none
	}{
		"version 5, a name": {[]turn{{client, "\x05\x02\x00\x02"}, {server, "\x05\x00"}, {client, "\x05\x01\x00\x03\x04mail\x00\x19"}, {server, "\x05\x00\x00\x01\x7f\x00\x00\x01\x04\x00220 hi\r\n"}}, `
client command 0+4 methods: no login, user and password
server reply 0+2 method: no login
client command 4+11 CONNECT mail:25
server reply 2+10 succeeded`, 25},
		"version 5, a password": {[]turn{{client, "\x05\x01\x02"}, {server, "\x05\x02"}, {client, "\x01\x03ana\x06lupine"}, {server, "\x01\x00"},
			{client, "\x05\x01\x00\x01\xc0\x00\x02\x01\x00\x8f"}, {server, "\x05\x05\x00\x01\x00\x00\x00\x00\x00\x00"}}, `
client command 0+3 methods: user and password
server reply 0+2 method: user and password
client auth 3+12 user ana secret 6+6
server reply 2+2 accepted
client command 15+10 CONNECT 192.0.2.1:143
server reply 4+10 connection refused`, 0},
		"version 4a": {[]turn{{client, "\x04\x01\x03\xe1\x00\x00\x00\x01ana\x00mail.example\x00"}, {server, "\x00\x5a\x00\x00\x00\x00\x00\x00"}}, `
client command 0+25 CONNECT mail.example:993
server reply 0+8 granted`, 993},
		"no method": {[]turn{{client, "\x05\x01\x00"}, {server, "\x05\xff"}}, `
client command 0+3 methods: no login
server reply 0+2 method: none of these`, 0},
		"no SOCKS": {[]turn{{client, "\x05\x01\x00"}, {server, "HTTP/1.1 400"}}, `
client command 0+3 methods: no login
server reply 0+12 not SOCKS secret 0+12`, 0},
	} {
		t.Run(name, func(t *testing.T) {
			for _, step := range []int{1, 1000} {
				d := NewDialogue()
				var lines []string
				for _, turn := range c.turns {
					for b := turn.bytes; b != ""; b = b[min(step, len(b)):] {
						d.Receive(turn.from, []byte(b[:min(step, len(b))]))
						lines = append(lines, told(d)...)
					}
				}
				if got := strings.Join(lines, "\n"); got != strings.TrimSpace(c.want) && !(step == 1 && name == "no SOCKS") {
					t.Errorf("in pieces of %d:\n%s", step, got)
				}
				u, ok := d.Upgrade()
				if ok != (c.port != 0) || ok && (u.Port != c.port || !strings.Contains(c.want, "CONNECT "+u.Host+":") || u.Protocol != application.Anew) {
					t.Errorf("%+v %v", u, ok)
				}
			}
		})
	}
}

// Each code has a note of its own, in its version only; another one is told by its number.
func TestRefusals(t *testing.T) {
	v5 := []turn{{client, "\x05\x01\x00"}, {server, "\x05\x00"}, {client, "\x05\x01\x00\x01\xc0\x00\x02\x01\x00\x19"}}
	v4 := []turn{{client, "\x04\x01\x00\x19\xc0\x00\x02\x01ana\x00"}}
	for _, c := range []struct {
		asked []turn
		reply string
		want  string
	}{
		{v5, "\x05\x01\x00\x01\x00\x00\x00\x00\x00\x00", "general failure: socks.refused.general-failure code=1"},
		{v5, "\x05\x04\x00\x01\x00\x00\x00\x00\x00\x00", "host unreachable: socks.refused.host-unreachable code=4"},
		{v5, "\x05\x09\x00\x01\x00\x00\x00\x00\x00\x00", "9: socks.refused code=9"},
		{v5, "\x05\x5b\x00\x01\x00\x00\x00\x00\x00\x00", "91: socks.refused code=91"},
		{v4, "\x00\x5b\x00\x00\x00\x00\x00\x00", "rejected or failed: socks.refused.rejected code=91"},
		{v4, "\x00\x5d\x00\x00\x00\x00\x00\x00", "rejected: other user: socks.refused.other-user code=93"},
		{v4, "\x00\x01\x00\x00\x00\x00\x00\x00", "1: socks.refused code=1"},
	} {
		d := NewDialogue()
		for _, turn := range append(c.asked[:len(c.asked):len(c.asked)], turn{server, c.reply}) {
			d.Receive(turn.from, []byte(turn.bytes))
		}
		var last application.Message
		for m, ok := d.Next(); ok; m, ok = d.Next() {
			last = m
		}
		note := last.Notes[0]
		code, _ := note.Arg("code")
		if got := fmt.Sprintf("%s: %s code=%s", last.Text, note.ID, code); got != c.want {
			t.Errorf("%s, want %s", got, c.want)
		}
		if _, ok := d.Upgrade(); ok {
			t.Errorf("%s: connected", c.want)
		}
	}
}

func TestAPasswordThatIsNotComplete(t *testing.T) {
	d := NewDialogue()
	d.Receive(client, []byte("\x05\x01\x02"))
	d.Receive(server, []byte("\x05\x02"))
	d.Receive(client, []byte("\x01\x03ana\x06lup"))
	if m, ok := d.Pending(client); !ok || len(m.Secrets) != 1 || m.Secrets[0].Length != 9 {
		t.Errorf("%+v", m)
	}
}

func FuzzDialogue(f *testing.F) {
	f.Add([]byte("\x05\x01\x02"), []byte("\x05\x02"))
	f.Add([]byte("\x04\x01\x03\xe1\x00\x00\x00\x01ana\x00mail\x00"), []byte("\x00\x5a\x00\x00\x00\x00\x00\x00"))
	f.Add([]byte("\x05\x01\x00\x05\x01\x00\x03\x04mail\x00\x19"), []byte("\x05\x00\x05\x00\x00\x01\x7f\x00\x00\x01\x04\x00"))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		d := NewDialogue()
		var end [2]int64
		for i, part := range [][]byte{a, b, a, b} {
			side := layers.Side(i % 2)
			d.Receive(side, part)
			end[side] += int64(len(part))
			d.Pending(side)
			for m, ok := d.Next(); ok; m, ok = d.Next() {
				if m.Offset < 0 || m.Length < 0 || m.Offset+m.Length > end[m.From] {
					t.Fatalf("%+v", m)
				}
				for _, r := range m.Secrets {
					if r.Offset < 0 || int64(r.End()) > m.Length {
						t.Fatalf("%+v", m)
					}
				}
			}
		}
		d.End(client)
		d.End(server)
	})
}
