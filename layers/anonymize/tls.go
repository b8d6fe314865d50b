package anonymize

import (
	"encoding/binary"
)

// The content types of TLS records (RFC 8446 §5.1).
const (
	changeCipherSpec = 20
	alert            = 21
	handshake        = 22
	recordHeader     = 5
)

// tls replaces the records in b, which begins with one, and returns how many bytes these are. Their headers stay. Of the
// handshake that anybody can read stay the messages' headers, versions, cipher suites and the kinds of extensions; names
// are replaced, all else is filled. hidden says that the side has begun to encrypt.
func (a *Anonymizer) tls(side *direction, b []byte) int {
	at := oldHello(b)
	var open []piece // the parts of handshake messages that are not encrypted, one behind the other
	for at+recordHeader <= len(b) && b[at] >= changeCipherSpec && b[at] <= 24 && b[at+1] == 3 {
		length := int(binary.BigEndian.Uint16(b[at+3:]))
		content := b[at+recordHeader : min(len(b), at+recordHeader+length)]
		switch kind := b[at]; {
		case kind == changeCipherSpec && length == 1:
			side.hidden = true
		case kind == alert && length == 2 && !side.hidden:
		case kind == handshake && !side.hidden:
			open = append(open, piece{content})
		default:
			cover(content)
		}
		at += recordHeader + len(content)
	}
	a.handshakes(open)
	return at
}

// oldHello replaces a ClientHello in the form of SSL 2.0 (RFC 5246 §E.2): after its lengths come what ciphers are offered, and
// then a session and a challenge. It returns its length, 0 where there is none.
func oldHello(b []byte) int {
	const fixed = 11
	if len(b) < fixed || b[0]&0x80 == 0 || b[2] != 1 || b[3] > 3 {
		return 0
	}
	length := 2 + int(b[0]&0x7f)<<8 + int(b[1])
	suites := int(binary.BigEndian.Uint16(b[5:]))
	if length > len(b) || fixed+suites > length {
		return 0
	}
	cover(b[fixed+suites : length])
	return length
}

// cover fills what is encrypted.
func cover(b []byte) {
	for i := range b {
		b[i] = 0xa5
	}
}

type piece struct{ bytes []byte }

// handshakes replaces what handshake messages say that may go over several records.
func (a *Anonymizer) handshakes(pieces []piece) {
	var all []byte
	for _, p := range pieces {
		all = append(all, p.bytes...)
	}
	for at := 0; at < len(all); {
		if at+4 > len(all) {
			cover(all[at:])
			break
		}
		length := int(all[at+1])<<16 | int(all[at+2])<<8 | int(all[at+3])
		body := all[at+4 : min(len(all), at+4+length)]
		switch all[at] {
		case 1, 2:
			a.hello(body, all[at] == 1)
		case 11:
			a.certificates(body)
		default:
			cover(body)
		}
		at += 4 + len(body)
	}
	for _, p := range pieces {
		all = all[copy(p.bytes, all):]
	}
}

// A cursor walks over a message; it is short when something is missing, and then gives nothing more.
type cursor struct{ b []byte }

func (c *cursor) take(n int) []byte {
	n = max(0, min(n, len(c.b)))
	taken := c.b[:n]
	c.b = c.b[n:]
	return taken
}

func (c *cursor) vector(size int) []byte {
	n := 0
	for _, v := range c.take(size) {
		n = n<<8 | int(v)
	}
	return c.take(n)
}

// retry is the random value that asks for another ClientHello (RFC 8446 §4.1.3).
const retry = "\xcf\x21\xad\x74\xe5\x9a\x61\x11\xbe\x1d\x8c\x02\x1e\x65\xb8\x91\xc2\xa2\x11\x16\x7a\xbb\x8c\x5e\x07\x9e\x09\xe2\xc8\xa8\x33\x9c"

// hello replaces what a ClientHello or ServerHello tells of its sender (RFC 8446 §4.1).
func (a *Anonymizer) hello(b []byte, client bool) {
	c := cursor{b}
	c.take(2)
	if random := c.take(32); string(random) != retry {
		cover(random)
	}
	cover(c.vector(1)) // session
	if client {
		c.vector(2) // cipher suites
		c.vector(1) // compression
	} else {
		c.take(3)
	}
	extensions := cursor{c.vector(2)}
	cover(c.b)
	for len(extensions.b) > 0 {
		if len(extensions.b) < 4 {
			cover(extensions.b)
			return
		}
		kind := binary.BigEndian.Uint16(extensions.take(2))
		a.extension(kind, extensions.vector(2), client)
	}
}

// extension replaces the content of an extension. Of those that only list what is possible nothing is personal.
func (a *Anonymizer) extension(kind uint16, b []byte, client bool) {
	c := cursor{b}
	switch kind {
	case 0: // server name (RFC 6066 §3)
		list := cursor{c.vector(2)}
		cover(c.b)
		for len(list.b) > 3 {
			list.take(1)
			a.identify(list.vector(2), host)
		}
		cover(list.b)
	case 51: // key share (RFC 8446 §4.2.8)
		if client {
			c = cursor{c.vector(2)}
		}
		for len(c.b) > 0 {
			c.take(2)
			cover(c.vector(2))
		}
	case 16: // ALPN (RFC 7301 §3.1)
		list := cursor{c.vector(2)}
		cover(c.b)
		for len(list.b) > 0 {
			if name := list.vector(1); !applicationNames.has(string(name)) {
				cover(name)
			}
		}
	case 1, 10, 11, 13, 22, 23, 43, 45, 50: // lengths, groups, signatures, versions
	default:
		cover(b)
	}
}

// applicationNames are those of protocols within TLS.
var applicationNames = set("smtp lmtp pop3 imap managesieve http/1.0 http/1.1 h2 dot")

// certificates replaces what certificates tell, of a message of TLS 1.2 or older (RFC 5246 §7.4.2).
func (a *Anonymizer) certificates(b []byte) {
	c := cursor{b}
	list := cursor{c.vector(3)}
	cover(c.b)
	for len(list.b) > 0 {
		if len(list.b) < 3 {
			cover(list.b)
			return
		}
		a.der(list.vector(3), 0)
	}
}

// The tags of DER (ITU-T X.690 §8).
const (
	derBoolean, derInteger, derBits, derOctets, derNull, derOID = 1, 2, 3, 4, 5, 6
	derUTF8, derPrintable, derTeletex, derIA5, derUTC, derTime  = 12, 19, 20, 22, 23, 24
	derBMP, derUniversal                                        = 30, 28
)

// der replaces the values of DER elements; their tags and lengths stay, object identifiers, times and small numbers too.
// It tells whether all of b was elements.
func (a *Anonymizer) der(b []byte, depth int) bool {
	const deepest = 32
	for len(b) > 0 {
		head, n, ok := derHead(b)
		if !ok || depth > deepest {
			cover(b)
			return false
		}
		tag, value := b[0], b[head:head+n]
		b = b[head+n:]
		if tag&0x20 != 0 {
			a.der(value, depth+1)
			continue
		}
		a.derValue(tag, value, depth)
	}
	return true
}

// derHead reads a tag and a length.
func derHead(b []byte) (head, n int, ok bool) {
	if len(b) < 2 || b[0]&0x1f == 0x1f {
		return 0, 0, false
	}
	head, n = 2, int(b[1])
	if n >= 0x80 {
		size := n & 0x7f
		if size == 0 || size > 3 || len(b) < 2+size {
			return 0, 0, false
		}
		n = 0
		for _, v := range b[2 : 2+size] {
			n = n<<8 | int(v)
		}
		head += size
	}
	return head, n, head+n <= len(b)
}

// derValue replaces one value.
func (a *Anonymizer) derValue(tag byte, value []byte, depth int) {
	switch {
	case tag == derBoolean, tag == derNull, tag == derOID, tag == derUTC, tag == derTime:
	case tag == derInteger && len(value) <= 3:
	case tag == derUTF8, tag == derPrintable, tag == derTeletex, tag == derIA5:
		a.derText(value)
	case tag == derOctets && whole(value):
		a.der(value, depth+1)
	case tag >= 0x81 && tag <= 0x86: // a general name (RFC 5280 §4.2.1.6): mailbox, host, location
		a.derText(value)
	case tag == 0x87:
		a.addresses.bytes(value)
	case tag == derBits && len(value) > 1:
		cover(value[1:])
	default:
		cover(value)
	}
}

// derText replaces a name; what is no name of the network is filled.
func (a *Anonymizer) derText(value []byte) {
	for _, c := range value {
		if c == ' ' || c >= 0x80 || c < ' ' {
			fill(value)
			return
		}
	}
	a.identify(value, host)
}

// whole tells bytes that are DER elements from their first to their last.
func whole(b []byte) bool {
	if len(b) == 0 {
		return false
	}
	for len(b) > 0 {
		head, n, ok := derHead(b)
		if !ok {
			return false
		}
		b = b[head+n:]
	}
	return true
}
