package filter

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"mailwire/layers"
	"mailwire/layers/lexicon"
)

// A valueReader makes a condition of a keyword's value.
type valueReader func(*parser, token) (condition, error)

// keywords are the words that want a value. Some have a second name that people try.
var keywords map[string]valueReader

func init() {
	host := readHost(anyEnd)
	keywords = map[string]valueReader{
		"host": host, "address": host, "net": host,
		"from": readHost(sender), "to": readHost(receiver),
		"port":     readNumbers(1<<16-1, port),
		"stream":   readNumbers(1<<31-1, stream),
		"packet":   readNumbers(1<<31-1, packet),
		"protocol": readProtocol, "proto": readProtocol,
		"verb": readVerb, "command": readVerb,
		"code": readCode, "status": readStatus,
		"text": readText, "contains": readText,
		"note": readNote, "analysis": readNote,
		"time": readTime,
	}
	keywords["frame"], keywords["reply"] = keywords["packet"], keywords["code"]
}

// Keywords lists the words that want a value, as the help shows them.
func Keywords() []string {
	return []string{"host", "from", "to", "port", "protocol", "stream", "packet", "verb", "code", "status", "text", "note", "time"}
}

// examples of each keyword, for hints.
var examples = map[string]string{
	"host": "host ana", "from": "from server", "to": "to 192.0.2.1", "port": "port 25,587", "protocol": "protocol smtp",
	"stream": "stream 3", "packet": "packet 10..20", "verb": "verb RCPT", "code": "code 5xx", "status": "status NO",
	"text": `text "invoice"`, "note": "note retransmission", "time": "time 09:00..09:05",
}

func exampleHint(keyword token) layers.Note {
	example, ok := examples[strings.ToLower(keyword.text)]
	if !ok {
		example = examples["host"]
	}
	return layers.N("cli.filter.hint.example", layers.A("example", layers.String(example)))
}

// Which ends of a packet a host is looked for at.
type ends uint8

const (
	anyEnd ends = iota
	sender
	receiver
)

// readHost reads a name, an address, or the addresses with a prefix; behind from and to a side as well.
func readHost(at ends) valueReader {
	return func(p *parser, t token) (condition, error) {
		name := strings.ToLower(t.text)
		if at != anyEnd && t.kind == word && (name == "client" || name == "server") {
			s := side{layers.Client}
			if (name == "server") == (at == sender) {
				s.from = layers.Server
			}
			return s, nil
		}
		h := host{at: at, name: name}
		if strings.Contains(name, "/") {
			prefix, err := netip.ParsePrefix(name)
			if err != nil {
				return nil, p.wrong(t, "cli.filter.prefix", layers.N("cli.filter.hint.example", layers.A("example", layers.String("host 192.0.2.0/24"))))
			}
			h.prefix = prefix.Masked()
		} else if a, err := netip.ParseAddr(name); err == nil {
			h.prefix = netip.PrefixFrom(a, a.BitLen())
		} else if t.kind == word && strings.Trim(name, "0123456789.") == "" {
			return nil, p.wrong(t, "cli.filter.address", layers.N("cli.filter.hint.example", layers.A("example", layers.String("host 192.0.2.1"))))
		}
		return h, nil
	}
}

// readNumbers reads a number, or a range of them: 10..20, 10.. or ..20.
func readNumbers(most int, of func(s *sight, low, high int) bool) valueReader {
	return func(p *parser, t token) (condition, error) {
		from, to, isRange := strings.Cut(t.text, "..")
		if !isRange {
			to = from
		}
		low, high := 0, most
		for _, bound := range []struct {
			text string
			n    *int
		}{{from, &low}, {to, &high}} {
			if bound.text == "" && isRange && from+to != "" {
				continue
			}
			n, err := strconv.Atoi(bound.text)
			if err != nil || n < 0 || n > most {
				return nil, p.wrong(t, "cli.filter.number", layers.N("cli.filter.hint.number", layers.A("most", layers.Int(most))))
			}
			*bound.n = n
		}
		if low > high {
			return nil, p.wrong(t, "cli.filter.backwards")
		}
		return numbers{low, high, of}, nil
	}
}

func readProtocol(p *parser, t token) (condition, error) {
	if c := p.protocol(strings.ToLower(t.text)); c != nil {
		return c, nil
	}
	if near := lexicon.Nearest(t.text, p.words.Protocols); near != "" {
		return nil, p.wrong(t, "cli.filter.unknown-protocol", layers.N("cli.near", layers.A("name", layers.String(near))))
	}
	return nil, p.wrong(t, "cli.filter.unknown-protocol", layers.N("cli.one-of", layers.A("names", layers.String(strings.Join(p.words.Protocols, ", ")))))
}

func readVerb(_ *parser, t token) (condition, error) {
	return verb(strings.ToUpper(strings.Join(strings.Fields(t.text), " "))), nil
}

func readStatus(_ *parser, t token) (condition, error) { return status(t.text), nil }

// readCode reads three digits of which the last ones may be x, or a range of codes.
func readCode(p *parser, t token) (condition, error) {
	written := strings.ToLower(t.text)
	fine := true
	if !strings.Contains(written, "..") {
		fine = len(written) == 3 && !strings.Contains(strings.TrimRight(written, "x"), "x")
		written = strings.ReplaceAll(written, "x", "0") + ".." + strings.ReplaceAll(written, "x", "9")
	}
	c, err := readNumbers(999, code)(p, token{word, written, t.at, t.end})
	if err != nil || !fine {
		return nil, p.wrong(t, "cli.filter.code", layers.N("cli.filter.hint.example", layers.A("example", layers.String("code 550, code 5xx"))))
	}
	return c, nil
}

func readText(_ *parser, t token) (condition, error) { return contains(strings.ToLower(t.text)), nil }

// readNote reads the id of a note, or the last or first words of several.
func readNote(p *parser, t token) (condition, error) {
	name := note(strings.ToLower(t.text))
	if slices.ContainsFunc(p.words.Notes, name.fits) {
		return name, nil
	}
	var parts []string
	for _, id := range p.words.Notes {
		parts = append(parts, id, id[strings.LastIndexByte(id, '.')+1:])
	}
	if near := lexicon.Nearest(t.text, parts); near != "" {
		return nil, p.wrong(t, "cli.filter.unknown-note", layers.N("cli.near", layers.A("name", layers.String(near))))
	}
	return nil, p.wrong(t, "cli.filter.unknown-note", layers.N("cli.filter.hint.example", layers.A("example", layers.String("note retransmission"))))
}
