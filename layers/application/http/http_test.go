package http

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

func told(d *Dialogue) (lines []string) {
	for m, ok := d.Next(); ok; m, ok = d.Next() {
		first, _, _ := strings.Cut(m.Text, "\r\n")
		line := fmt.Sprintf("%s %s %d+%d %s", m.From, m.Kind, m.Offset, m.Length, first)
		for _, s := range m.Secrets {
			line += fmt.Sprintf(" secret %q", m.Text[s.Offset:s.End()])
		}
		for _, n := range m.Notes {
			line += " (" + n.ID + ")"
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
		from  [2]int64 // of the upgrade
	}{
		"CONNECT": {[]turn{{client, "CONNECT mail.example.org:25 HTTP/1.1\r\nHost: mail.example.org:25\r\n\r\n"}, {server, "HTTP/1.1 200 OK\r\n\r\n220 hi\r\n"}}, `
client command 0+67 CONNECT mail.example.org:25 HTTP/1.1 (http.connect)
server reply 0+19 HTTP/1.1 200 OK (http.connect.granted)`, [2]int64{67, 19}},
		"CONNECT with a login": {[]turn{
			{client, "CONNECT m:25 HTTP/1.1\r\n\r\n"}, {server, "HTTP/1.1 407 No\r\nContent-Length: 4\r\n\r\nnope"},
			{client, "CONNECT m:25 HTTP/1.1\r\nProxy-Authorization: Basic YW5hOmx1cGluZQ==\r\n\r\n"}, {server, "HTTP/1.1 200 OK\r\n\r\n"}}, `
client command 0+25 CONNECT m:25 HTTP/1.1 (http.connect)
server reply 0+38 HTTP/1.1 407 No (http.connect.login)
server data 38+4  (http.body)
client command 25+70 CONNECT m:25 HTTP/1.1 secret "Basic YW5hOmx1cGluZQ==" (http.connect) (http.proxy-authorization)
server reply 42+19 HTTP/1.1 200 OK (http.connect.granted)`, [2]int64{95, 61}},
		"a page in chunks, and another": {[]turn{{client, "GET / HTTP/1.1\r\n\r\nHEAD /a HTTP/1.1\r\n\r\n"},
			{server, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\nHTTP/1.1 404 No\r\nContent-Length: 9\r\n\r\n"}}, `
client command 0+18 GET / HTTP/1.1 (http.request)
client command 18+20 HEAD /a HTTP/1.1 (http.request)
server reply 0+47 HTTP/1.1 200 OK (http.response)
server data 47+13  (http.body)
server reply 60+38 HTTP/1.1 404 No (http.response)`, [2]int64{}},
		"no HTTP": {[]turn{{client, "GET / HTTP/1.1\r\n\r\n"}, {server, "220 hi\r\n\r\n"}}, `
client command 0+18 GET / HTTP/1.1 (http.request)
server reply 0+10 not HTTP (http.broken)`, [2]int64{}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, step := range []int{1, 7, 1000} {
				d := NewDialogue()
				var lines []string
				for _, turn := range c.turns {
					for b := turn.bytes; b != ""; b = b[min(step, len(b)):] {
						d.Receive(turn.from, []byte(b[:min(step, len(b))]))
						lines = append(lines, told(d)...)
					}
				}
				if got := strings.Join(lines, "\n"); got != strings.TrimSpace(c.want) {
					t.Errorf("in pieces of %d:\n%s", step, got)
				}
				if u, ok := d.Upgrade(); ok != (c.from[0] > 0) || ok && (u.From != c.from || u.Port != 25 || !strings.Contains(c.want, "CONNECT "+u.Host+":25") || u.Protocol != application.Anew) {
					t.Errorf("%+v %v", u, ok)
				}
			}
		})
	}
}

func FuzzDialogue(f *testing.F) {
	f.Add([]byte("CONNECT m:25 HTTP/1.1\r\nProxy-Authorization: Basic YQ==\r\n\r\n"), []byte("HTTP/1.1 200 OK\r\n\r\n"))
	f.Add([]byte("GET / HTTP/1.1\r\n\r\n"), []byte("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"))
	f.Add([]byte("POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc"), []byte("HTTP/1.1 101 x\r\n\r\n"))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		d := NewDialogue()
		var end [2]int64
		for i, part := range [][]byte{a, b, a[len(a)/2:], b[:len(b)/2]} {
			side := layers.Side(i % 2)
			d.Receive(side, part)
			end[side] += int64(len(part))
			if i == 2 {
				d.Gap(side, 3)
				end[side] += 3
			}
			if m, ok := d.Pending(side); ok && (m.Offset < 0 || m.Offset+m.Length > end[side]) {
				t.Fatalf("%+v", m)
			}
			for m, ok := d.Next(); ok; m, ok = d.Next() {
				if m.Offset < 0 || m.Length < 0 || m.Offset+m.Length > end[m.From] {
					t.Fatalf("%+v", m)
				}
			}
		}
		d.End(client)
		d.End(server)
	})
}
