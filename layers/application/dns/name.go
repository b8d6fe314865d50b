package dns

import (
	"net/netip"
	"strconv"
	"strings"
)

// A Name is a domain name as people write it, without the dot at its end: "mail.example.net". The root is ".".
// A dot or backslash inside a label stands behind a backslash, an octet that is no printable ASCII character as
// a backslash and three decimal digits (RFC 1035 §5.1).
type Name string

// Root is the name above all names. As the host of the one MX record it says: no mail here (RFC 7505 §3).
const Root Name = "."

// Limits of names, in octets (RFC 1035 §2.3.4).
const (
	maxLabel = 63
	maxName  = 255 // on the wire, with the length octets and the root
)

// ParseName takes a name with or without the dot at its end, and says what is wrong with it when it can't be one.
func ParseName(s string) (Name, error) {
	n := Name(s)
	if len(s) > 1 && strings.HasSuffix(s, ".") && !strings.HasSuffix(s, `\.`) {
		n = n[:len(n)-1]
	}
	if n == "" {
		n = Root
	}
	if _, err := n.labels(); err != nil {
		return "", err
	}
	return n, nil
}

// Equal compares as DNS does: the case of ASCII letters does not count (RFC 4343 §3).
func (n Name) Equal(o Name) bool { return len(n) == len(o) && n.Canonical() == o.Canonical() }

// Canonical is the name with its ASCII letters in lower case, the form to look it up by.
func (n Name) Canonical() Name {
	for i := range len(n) {
		if n[i] >= 'A' && n[i] <= 'Z' {
			b := []byte(n)
			for j := i; j < len(b); j++ {
				if b[j] >= 'A' && b[j] <= 'Z' {
					b[j] += 'a' - 'A'
				}
			}
			return Name(b)
		}
	}
	return n
}

// Parent is the name without its first label; that of a name with one label, and of the root, is the root.
func (n Name) Parent() Name {
	for i := 0; i < len(n); i++ {
		switch {
		case n[i] == '\\':
			i++
		case n[i] == '.' && i+1 < len(n):
			return n[i+1:]
		}
	}
	return Root
}

// Within says whether n is zone or lies below it.
func (n Name) Within(zone Name) bool {
	for {
		if n.Equal(zone) {
			return true
		}
		if n == Root {
			return false
		}
		n = n.Parent()
	}
}

// labels is the name's labels as octets.
func (n Name) labels() ([]string, error) {
	if n == Root {
		return nil, nil
	}
	var all []string
	var label []byte
	length := 1
	end := func() error {
		if len(label) == 0 {
			return &NameFault{Name: n, Why: "has an empty label"}
		}
		if len(label) > maxLabel {
			return &NameFault{Name: n, Why: "has a label of more than 63 octets"}
		}
		if length += 1 + len(label); length > maxName {
			return &NameFault{Name: n, Why: "is longer than 255 octets"}
		}
		all = append(all, string(label))
		label = label[:0]
		return nil
	}
	for i := 0; i < len(n); i++ {
		switch c := n[i]; {
		case c == '.':
			if err := end(); err != nil {
				return nil, err
			}
		case c != '\\':
			label = append(label, c)
		case i+3 < len(n) && isDigit(n[i+1]) && isDigit(n[i+2]) && isDigit(n[i+3]):
			v := int(n[i+1]-'0')*100 + int(n[i+2]-'0')*10 + int(n[i+3]-'0')
			if v > 255 {
				return nil, &NameFault{Name: n, Why: "has an escape above 255"}
			}
			label = append(label, byte(v))
			i += 3
		case i+1 < len(n):
			label = append(label, n[i+1])
			i++
		default:
			return nil, &NameFault{Name: n, Why: "ends in a backslash"}
		}
	}
	return all, end()
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// appendLabel adds the octets of one label as people write them.
func appendLabel(dst, label []byte) []byte {
	for _, c := range label {
		switch {
		case c == '.' || c == '\\':
			dst = append(dst, '\\', c)
		case c > ' ' && c < 0x7F:
			dst = append(dst, c)
		default:
			dst = append(dst, '\\', '0'+c/100, '0'+c/10%10, '0'+c%10)
		}
	}
	return dst
}

// A NameFault says why a name can't be one.
type NameFault struct {
	Name Name
	Why  string
}

func (e *NameFault) Error() string {
	return "dns: name " + strconv.Quote(string(e.Name)) + " " + e.Why + " (RFC 1035 §2.3.4)"
}

// Reverse is the name under which the PTR record of an address stands: "25.2.0.192.in-addr.arpa" (RFC 1035 §3.5), or the
// 32 nibbles below ip6.arpa (RFC 3596 §2.5).
func Reverse(a netip.Addr) Name {
	a = a.Unmap()
	b := a.AsSlice()
	var s []byte
	for i := len(b) - 1; i >= 0; i-- {
		if a.Is4() {
			s = append(strconv.AppendUint(s, uint64(b[i]), 10), '.')
			continue
		}
		const hex = "0123456789abcdef"
		s = append(s, hex[b[i]&15], '.', hex[b[i]>>4], '.')
	}
	if a.Is4() {
		return Name(append(s, "in-addr.arpa"...))
	}
	return Name(append(s, "ip6.arpa"...))
}
