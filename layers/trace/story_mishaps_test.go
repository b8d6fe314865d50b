package trace

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	wire "github.com/google/gopacket/layers"

	"mailwire/layers"
	"mailwire/layers/trace/story"
)

// storyTold is the story of one connection to a port with lines, whose client closes it if ended says so.
func storyTold(t *testing.T, port uint16, lines []line, ended bool) story.Story {
	t.Helper()
	told := &teller{}
	k, _ := newTalk(t, Options{})
	k.f.face, k.port = told, wire.TCPPort(port)
	k.open()
	for _, l := range lines {
		k.say(l.from, l.bytes)
	}
	if ended {
		k.act("C closes\nS closes")
	}
	k.close()
	return told.story
}

// TestALoginAtAProxyCouldBeRead: the password for the proxy passes as it is, like the mail behind it; of what is no mail's
// nothing is told.
func TestALoginAtAProxyCouldBeRead(t *testing.T) {
	choice := []line{{client, "\x05\x01\x02"}, {server, "\x05\x02"}}
	login := append(choice, line{client, "\x01\x03ana\x06lupine"})
	asked := func(port string) []line {
		return append(slices.Clone(login), line{server, "\x01\x00"}, line{client, "\x05\x01\x00\x03\x04mail" + port}, line{server, "\x05\x00\x00\x01\x7f\x00\x00\x01\x04\x00"})
	}
	connect := func(port, authorization string) []line {
		return []line{{client, "CONNECT mail:" + port + " HTTP/1.1\r\nProxy-Authorization: " + authorization + "\r\n\r\n"}, {server, "HTTP/1.1 200 OK\r\n\r\n"}}
	}
	greeted := []line{{server, "220 mail ESMTP\r\n"}, {client, "QUIT\r\n"}}
	const socks, basic = `
exposed.password count=1 protocol=SOCKS user=ana how=USERNAME/PASSWORD
  exposed.proxy`, `
exposed.password count=1 protocol=HTTP user=ana how=Proxy-Authorization: Basic
  exposed.proxy`
	for _, row := range []struct {
		name  string
		lines []line
		want  string
	}{
		{"SOCKS 5, mail behind it", append(asked("\x00\x19"), greeted...), socks},
		{"SOCKS 5, mail at an odd port", append(asked("\x27\x0f"), greeted...), socks},
		{"SOCKS 5, something else behind it", asked("\x00\x50"), ""},
		{"SOCKS 5, the password is refused", append(slices.Clone(login), line{server, "\x01\x01"}), socks},
		{"SOCKS 5, no login", append([]line{{client, "\x05\x01\x00"}, {server, "\x05\x00"}, {client, "\x05\x01\x00\x03\x04mail\x00\x19"}, {server, "\x05\x00\x00\x01\x7f\x00\x00\x01\x04\x00"}}, greeted...), ""},
		{"HTTP, Basic", append(connect("25", "Basic YW5hOmx1cGluZQ=="), greeted...), basic},
		{"HTTP, the scheme in other letters", append(connect("25", "bASIC YW5hOmx1cGluZQ=="), greeted...), basic},
		{"HTTP, no base64", append(connect("25", "Basic ***"), greeted...), strings.Replace(basic, "ana", "?", 1)},
		{"HTTP, Bearer", append(connect("25", "Bearer lupine"), greeted...), `
exposed.password count=1 protocol=HTTP user=? how=Proxy-Authorization: Bearer
  exposed.proxy`},
		{"HTTP, Digest", append(connect("25", `Digest username="ana", realm="x", response="6629fae49393a05397450978507c4ef1"`), greeted...), `
exposed.digest count=1 protocol=HTTP user=ana how=Proxy-Authorization: Digest
  exposed.proxy`},
		{"HTTP, a web page", connect("443", "Basic YW5hOmx1cGluZQ=="), ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			port := uint16(1080)
			if strings.HasPrefix(row.name, "HTTP") {
				port = 3128
			}
			told := storyTold(t, port, row.lines, true)
			told.Lost, told.Mailboxes = nil, nil
			got := plot(&told)
			want(t, row.name, got, row.want)
			if strings.Contains(got, "lupine") || strings.Contains(got, "YW5h") {
				t.Error("the password is in the story")
			}
			for _, p := range told.Exposed {
				if at, _ := p.Note.Arg("server"); at.String() != "198.51.100.25" {
					t.Errorf("the password was for the proxy, not for %s", at)
				}
			}
		})
	}
}

// TestBrokenTLSIsTold: an alert in the clear and an end before the handshake was complete are failures; an orderly end, and what
// the capture does not show, are none.
func TestBrokenTLSIsTold(t *testing.T) {
	offer := "\x01\x00\x00\x29\x03\x03" + strings.Repeat("r", 32) + "\x00\x00\x02\x00\x2f\x01\x00"
	hello := line{client, "\x16\x03\x01\x00\x2d" + offer}
	starttls := []line{{server, "220 mail ESMTP\r\n"}, {client, "EHLO ana\r\n"}, {server, "250-mail\r\n250 STARTTLS\r\n"}, {client, "STARTTLS\r\n"}, {server, "220 go\r\n"}, hello}
	chosen := line{server, "\x16\x03\x03\x00\x2a\x02\x00\x00\x26\x03\x03" + strings.Repeat("s", 32) + "\x00\x00\x2f\x00"}
	alert := func(from layers.Side, level, description string) line {
		return line{from, "\x15\x03\x03\x00\x02" + level + description}
	}
	sealed := func(from layers.Side) line { return line{from, "\x14\x03\x03\x00\x01\x01\x16\x03\x03\x00\x03???"} }
	data := func(from layers.Side) line { return line{from, "\x17\x03\x03\x00\x03???"} }
	const hid = "exposed.starttls.unnamed"
	for _, row := range []struct {
		name  string
		lines []line
		ended bool
		want  []string
	}{
		{"the server finds nothing in common", []line{alert(server, "\x02", "\x28")}, true, []string{"lost.tls.server count=1 protocol=SMTP alert=handshake_failure"}},
		{"the client does not know the issuer", []line{chosen, alert(client, "\x02", "\x30")}, true, []string{"lost.tls.client count=1 protocol=SMTP alert=unknown_ca"}},
		{"the version does not suit", []line{alert(server, "\x02", "\x46")}, false, []string{"lost.open count=1 protocol=SMTP", "lost.tls.server count=1 protocol=SMTP alert=protocol_version"}},
		{"what is said behind the handshake is hidden", []line{chosen, sealed(client), sealed(server), alert(server, "\x02", "\x14")}, true, []string{hid}},
		{"a warning, and they go on", []line{alert(server, "\x01", "\x70"), chosen, sealed(client), sealed(server)}, true, []string{hid}},
		{"TLS 1.3 goes well", []line{chosen, data(server), data(client)}, true, []string{hid}},
		{"given up behind the ServerHello", []line{chosen}, true, []string{"lost.tls.unfinished count=1 protocol=SMTP"}},
		{"an orderly end in the midst", []line{chosen, alert(client, "\x01", "\x00")}, true, []string{"lost.tls.unfinished count=1 protocol=SMTP"}},
		{"the capture ends in the midst", []line{chosen}, false, []string{"lost.open count=1 protocol=SMTP", hid}},
		{"no answer to the ClientHello", nil, true, []string{"lost.tls.unfinished count=1 protocol=SMTP"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			told := storyTold(t, 25, append(slices.Clone(starttls), row.lines...), row.ended)
			told.Mails = nil
			var got []string
			for l := range strings.Lines(plot(&told)) {
				got = append(got, strings.TrimSpace(l))
			}
			if !slices.EqualFunc(got, row.want, strings.HasPrefix) {
				t.Errorf("%q, want %q", got, row.want)
			}
		})
	}
}

// TestWhoTheMailsCameFrom: one client is named, of several it is said that they were several.
func TestWhoTheMailsCameFrom(t *testing.T) {
	script := envelope + "S: 250 OK\nC: DATA\nS: 354 go\nC: Hello\\n.\nS: 250 OK\n"
	for _, row := range []struct {
		names []string
		want  string
	}{{[]string{"ana"}, "story.exposed.mail ana"}, {[]string{"ana", "ana"}, "story.exposed.mail ana"}, {[]string{"ana", "eve"}, "story.exposed.mail.several ana"}} {
		face := &teller{}
		k, _ := newTalk(t, Options{})
		k.f.face = face
		for _, name := range row.names {
			k.f.Name(netip.AddrFrom4([4]byte{192, 0, 2, 10}), name)
			k.open()
			k.act(script + "C closes\nS closes")
			k.seq[client], k.seq[server] = k.seq[client]+1e6, k.seq[server]+1e6
		}
		k.close()
		told := face.story
		if len(told.Exposed) != 1 {
			t.Fatalf("%v: %d points", row.names, len(told.Exposed))
		}
		n := told.Exposed[0].Note
		who, _ := n.Arg("client")
		if got := n.ID + " " + who.String(); got != row.want {
			t.Errorf("%v: %s, want %s", row.names, got, row.want)
		}
	}
}
