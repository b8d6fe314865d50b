package trace

import (
	"encoding/binary"
	"slices"
	"strings"
	"testing"

	"mailwire/layers/internet"
)

// packet4 is an IPv4 packet with a header of 20 bytes.
func packet4(protocol byte, fragment uint16, payload string) string {
	h := make([]byte, 20)
	h[0], h[8], h[9] = 0x45, 64, protocol
	binary.BigEndian.PutUint16(h[2:], uint16(20+len(payload)))
	binary.BigEndian.PutUint16(h[6:], fragment)
	copy(h[12:], []byte{192, 0, 2, 10, 198, 51, 100, 25})
	return string(h) + payload
}

// packet6 is an IPv6 packet.
func packet6(next byte, payload string) string {
	h := make([]byte, 40)
	h[0], h[6], h[7] = 0x60, next, 64
	binary.BigEndian.PutUint16(h[4:], uint16(len(payload)))
	h[8], h[24] = 0x20, 0x20
	return string(h) + payload
}

// segment is a TCP segment whose header has options of 12 bytes.
func segment(data string) string {
	h := make([]byte, 32)
	binary.BigEndian.PutUint16(h, 49152)
	binary.BigEndian.PutUint16(h[2:], 110)
	h[12] = 8 << 4
	return string(h) + data
}

// What quotes a client or carries him within another packet is masked behind the headers that can be read.
func TestWhatIsQuotedIsMasked(t *testing.T) {
	const words = "PASS lupine\r\n"
	rest8, ether := "\x00\x00\x00\x00\x05\x14\x00\x00", strings.Repeat("\x02\x00\x00\x00\x00\x01", 2)
	v4, v6 := ether+"\x08\x00", ether+"\x86\xdd"
	tcp4, tcp6 := packet4(6, 0, segment(words)), packet6(6, segment(words))
	udp := "\xc0\x00\x00\x35\x00\x15\x00\x00" + words
	icmp := func(kind byte) string { return string([]byte{kind, 4}) + "\x00\x00" + rest8[:4] }
	redirect := "\x89\x00\x00\x00" + strings.Repeat("\x00", 36)
	for _, row := range []struct{ name, frame, hidden string }{
		{"fragmentation needed", v4 + packet4(1, 0, icmp(3)+tcp4), words},
		{"time exceeded", v4 + packet4(1, 0, icmp(11)+tcp4), words},
		{"a type that is not known", v4 + packet4(1, 0, icmp(40)+tcp4), words},
		{"a quoted datagram of UDP", v4 + packet4(1, 0, icmp(3)+packet4(17, 0, udp)), words},
		{"a quoted later fragment", v4 + packet4(1, 0, icmp(3)+packet4(6, 3, words)), words},
		{"a quoted packet in a packet", v4 + packet4(1, 0, icmp(3)+packet4(4, 0, words)), words},
		{"an error about an error", v4 + packet4(1, 0, icmp(3)+packet4(1, 0, icmp(3)+tcp4)), words},
		{"a quoted echo", v4 + packet4(1, 0, icmp(11)+packet4(1, 0, icmp(8)+"abcdefgh")), ""},
		{"only the ports are quoted", v4 + packet4(1, 0, icmp(3)+packet4(6, 0, segment("")[:8])), ""},
		{"an echo", v4 + packet4(1, 0, icmp(8)+"abcdefgh"), ""},
		{"a first fragment of an error", v4 + packet4(1, 0x2000, icmp(3)+tcp4), words},
		{"a later fragment of ICMP", v4 + packet4(1, 3, words), words},
		{"a later fragment of a long echo", v4 + packet4(1, 1480/8, "abcdefgh"), ""},
		{"what is quoted is no packet", v4 + packet4(1, 0, icmp(3)+words), words},
		{"packet too big", v6 + packet6(58, icmp(2)+tcp6), words},
		{"behind extension headers", v6 + packet6(58, icmp(1)+packet6(0, "\x3c\x00\x01\x04\x00\x00\x00\x00"+"\x06\x00\x01\x04\x00\x00\x00\x00"+segment(words))), words},
		{"a quoted later fragment in IPv6", v6 + packet6(58, icmp(1)+packet6(44, "\x06\x00\x00\x08\x00\x00\x00\x01"+words)), words},
		{"a redirect", v6 + packet6(58, redirect+"\x02\x01\x02\x00\x00\x00\x00\x01"+"\x04\x0c"+rest8[:6]+tcp6), words},
		{"a neighbour", v6 + packet6(58, "\x87\x00\x00\x00"+strings.Repeat("\x00", 20)), ""},
		{"ESP", v4 + packet4(50, 0, rest8+words), rest8 + words},
		{"GRE of a version that is not known", v4 + packet4(47, 0, "\x00\x07\x08\x00"+tcp4), tcp4},
		{"what PPP has compressed", ether + "\x88\x64" + "\x11\x00\x00\x01\x00\x0f" + "\x00\xfd" + words, words},
		{"MPLS that shows no protocol", ether + "\x88\x47" + "\x00\x01\x01\x40" + words, words},
		{"MACsec", ether + "\x88\xe5" + words, words},
		{"a packet eight deep", v4 + nested(9, tcp4), packet4(4, 0, tcp4)},
		{"behind more extension headers than are read", v6 + packet6(60, strings.Repeat("\x3c\x00\x01\x04\x00\x00\x00\x00", 16)+words), words},
		{"a datagram of UDP", v4 + packet4(17, 0, udp), ""},
	} {
		k, r := newTalk(t, Options{})
		k.show(0, []byte(row.frame))
		var hidden string
		for _, s := range r.secrets[0] {
			hidden += s
		}
		if hidden != row.hidden {
			t.Errorf("%s: %q is hidden, want %q", row.name, hidden, row.hidden)
		}
		k, r = newTalk(t, Options{ShowSecrets: true})
		k.show(0, []byte(row.frame))
		if len(r.secrets[0]) > 0 {
			t.Errorf("%s: %q is hidden though secrets are to be shown", row.name, r.secrets[0])
		}
		for n := range row.frame { // a capture may end a frame anywhere
			k, r = newTalk(t, Options{})
			k.show(0, []byte(row.frame[:n]))
			if cut := row.hidden[:max(0, n-len(row.frame)+len(row.hidden))]; slices.Index(r.secrets[0], cut) < 0 && cut != "" {
				t.Errorf("%s, cut after %d: %q is hidden, want %q", row.name, n, r.secrets[0], cut)
			}
		}
	}
}

// nested is a packet within so many others.
func nested(depth int, packet string) string {
	for range depth {
		packet = packet4(4, 0, packet)
	}
	return packet
}

// What lies in an envelope that is opened is followed and masked as any other, wherever the capture ends the frame.
func TestWhatIsOpenedIsFollowed(t *testing.T) {
	ether := strings.Repeat("\x02\x00\x00\x00\x00\x01", 2)
	tcp4, tcp6 := packet4(6, 0, segment("PASS lupine\r\n")), packet6(6, segment("PASS lupine\r\n"))
	snap := "\xaa\xaa\x03\x00\x00\x00\x08\x00"
	for _, row := range []struct{ name, frame string }{
		{"IPv4 in IP", ether + "\x08\x00" + packet4(4, 0, tcp4)},
		{"IPv6 in IP", ether + "\x08\x00" + packet4(41, 0, tcp6)},
		{"IPv4 in IPv6", ether + "\x86\xdd" + packet6(4, tcp4)},
		{"seven deep", ether + "\x08\x00" + nested(7, tcp4)},
		{"GRE", ether + "\x08\x00" + packet4(47, 0, "\x00\x00\x08\x00"+tcp4)},
		{"GRE in IPv6", ether + "\x86\xdd" + packet6(47, "\x00\x00\x08\x00"+tcp4)},
		{"GRE with a bridged frame", ether + "\x08\x00" + packet4(47, 0, "\x00\x00\x65\x58"+ether+"\x08\x00"+tcp4)},
		{"PPTP", ether + "\x08\x00" + packet4(47, 0, "\x30\x01\x88\x0b\x00\x45\x00\x01\x00\x00\x00\x01\xff\x03\x00\x21"+tcp4)},
		{"an authentication header", ether + "\x08\x00" + packet4(51, 0, "\x06\x04\x00\x00"+strings.Repeat("\x00", 20)+segment("PASS lupine\r\n"))},
		{"PPPoE", ether + "\x88\x64" + "\x11\x00\x00\x01\x00\x43\x00\x21" + tcp4},
		{"PPP with a short protocol number", ether + "\x88\x64" + "\x11\x00\x00\x01\x00\x42\x21" + tcp4},
		{"MPLS", ether + "\x88\x47" + "\x00\x01\x01\x40" + tcp4},
		{"a frame under MPLS", ether + "\x88\x47" + "\x00\x01\x01\x40" + "\x00\x00\x00\x00" + ether + "\x08\x00" + tcp4},
		{"SNAP", ether + "\x00\x49" + snap + tcp4},
		{"a frame mirrored by a switch", ether + "\x08\x00" + packet4(47, 0, "\x10\x00\x88\xbe\x00\x00\x00\x01"+"\x10\x01\x00\x00\x00\x00\x00\x00"+ether+"\x08\x00"+tcp4)},
	} {
		k, r := newTalk(t, Options{})
		k.show(0, []byte(row.frame))
		if hidden := strings.Join(r.secrets[0], ""); hidden != "lupine" {
			t.Errorf("%s: %q is hidden", row.name, hidden)
		}
		for n := range row.frame {
			k, r = newTalk(t, Options{})
			k.show(0, []byte(row.frame[:n]))
			shown := row.frame[:n]
			for _, s := range r.secrets[0] {
				shown = strings.ReplaceAll(shown, s, "")
			}
			if strings.Contains(shown, "PASS l") {
				t.Errorf("%s, cut after %d: %q is hidden", row.name, n, r.secrets[0])
			}
		}
	}
}

// The password of PAP and the answer of CHAP are stars in the fields and in the bytes.
func TestLoginOfPPPIsMasked(t *testing.T) {
	ether := strings.Repeat("\x02\x00\x00\x00\x00\x01", 2) + "\x88\x64"
	for _, row := range []struct{ name, frame, secret string }{
		{"PAP", ether + "\x11\x00\x00\x01\x00\x11" + "\xc0\x23" + "\x01\x01\x00\x0f\x03ana\x06lupine", "lupine"},
		{"CHAP", ether + "\x11\x00\x00\x01\x00\x10" + "\xc2\x23" + "\x02\x01\x00\x0e\x06lupineana", "lupine"},
		{"CHAP challenge", ether + "\x11\x00\x00\x01\x00\x10" + "\xc2\x23" + "\x01\x01\x00\x0e\x06lupineana", ""},
	} {
		for _, show := range []bool{false, true} {
			k, r := newTalk(t, Options{ShowSecrets: show})
			k.show(0, []byte(row.frame))
			hidden := strings.Join(r.secrets[0], "")
			if want := row.secret; show && hidden != "" || !show && hidden != want {
				t.Errorf("%s: %q is hidden (secrets shown: %t)", row.name, hidden, show)
			}
		}
	}
}

// What is said in a protocol that nobody knows is hidden until that is decided, and then not.
func TestAnUnknownProtocolIsShown(t *testing.T) {
	k, r := newTalk(t, Options{})
	k.open()
	for range earlyPieces {
		k.say(client, "\x01lupine")
		k.say(server, "\x02")
	}
	k.close()
	last := r.secrets[len(r.secrets)-2]
	if first := r.secrets[3]; len(first) != 1 || first[0] != "\x01lupine" || len(last) > 0 {
		t.Errorf("hidden at first %q, then %q", first, last)
	}
}

// FTP is not followed here, and yet its password is one.
func TestALoginInAnUnknownProtocolIsHidden(t *testing.T) {
	k, r := newTalk(t, Options{})
	k.open()
	for range earlyPieces {
		k.say(server, "220 FTP server\r\n")
		k.say(client, "\x01SYST\r\n")
	}
	k.say(client, "PASS lupine\r\n")
	last := r.secrets[len(r.secrets)-1]
	if len(last) != 1 || last[0] != "lupine" {
		t.Errorf("hidden: %q", last)
	}
}

func FuzzQuotedData(f *testing.F) {
	f.Add([]byte(packet4(1, 0, "\x03\x04\x00\x00\x00\x00\x00\x00"+packet4(6, 0, segment("PASS x"))))[20:], false)
	f.Add([]byte("\x01\x00\x00\x00\x00\x00\x00\x00"+packet6(0, "\x2c\x00\x00\x00\x00\x00\x00\x00\x33\x00\x00\x00\x00\x00\x00\x01\x06\x01")), true)
	f.Fuzz(func(t *testing.T, message []byte, six bool) {
		p := internet.ICMP
		if six {
			p = internet.ICMPv6
		}
		if at := quotedData(message, p); at < 0 || at > len(message) {
			t.Fatalf("data at %d of %d bytes", at, len(message))
		}
	})
}
