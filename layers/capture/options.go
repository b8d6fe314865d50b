package capture

import (
	"encoding/binary"
	"net/netip"
	"strings"
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
	textMax    = 256
	namesMax   = 1 << 16
	secretsMax = 16 << 20
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

// comments joins the comments of a frame by line ends. Those that mailwire wrote itself are left out.
func comments(o options) string {
	var all string
	for o.more() {
		code, value := o.next()
		if code != optionComment || strings.HasPrefix(string(value), CommentPrefix) {
			continue
		}
		if all != "" {
			all += "\n"
		}
		all += string(value)
	}
	return all
}

// readNames adds the names of a name-resolution block to names.
func (p *pcapngFile) readNames(names []Name, body []byte) []Name {
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
		for name := range strings.SplitSeq(string(value[size:]), "\x00") {
			if name != "" && len(names) < namesMax {
				names = append(names, Name{addr, name[:min(len(name), textMax)]})
			}
		}
	}
	return names
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
