package internet_test

import (
	"encoding/hex"
	"strings"
	"testing"

	"mailwire/layers"
	"mailwire/layers/internet"
)

// inner is a UDP datagram in IPv4, outer4 and outer6 are the headers around what a tunnel carries.
const (
	inner  = "4500001c000100004011f6c9c0000201c6336419" + "9c400035" + "00080000"
	outer4 = "450000000001000040" // without protocol, checksum and addresses
	outer6 = "6000000000"         // without the last byte of the length, next header, hop limit and addresses
	ends4  = "0000" + "c0000201" + "c6336419"
	ends6  = "20010db8000000000000000000000001" + "20010db8000100000000000000000025"
)

func around4(protocol, content string) string { return outer4 + protocol + ends4 + content }

func around6(next, content string) string {
	return outer6 + hex.EncodeToString([]byte{byte(len(content) / 2)}) + next + "40" + ends6 + content
}

// tunnels are packets in packets and headers between them, with the envelopes that are read and the notes, but for those of
// the outer header's length and checksum, which are 0.
var tunnels = []struct{ name, packet, want string }{
	{"IPv4 in IPv4", around4("04", inner), "ipv4 ipv4; tunnel.ip-in-ip"},
	{"IPv4 in IPv6", around6("04", inner), "ipv6 ipv4; tunnel.ip-in-ip"},
	{"GRE with key and sequence", around4("2f", "30000800"+"00000007"+"00000001"+inner), "ipv4 gre ipv4;"},
	{"GRE with a wrong checksum", around4("2f", "80000800"+"12340000"+inner), "ipv4 gre ipv4; gre.checksum-wrong"},
	{"PPTP that only acknowledges", around4("2f", "2081880b"+"00000001"+"00000002"), "ipv4 gre; gre.acknowledgment"},
	{"a bridged frame with a VLAN", around6("2f", "00006558"+"020000000001"+"020000000002"+"8100"+"0005"+"0800"+inner), "ipv6 gre ethernet vlan ipv4;"},
	{"ESP", around6("32", "00000001"+"00000002"+"ffff"), "ipv6 esp; esp.encrypted"},
	{"an authentication header", around4("33", "11040000"+"00000001"+"00000002"+"000000000000000000000000"+"9c40003500080000"), "ipv4 ah;"},
	{"a source route in IPv6", around6("2b", "11020001"+"00000000"+"20010db8000000000000000000000009"+"9c40003500080000"), "ipv6 ipv6-extension; ipv6-extension.source-route"},
	{"segment routing", around6("2b", "11020401"+"00000000"+"20010db8000000000000000000000009"+"9c40003500080000"), "ipv6 ipv6-extension; ipv6-extension.segment-route"},
	{"hop-by-hop behind another", around6("3c", "0000010400000000"+"1100010400000000"+"9c40003500080000"), "ipv6 ipv6-extension ipv6-extension; ipv6-extension.not-first"},
	{"an option that is too long", around6("3c", "11000109"+"00000000"+"9c40003500080000"), "ipv6 ipv6-extension; ipv6-extension.options-broken"},
	{"mobility", around6("87", "3b000500"+"00000000"), "ipv6 ipv6-extension; ipv6-extension.mobility ipv6.no-next-header"},
	{"a source route in IPv4", "47000000000100004011" + ends4 + "830704c6336401" + "00" + "9c40003500080000", "ipv4; ipv4.options ipv4.source-route"},
	{"an IPv4 option that is too long", "46000000000100004011" + ends4 + "070b0400" + "9c40003500080000", "ipv4; ipv4.options ipv4.option-broken"},
}

func TestTunnels(t *testing.T) {
	d := internet.NewDecoder()
	for _, test := range tunnels {
		data, err := hex.DecodeString(test.packet)
		if err != nil {
			t.Fatal(err)
		}
		p := d.Decode(raw(data))
		var names, notes []string
		for i := range p.PDUs[1:] {
			names = append(names, p.PDUs[1+i].Protocol)
		}
		for _, n := range p.Notes {
			if !strings.HasPrefix(n.ID, "ipv4.checksum") && n.ID != "ipv4.total-length-zero" {
				notes = append(notes, n.ID)
			}
		}
		if got := strings.TrimSpace(strings.Join(names, " ") + "; " + strings.Join(notes, " ")); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
		for n := range data { // a capture may end it anywhere
			within(t, d, &layers.Frame{Number: 1, Interface: &layers.Interface{LinkType: layers.LinkTypeRaw}, Data: data[:n], Length: len(data)})
		}
	}
}
