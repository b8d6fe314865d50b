package trace

import (
	"strings"
	"testing"
	"time"

	"mailwire/layers"
)

func TestViewpointShowsEachPacketOnce(t *testing.T) {
	k, _ := newTalk(t, Options{})
	near, far := k.taps[0], k.taps[1]
	now := k.now
	shows := func(v *Viewpoint, tap *layers.Interface, data []byte) bool {
		now = now.Add(time.Millisecond)
		return v.Shows(&layers.Frame{Interface: tap, Time: now, Data: data, Length: len(data)})
	}
	routed := func(b []byte) []byte { // a router writes other hardware addresses, a smaller TTL and another checksum
		b = append([]byte(nil), b...)
		b[5], b[11], b[22], b[24] = 9, 8, b[22]-1, b[24]^1
		return b
	}
	v := NewViewpoint()
	syn := k.frame(client, "S", 1, 0, "")
	arp := []byte("\xff\xff\xff\xff\xff\xff\x02\x00\x00\x00\x00\x01\x08\x06\x00\x01\x08\x00\x06\x04\x00\x01" + strings.Repeat("\x02", 20))
	ping := append(append([]byte(nil), syn[:34]...), "\x08\x00\x00\x00\x00\x01\x00\x01ping, long enough."...)
	ping[17], ping[23] = byte(len(ping)-14), 1
	for i, step := range []struct {
		what string
		tap  *layers.Interface
		data []byte
		want bool
	}{
		{"a SYN where it starts", near, syn, true},
		{"the same SYN behind the router", far, routed(syn), false},
		{"the answer on the far cable", far, k.frame(server, "SA", 9, 2, ""), false},
		{"the answer on the near cable", near, routed(k.frame(server, "SA", 9, 2, "")), true},
		{"the SYN sent again", near, syn, true},
		{"another connection between the ports, seen far away first", far, k.frame(client, "S", 777, 0, ""), true},
		{"and later here", near, k.frame(client, "S", 777, 0, ""), false},
		{"a question to everyone", near, arp, true},
		{"the same flooded by a switch", far, arp, false},
		{"the same asked again", near, arp, true},
		{"a ping", near, ping, true},
		{"a ping behind the router", far, routed(ping), false},
	} {
		if got := shows(v, step.tap, step.data); got != step.want {
			t.Errorf("step %d, %s: shown %v", i+1, step.what, got)
		}
	}
	now = now.Add(time.Minute)
	if !shows(v, far, arp) {
		t.Error("a question that comes a minute later is another one")
	}
	for _, at := range []string{"all", "r1-mail"} {
		if !shows(NewViewpoint(at), far, syn) {
			t.Errorf("--at %s does not show the far cable", at)
		}
	}
	if shows(NewViewpoint("r1-mail"), near, syn) {
		t.Error("--at r1-mail shows another cable")
	}
}
