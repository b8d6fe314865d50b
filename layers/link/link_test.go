package link_test

import (
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"mailwire/layers"
	"mailwire/layers/link"
)

const (
	ana       = "020000000001"
	router    = "0200000000fe"
	everybody = "ffffffffffff"
	arpTail   = "0001080006040001" + ana + "c0000201" + "000000000000" + "c00002fe"
)

// frames are one of each kind, with the story that is told of them: each envelope with its place and summary, the notes,
// and what is left for the layer above.
var frames = []struct {
	name  string
	link  layers.LinkType
	bytes string
	want  string
}{
	{"Ethernet II", layers.LinkTypeEthernet, router + ana + "0800" + "45000014", `
ethernet 0+14: 02:00:00:00:00:01 > 02:00:00:00:00:fe 0x0800 IPv4
then 0x0800 14+4`},
	{"an ARP request to everybody", layers.LinkTypeEthernet, everybody + ana + "0806" + arpTail, `
ethernet 0+14: 02:00:00:00:00:01 > ff:ff:ff:ff:ff:ff 0x0806 ARP
arp 14+28: request 192.0.2.254
ethernet.broadcast
arp.request target=192.0.2.254 sender=192.0.2.1
then 0x0000 42+0 done`},
	{"its reply", layers.LinkTypeEthernet, ana + router + "0806" + "0001080006040002" + router + "c00002fe" + ana + "c0000201", `
ethernet 0+14: 02:00:00:00:00:fe > 02:00:00:00:00:01 0x0806 ARP
arp 14+28: reply 192.0.2.254 = 02:00:00:00:00:fe
arp.reply sender=192.0.2.254 address=02:00:00:00:00:fe
then 0x0000 42+0 done`},
	{"an ARP probe", layers.LinkTypeEthernet, router + ana + "0806" + "0001080006040001" + ana + "00000000" + "000000000000" + "c0000201", `
ethernet 0+14: 02:00:00:00:00:01 > 02:00:00:00:00:fe 0x0806 ARP
arp 14+28: request 192.0.2.1
arp.probe target=192.0.2.1 address=02:00:00:00:00:01
then 0x0000 42+0 done`},
	{"an ARP announcement", layers.LinkTypeEthernet, router + ana + "0806" + "0001080006040001" + ana + "c0000201" + "000000000000" + "c0000201", `
ethernet 0+14: 02:00:00:00:00:01 > 02:00:00:00:00:fe 0x0806 ARP
arp 14+28: request 192.0.2.1
arp.announcement sender=192.0.2.1 address=02:00:00:00:00:01
then 0x0000 42+0 done`},
	{"ARP with an address length that lies", layers.LinkTypeEthernet, router + ana + "0806" + "00010800ff040001" + ana + "c0000201", `
ethernet 0+14: 02:00:00:00:00:01 > 02:00:00:00:00:fe 0x0806 ARP
arp 14+18: request 
arp.truncated have=18 want=526
then 0x0000 32+0 done`},
	{"two VLAN tags", layers.LinkTypeEthernet, router + ana + "88a8" + "0064" + "8100" + "6005" + "0800" + "45", `
ethernet 0+14: 02:00:00:00:00:01 > 02:00:00:00:00:fe 0x88a8 802.1ad
vlan 14+4: id 100 0x8100 802.1Q
vlan 18+4: id 5 priority 3 0x0800 IPv4
then 0x0800 22+1 vlan 0x64005`},
	{"802.3 with SNAP, padded", layers.LinkTypeEthernet, "0180c2000000" + ana + "000a" + "aaaa03" + "000000" + "0800" + "4500" + "0000", `
ethernet 0+14: 02:00:00:00:00:01 > 01:80:c2:00:00:00 length 10
llc 14+8: 0xaa > 0xaa SNAP 0x0800 IPv4
ethernet.multicast address=01:80:c2:00:00:00
then 0x0800 22+2`},
	{"spanning tree", layers.LinkTypeEthernet, "0180c2000000" + ana + "0005" + "424203" + "0000", `
ethernet 0+14: 02:00:00:00:00:01 > 01:80:c2:00:00:00 length 5
llc 14+3: 0x42 > 0x42
ethernet.multicast address=01:80:c2:00:00:00
llc.not-explained service=0x42
then 0x0000 17+2`},
	{"an unknown EtherType", layers.LinkTypeEthernet, router + ana + "88cc" + "0000", `
ethernet 0+14: 02:00:00:00:00:01 > 02:00:00:00:00:fe 0x88cc LLDP
ethernet.type-not-explained type=0x88cc
then 0x88cc 14+2`},
	{"loopback of a little-endian machine", layers.LinkTypeNull, "02000000" + "45", `
loopback 0+4: family 2 IPv4
then 0x0800 4+1`},
	{"loopback, big-endian", layers.LinkTypeLoop, "0000001e" + "60", `
loopback 0+4: family 30 IPv6
then 0x86dd 4+1`},
	{"loopback of another family", layers.LinkTypeNull, "07000000" + "45", `
loopback 0+4: family 7
loopback.not-explained family=7
then 0x0000 4+1`},
	{"cooked, from us", layers.LinkTypeSLL, "0004" + "0001" + "0006" + ana + "0000" + "0800" + "45", `
sll 0+16: from us 02:00:00:00:00:01 0x0800 IPv4
then 0x0800 16+1`},
	{"cooked, version 2, loopback", layers.LinkTypeSLL2, "86dd" + "0000" + "00000003" + "0304" + "00" + "06" + "0000000000000000" + "60", `
sll 0+20: to us 00:00:00:00:00:00 0x86dd IPv6
then 0x86dd 20+1`},
	{"raw IP", layers.LinkTypeRaw, "6000", `
raw 0+0: 
then 0x86dd 0+2`},
	{"raw, but no IP", layers.LinkTypeRaw, "0000", `
raw 0+0: 
raw.not-ip version=0
then 0x0000 0+2`},
	{"a link type that is not read", 107, "0000", `
data 0+0: link type 107 (Frame Relay) 2 bytes
capture.link-type-not-explained type=107
then 0x0000 0+2 sealed`},
	{"another of the registry's later numbers", 287, "0000", `
data 0+0: link type 287 (Z-Wave) 2 bytes
capture.link-type-not-explained type=287
then 0x0000 0+2`},
	{"PPPoE discovery, padded", layers.LinkTypeEthernet, everybody + ana + "8863" + "1109" + "0000" + "0008" + "01010000" + "01030000" + "0000", `
ethernet 0+14: 02:00:00:00:00:01 > ff:ff:ff:ff:ff:ff 0x8863 PPPoE discovery
pppoe 14+14: PADI 0x0000
ethernet.broadcast
pppoe.padi
then 0x0000 28+2 done`},
	{"an offer", layers.LinkTypeEthernet, ana + router + "8863" + "1107" + "0000" + "0011" + "0102000442524153" + "0104000101" + "00000000", `
ethernet 0+14: 02:00:00:00:00:fe > 02:00:00:00:00:01 0x8863 PPPoE discovery
pppoe 14+23: PADO 0x0000 BRAS
pppoe.pado name=BRAS
then 0x0000 37+0 done`},
	{"a refused session", layers.LinkTypeEthernet, ana + router + "8863" + "1165" + "0000" + "0004" + "02010000", `
ethernet 0+14: 02:00:00:00:00:fe > 02:00:00:00:00:01 0x8863 PPPoE discovery
pppoe 14+10: PADS 0x0000
pppoe.refused
then 0x0000 24+0 done`},
	{"IPv4 in PPP in PPPoE, padded", layers.LinkTypeEthernet, router + ana + "8864" + "1100" + "0007" + "0004" + "0021" + "4500" + "0000", `
ethernet 0+14: 02:00:00:00:00:01 > 02:00:00:00:00:fe 0x8864 PPPoE
pppoe 14+6: session 0x0007
ppp 20+2: 0x0021 IPv4
then 0x0800 22+2`},
	{"PPPoE that promises too much", 51, "1100" + "0007" + "0009" + "57" + "60", `
pppoe 0+6: session 0x0007
ppp 6+1: 0x0057 IPv6
pppoe.length-beyond-frame length=9 have=2
then 0x86dd 7+1`},
	{"LCP", 9, "ff03" + "c021" + "01010016" + "010405d4" + "0304c023" + "0506000000ff" + "0702" + "0802", `
ppp 0+4: 0xc021 LCP
ppp-control 4+22: LCP Configure-Request id 1 mru 1492 authentication PAP
ppp-control.request protocol=LCP
then 0x0000 26+0 done`},
	{"IPCP", 50, "ff03" + "8021" + "0302000a" + "0306c0000202", `
ppp 0+4: 0x8021 IPCP
ppp-control 4+10: IPCP Configure-Nak id 2 address 192.0.2.2
ppp-control.other-value protocol=IPCP
then 0x0000 14+0 done`},
	{"PAP", 9, "c023" + "0101000f" + "03616e61" + "066c7570696e65", `
ppp 0+2: 0xc023 PAP
ppp-login 2+15: PAP Authenticate-Request ana
ppp-login.password name=ana
then 0x0000 17+0 secret 11+6 done`},
	{"CHAP", 9, "c223" + "0201000a" + "0212ff" + "616e61", `
ppp 0+2: 0xc223 CHAP
ppp-login 2+10: CHAP Response ana
ppp-login.response name=ana
then 0x0000 12+0 secret 7+2 done`},
	{"compressed PPP", 9, "ff03" + "00fd" + "9011", `
ppp 0+4: 0x00fd compressed
ppp.not-explained protocol=0x00fd
then 0x0000 4+2 sealed`},
	{"Cisco HDLC", 104, "0f00" + "0800" + "45", `
chdlc 0+4: 0x0800 IPv4
then 0x0800 4+1`},
	{"a router asks for its address by SLARP", 104, "8f00" + "8035" + "00000000", `
chdlc 0+4: 0x8035 SLARP
then 0x0000 4+4`},
	{"Cisco HDLC where PPP is expected", 9, "8f00" + "8035" + "00000002", `
chdlc 0+4: 0x8035 SLARP
chdlc.keepalive
then 0x0000 4+4`},
	{"two labels", layers.LinkTypeEthernet, router + ana + "8847" + "000100ff" + "00011f40" + "45", `
ethernet 0+14: 02:00:00:00:00:01 > 02:00:00:00:00:fe 0x8847 MPLS
mpls 14+4: label 16 ttl 255
mpls 18+4: label 17 ttl 64 bottom
then 0x0800 22+1`},
	{"a frame with a VLAN under a label", layers.LinkTypeEthernet, router + ana + "8847" + "00010140" + "00000000" + ana + router + "8100" + "0005" + "86dd" + "60", `
ethernet 0+14: 02:00:00:00:00:01 > 02:00:00:00:00:fe 0x8847 MPLS
mpls 14+8: label 16 ttl 64 bottom
ethernet 22+14: 02:00:00:00:00:fe > 02:00:00:00:00:01 0x8100 802.1Q
vlan 36+4: id 5 0x86dd IPv6
then 0x86dd 40+1 vlan 0x5`},
	{"a beacon", 105, "8000" + "0000" + everybody + router + router + "1000" + "0102030405060708" + "6400" + "1104" + "0003616e61" + "010182" + "030106" + "3014" + "0100000fac040100000fac040100000fac020000", `
wifi 0+69: beacon 02:00:00:00:00:fe > ff:ff:ff:ff:ff:ff ssid ana
wifi.beacon ssid=ana
then 0x0000 69+0 done`},
	{"data to the access point, behind radiotap, with a right check sequence", 127, "00000a0002000000" + "1000" + "0801" + "0000" + router + ana + everybody + "1000" + "aaaa030000000800" + "45" + "8eb33b4b", `
radiotap 0+10: 
wifi 10+24: data 02:00:00:00:00:01 > ff:ff:ff:ff:ff:ff
llc 34+8: 0xaa > 0xaa SNAP 0x0800 IPv4
then 0x0800 42+1`},
	{"data from the access point, sent again, damaged", 127, "0000090002000000" + "10" + "080a" + "0000" + ana + router + router + "1000" + "aaaa030000000800" + "45" + "00000000", `
radiotap 0+9: 
wifi 9+24: data 02:00:00:00:00:fe > 02:00:00:00:00:01 retry
llc 33+8: 0xaa > 0xaa SNAP 0x0800 IPv4
wifi.check-sequence-wrong
wifi.retry
then 0x0800 41+1`},
	{"between access points, QoS, aligned", 127, "0000090002000000" + "20" + "8803" + "0000" + ana + router + ana + "1000" + router + "0000" + "aaaa030000000800" + "45", `
radiotap 0+9: 
wifi 9+32: QoS data 02:00:00:00:00:fe > 02:00:00:00:00:01
llc 41+8: 0xaa > 0xaa SNAP 0x0800 IPv4
then 0x0800 49+1`},
	{"several in one", 105, "8802" + "0000" + ana + router + router + "1000" + "8000" + ana + router + "0009" + "aaaa030000000800" + "45" + "00" + ana + router + "0000", `
wifi 0+26: QoS data 02:00:00:00:00:fe > 02:00:00:00:00:01
ethernet 26+14: 02:00:00:00:00:fe > 02:00:00:00:00:01 length 9
llc 40+8: 0xaa > 0xaa SNAP 0x0800 IPv4
wifi.aggregate count=2
then 0x0800 48+1 secret 49+15`},
	{"encrypted data", 105, "0842" + "0000" + ana + router + router + "1000" + "01000020" + "00000000" + "1234", `
wifi 0+24: data 02:00:00:00:00:fe > 02:00:00:00:00:01 protected
wifi.encrypted bytes=10
then 0x0000 24+10 sealed`},
	{"WEP", 105, "0842" + "0000" + ana + router + router + "1000" + "01020300" + "1234", `
wifi 0+24: data 02:00:00:00:00:fe > 02:00:00:00:00:01 protected
wifi.encrypted-wep bytes=6
then 0x0000 24+6 sealed`},
	{"a piece of a frame", 105, "0806" + "0000" + ana + router + router + "1000" + "aaaa03", `
wifi 0+24: data 02:00:00:00:00:fe > 02:00:00:00:00:01
wifi.fragment number=0
then 0x0000 24+3 sealed`},
	{"an ACK behind PPI", 192, "00002000" + "69000000" + "02001400" + "0000000000000000" + "0000" + "0400" + "8509" + "0000" + "0000" + "ac9c" + "d4000000" + ana, `
ppi 0+32: channel 6 -84 dBm
wifi 32+10: ACK > 02:00:00:00:00:01
wifi.ack
then 0x0000 42+0 done`},
	{"sent away", 105, "c000" + "0000" + ana + router + router + "1000" + "0300", `
wifi 0+26: deauthentication 02:00:00:00:00:fe > 02:00:00:00:00:01
wifi.leaving code=3 reason=3
then 0x0000 26+0 done`},
	{"sent away for a reason without a name", 105, "c000" + "0000" + ana + router + router + "1000" + "5000", `
wifi 0+26: deauthentication 02:00:00:00:00:fe > 02:00:00:00:00:01
wifi.leaving.other code=80
then 0x0000 26+0 done`},
	{"the first message of the handshake", layers.LinkTypeEthernet, ana + router + "888e" + "0203005f" + "02" + "008a" + "0010" + "0000000000000001" + strings.Repeat("ab", 32) + strings.Repeat("00", 16+8+8+16) + "0000", `
ethernet 0+14: 02:00:00:00:00:fe > 02:00:00:00:00:01 0x888e EAPOL
eapol 14+99: key message 1 of 4
eapol.handshake-1
then 0x0000 113+0 done`},
	{"AVS, though Prism is expected", 119, "80211001" + "00000040" + strings.Repeat("00", 20) + "00000006" + strings.Repeat("00", 32) + "d4000000" + ana, `
prism 0+64: AVS channel 6
wifi 64+10: ACK > 02:00:00:00:00:01
wifi.ack
then 0x0000 74+0 done`},
	{"what is under the label does not show itself", layers.LinkTypeEthernet, router + ana + "8847" + "00010140" + "11223344", `
ethernet 0+14: 02:00:00:00:00:01 > 02:00:00:00:00:fe 0x8847 MPLS
mpls 14+4: label 16 ttl 64 bottom
mpls.not-explained
then 0x0000 18+4 sealed`},
}

// tell decodes a frame and tells its story.
func tell(d *link.Decoder, f *layers.Frame) string {
	p, pdus, notes := d.Decode(f, nil, nil)
	var b strings.Builder
	for _, u := range pdus {
		fmt.Fprintf(&b, "\n%s %d+%d: %s", u.Protocol, u.Offset, u.Length, u.Header.AppendSummary(nil))
	}
	for _, n := range notes {
		b.WriteString("\n" + n.ID)
		for _, a := range n.Args {
			b.WriteString(" " + a.Name + "=" + a.Value.String())
		}
	}
	fmt.Fprintf(&b, "\nthen 0x%04x %d+%d", uint16(p.Type), p.Range.Offset, p.Range.Length)
	if p.VLAN != 0 {
		fmt.Fprintf(&b, " vlan 0x%x", p.VLAN)
	}
	if p.Secret.Length > 0 {
		fmt.Fprintf(&b, " secret %d+%d", p.Secret.Offset, p.Secret.Length)
	}
	if p.Sealed {
		b.WriteString(" sealed")
	}
	if p.Done {
		b.WriteString(" done")
	}
	return b.String()
}

func frame(t testing.TB, linkType layers.LinkType, bytes string) *layers.Frame {
	data, err := hex.DecodeString(bytes)
	if err != nil {
		t.Fatal(err)
	}
	return &layers.Frame{Number: 1, Interface: &layers.Interface{LinkType: linkType}, Data: data, Length: len(data)}
}

func TestFrames(t *testing.T) {
	var d link.Decoder
	for _, test := range frames {
		if got := tell(&d, frame(t, test.link, test.bytes)); got != test.want {
			t.Errorf("%s:%s\nwant%s", test.name, got, test.want)
		}
	}
}

// TestCutFrames cuts every frame at every length: the fields that are shown lie within what is there, and a cut within a
// header is noted. The sender is not blamed for it.
func TestCutFrames(t *testing.T) {
	var d link.Decoder
	for _, test := range frames {
		whole := frame(t, test.link, test.bytes)
		for n := range len(whole.Data) {
			f := *whole
			f.Data = whole.Data[:n]
			check(t, &d, &f)
			_, _, notes := d.Decode(&f, nil, nil)
			if len(notes) == 0 || notes[0].ID != "capture.frame-cut" {
				t.Errorf("%s cut at %d: %v", test.name, n, notes)
			}
			for _, note := range notes {
				if strings.Contains(note.ID, ".length-") && !strings.Contains(test.want, note.ID) {
					t.Errorf("%s cut at %d: %s blames the sender for what the capture left out", test.name, n, note.ID)
				}
			}
		}
	}
}

// check looks whether everything that a decoder says lies within the frame.
func check(t testing.TB, d *link.Decoder, f *layers.Frame) {
	p, pdus, _ := d.Decode(f, nil, nil)
	at := 0
	for _, u := range pdus {
		if u.Offset != at || u.Length < 0 || u.Offset+u.Length > len(f.Data) {
			t.Fatalf("%s lies at %d+%d, the one before ends at %d of %d", u.Protocol, u.Offset, u.Length, at, len(f.Data))
		}
		at += u.Length
		u.Header.AppendSummary(nil)
		for _, field := range u.Header.AppendFields(nil) {
			if field.Range.Length > 0 && (field.Range.Offset < u.Offset || field.Range.End() > at) {
				t.Fatalf("%s %s lies at %+v, beyond its envelope %d+%d", u.Protocol, field.Name, field.Range, u.Offset, u.Length)
			}
		}
	}
	if p.Range.Offset != at || p.Range.Length < 0 || p.Range.End() > len(f.Data) || p.Missing < 0 {
		t.Fatalf("the payload lies at %+v, the envelopes end at %d of %d", p.Range, at, len(f.Data))
	}
}

// A network of WPA3 announces itself by the same element as one of WPA2.
func TestSecurityOfBeacon(t *testing.T) {
	var d link.Decoder
	beacon := "8000" + "0000" + everybody + router + router + "1000" + "0102030405060708" + "6400" + "1104" + "0003616e61"
	_, pdus, _ := d.Decode(frame(t, 105, beacon+"3014"+"0100000fac040100000fac040100000fac080000"), nil, nil)
	for _, f := range pdus[0].Header.AppendFields(nil) {
		if f.Name == "security" {
			if got := f.Value.String(); got != "RSN CCMP SAE" {
				t.Errorf("security %s", got)
			}
			return
		}
	}
	t.Error("no field security")
}

func TestARPFields(t *testing.T) {
	var d link.Decoder
	_, pdus, _ := d.Decode(frame(t, layers.LinkTypeEthernet, everybody+ana+"0806"+arpTail), nil, nil)
	var got strings.Builder
	for _, f := range pdus[1].Header.AppendFields(nil) {
		fmt.Fprintf(&got, "%d+%d %s %s %s\n", f.Range.Offset, f.Range.Length, f.Name, f.Value, f.Value.Name())
	}
	if want := `14+2 hardware-type 1 Ethernet
16+2 protocol-type 0x0800 IPv4
18+1 hardware-length 6 
19+1 protocol-length 4 
20+2 operation 1 request
22+6 sender-hardware-address 02:00:00:00:00:01 
28+4 sender-protocol-address 192.0.2.1 
32+6 target-hardware-address 00:00:00:00:00:00 
38+4 target-protocol-address 192.0.2.254 
`; got.String() != want {
		t.Errorf("%s\nwant\n%s", got.String(), want)
	}
}

func TestNoAllocation(t *testing.T) {
	var d link.Decoder
	f := frame(t, layers.LinkTypeEthernet, everybody+ana+"0806"+arpTail)
	pdus, notes := make([]layers.PDU, 0, 8), make([]layers.Note, 0, 8)
	d.Decode(f, pdus, notes)
	if n := testing.AllocsPerRun(100, func() { d.Decode(f, pdus, notes) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzDecode(f *testing.F) {
	for _, test := range frames {
		whole := frame(f, test.link, test.bytes)
		f.Add(uint16(test.link), whole.Data, uint16(0))
	}
	f.Fuzz(func(t *testing.T, linkType uint16, data []byte, cut uint16) {
		var d link.Decoder
		check(t, &d, &layers.Frame{Interface: &layers.Interface{LinkType: layers.LinkType(linkType)}, Data: data, Length: len(data) + int(cut)})
	})
}
