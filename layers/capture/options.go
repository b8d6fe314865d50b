package capture

import (
	"bytes"
	"encoding/binary"
	"math"
	"net/netip"
	"strings"
	"unicode/utf8"
)

// The options that are read or written (draft-ietf-opsawg-pcapng §3.5, §4.1, §4.2).
const (
	optionEnd            = 0
	optionComment        = 1
	optionName           = 2 // in an interface description
	optionDescription    = 3 // likewise
	optionApplication    = 4 // in a section header
	optionTimeResolution = 9
	optionTimeOffset     = 14
)

// The records of a name-resolution block (§4.5).
const (
	recordEnd  = 0
	recordIPv4 = 1
	recordIPv6 = 2
)

const (
	textMax     = 256
	commentsMax = math.MaxUint16 // bytes of all comments of a frame: as many as a Writer can write of them
	namesMax    = 1 << 16
	secretsMax  = 16 << 20
)

// options are pairs of code and value, each padded to four bytes. The records of a name-resolution block have the same
// form.
type options struct {
	rest  []byte
	order binary.ByteOrder
}

// more says whether an option follows that is all there and is not the end of them.
func (o *options) more() bool {
	return len(o.rest) >= 4 && o.order.Uint16(o.rest) != optionEnd && 4+int(o.order.Uint16(o.rest[2:])) <= len(o.rest)
}

func (o *options) next() (code uint16, value []byte) {
	code = o.order.Uint16(o.rest)
	length := int(o.order.Uint16(o.rest[2:]))
	value = o.rest[4 : 4+length]
	o.rest = o.rest[min(4+(length+3)&^3, len(o.rest)):]
	return code, value
}

// text is a name, without the zero that some writers put at its end.
func text(value []byte) string {
	return strings.TrimRight(string(value[:min(len(value), textMax)]), "\x00")
}

// comments joins the comments of a frame by line ends, up to commentsMax. Those that mailwire wrote itself are left out.
func comments(o options) string {
	var all strings.Builder
	for o.more() && all.Len()+1 < commentsMax {
		code, value := o.next()
		if code != optionComment || bytes.HasPrefix(value, []byte(CommentPrefix)) {
			continue
		}
		if all.Len() > 0 {
			all.WriteByte('\n')
		}
		all.Write(cut(value, commentsMax-all.Len()))
	}
	return all.String()
}

// cut is the beginning of UTF-8 text that is at most limit bytes long and ends with a whole character.
func cut(text []byte, limit int) []byte {
	if len(text) <= limit {
		return text
	}
	for end := limit; end > max(0, limit-utf8.UTFMax); end-- {
		if utf8.RuneStart(text[end]) {
			return text[:end]
		}
	}
	return text[:limit] // no UTF-8
}

// readNames adds the names of a name-resolution block to names. It tells how many it had no room for.
func (p *pcapngFile) readNames(names []Name, body []byte) (_ []Name, dropped int) {
	for records := (options{body, p.order}); records.more(); {
		kind, value := records.next()
		size := 4
		if kind == recordIPv6 {
			size = 16
		}
		if kind > recordIPv6 || len(value) < size {
			continue
		}
		addr, _ := netip.AddrFromSlice(value[:size])
		for name := range bytes.SplitSeq(value[size:], []byte{0}) {
			switch {
			case len(name) == 0:
			case len(names) == namesMax:
				dropped++
			default:
				names = append(names, Name{addr, string(name[:min(len(name), textMax)])})
			}
		}
	}
	return names, dropped
}

// readSecrets adds the content of a decryption secrets block (§4.7) to secrets.
func (p *pcapngFile) readSecrets(secrets []Secrets, body []byte) []Secrets {
	if len(body) < 8 {
		return secrets
	}
	held := 0
	for _, s := range secrets {
		held += len(s.Data)
	}
	data := body[8:]
	data = data[:min(int64(len(data)), int64(p.order.Uint32(body[4:])))]
	if held+len(data) > secretsMax || len(secrets) == namesMax {
		return secrets
	}
	return append(secrets, Secrets{Type: p.order.Uint32(body), Data: append([]byte(nil), data...)})
}
