package anonymize

import (
	"encoding/binary"
)

// dns replaces the names and addresses of a DNS message, in place (RFC 1035 §4.1). Names keep the length of each label,
// so that what points into them still does. What is not understood becomes zeros.
func (a *Anonymizer) dns(b []byte) {
	const header = 12
	if len(b) < header {
		clear(b)
		return
	}
	d := dnsRewriter{a: a, b: b, done: map[int]bool{}}
	be := binary.BigEndian
	questions, records := int(be.Uint16(b[4:])), int(be.Uint16(b[6:]))+int(be.Uint16(b[8:]))+int(be.Uint16(b[10:]))
	at := header
	if questions > 16 || records > 1000 {
		kind := b[2] & 0x80
		clear(b) // no DNS, but a question or an answer
		b[2] = kind
		return
	}
	for range questions {
		if at = d.name(at); at < 0 || at+4 > len(b) {
			d.giveUp()
			return
		}
		at += 4
		d.reached = at
	}
	for range records {
		if at = d.record(at); at < 0 {
			d.giveUp()
			return
		}
		d.reached = at
	}
	clear(b[at:])
}

// A dnsRewriter works through one message.
type dnsRewriter struct {
	a       *Anonymizer
	b       []byte
	done    map[int]bool // where names begin that were replaced
	reached int          // all before it has been looked at
}

// giveUp clears what could not be read: all of it, where not even the first question or record could be.
func (d *dnsRewriter) giveUp() { clear(d.b[d.reached:]) }

// name replaces the labels at a place, and returns what is behind them; -1 where they cannot be read.
func (d *dnsRewriter) name(at int) int {
	var labels [][]byte
	start := at
	behind := -1
	for hops := 0; ; {
		if at >= len(d.b) || len(labels) > 128 {
			return -1
		}
		n := int(d.b[at])
		switch {
		case n == 0:
			if behind < 0 {
				behind = at + 1
			}
			d.labels(start, labels)
			return behind
		case n&0xc0 == 0xc0:
			if at+2 > len(d.b) || hops > 16 {
				return -1
			}
			if behind < 0 {
				behind = at + 2
			}
			to := int(binary.BigEndian.Uint16(d.b[at:]) & 0x3fff)
			if to >= at || to < 12 {
				return -1 // it points nowhere
			}
			d.labels(start, labels)
			return behind // what it points to has been replaced where it stands, or is so at the end
		case n > 63 || at+1+n > len(d.b):
			return -1
		}
		labels = append(labels, d.b[at+1:at+1+n])
		at += 1 + n
	}
}

// labels replaces the labels of a name that begins at a place, once.
func (d *dnsRewriter) labels(start int, labels [][]byte) {
	if d.done[start] {
		return
	}
	d.done[start] = true
	for _, n := range []int{4, 32} {
		if len(labels) >= n && d.a.addresses.reversed(labels[:n]) {
			labels = labels[n:]
			break
		}
	}
	for i, l := range labels {
		if key := lower(l); common.has(key) || services.has(key) && len(labels)-i > 2 {
			continue
		}
		d.a.identify(l, host)
	}
}

// The types whose data are understood (RFC 1035 §3.2.2, RFC 3596 §2, RFC 2782).
const (
	typeA, typeNS, typeCNAME, typeSOA, typePTR, typeMX, typeAAAA, typeSRV = 1, 2, 5, 6, 12, 15, 28, 33
)

// record replaces a resource record and returns what is behind it; -1 where it cannot be read.
func (d *dnsRewriter) record(at int) int {
	at = d.name(at)
	if at < 0 || at+10 > len(d.b) {
		return -1
	}
	kind := binary.BigEndian.Uint16(d.b[at:])
	length := int(binary.BigEndian.Uint16(d.b[at+8:]))
	at += 10
	if at+length > len(d.b) {
		return -1
	}
	data, names := d.b[at:at+length], []int(nil)
	switch {
	case kind == typeA && length == 4, kind == typeAAAA && length == 16:
		d.a.addresses.bytes(data)
	case kind == typeNS, kind == typeCNAME, kind == typePTR:
		names = []int{0}
	case kind == typeMX && length > 2:
		names = []int{2}
	case kind == typeSRV && length > 6:
		names = []int{6}
	case kind == typeSOA:
		if next := d.name(at); next > 0 && next < at+length {
			names = []int{next - at}
		} else {
			clear(data)
		}
	default:
		d.text(data, kind)
	}
	for _, n := range names {
		if end := d.name(at + n); end < 0 || end > at+length {
			clear(data[n:])
		}
	}
	return at + length
}

// text fills the strings of a TXT record; other data become zeros.
func (d *dnsRewriter) text(data []byte, kind uint16) {
	const txt = 16
	for at := 0; kind == txt && at < len(data); {
		n := min(int(data[at]), len(data)-at-1)
		fill(data[at+1 : at+1+n])
		at += 1 + n
	}
	if kind != txt {
		clear(data)
	}
}
