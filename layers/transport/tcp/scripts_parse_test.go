package tcp

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// A script is a test in packetdrill's notation.
type script struct {
	options map[string]string // --name=value
	shell   []string          // lines in backticks, which are not run
	events  []scriptEvent
}

// A scriptEvent is one line: a time and an action.
type scriptEvent struct {
	line     int
	text     string // without the time
	from, to time.Duration
	relative bool
	any      bool // *
	blocking bool // from...to
}

// A skip says why a script is not for this engine.
type skip struct{ why string }

func (s skip) Error() string { return s.why }

var (
	blockComment = regexp.MustCompile(`(?s)/\*.*?\*/`)
	number       = `(\d*\.?\d+)`
	timeForms    = []struct {
		form               *regexp.Regexp
		relative, blocking bool
	}{
		{regexp.MustCompile(`^(\+?)` + number + `\.\.\.(?:\+?)` + number + `\s+`), false, true},
		{regexp.MustCompile(`^(\+)` + number + `~\+` + number + `\s+`), true, false},
		{regexp.MustCompile(`^()` + number + `~` + number + `\s+`), false, false},
		{regexp.MustCompile(`^(\+)\s*` + number + `()\s+`), true, false},
		{regexp.MustCompile(`^()` + number + `()\s+`), false, false},
	}
)

func seconds(s string) time.Duration {
	f, _ := strconv.ParseFloat(s, 64)
	return time.Duration(f*1e6+0.5) * time.Microsecond
}

func parseScript(source string) (*script, error) {
	s := &script{options: map[string]string{}}
	source = blockComment.ReplaceAllStringFunc(source, func(c string) string { return strings.Repeat("\n", strings.Count(c, "\n")) })
	for i, raw := range strings.Split(source, "\n") {
		line, _, _ := strings.Cut(raw, "//")
		line = strings.TrimSpace(line)
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
			continue
		case strings.HasPrefix(line, "--"):
			for _, o := range strings.Fields(line) {
				name, value, _ := strings.Cut(strings.TrimPrefix(o, "--"), "=")
				s.options[name] = value
			}
			continue
		case strings.Contains(line, "%{"):
			return nil, skip{"asserts by %{ }%"}
		}
		e := scriptEvent{line: i + 1}
		if strings.HasPrefix(line, "*") {
			e.any, e.text = true, strings.TrimSpace(line[1:])
		} else if !e.readTime(line) {
			if strings.HasPrefix(line, "`") {
				s.shell = append(s.shell, line)
				continue
			}
			if n := len(s.events); n > 0 && strings.Count(s.events[n-1].text, "(") > strings.Count(s.events[n-1].text, ")") {
				s.events[n-1].text += " " + line // a call over several lines
				continue
			}
			if strings.Contains(line, "`") || len(s.shell) > 0 && len(s.events) == 0 {
				s.shell = append(s.shell, line)
				continue
			}
			return nil, skip{fmt.Sprintf("line %d: %q is not understood", i+1, line)}
		}
		if strings.HasPrefix(e.text, "`") {
			s.shell = append(s.shell, e.text)
		}
		s.events = append(s.events, e)
	}
	if len(s.events) == 0 {
		return nil, skip{"it has no events"}
	}
	return s, nil
}

func (e *scriptEvent) readTime(line string) bool {
	for _, f := range timeForms {
		m := f.form.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		e.relative, e.blocking = f.relative || m[1] == "+", f.blocking
		e.from = seconds(m[2])
		e.to = e.from
		if m[3] != "" {
			e.to = seconds(m[3])
		}
		e.text = line[len(m[0]):]
		return true
	}
	return false
}

var packetForm = regexp.MustCompile(`^[<>]\s+(?:\[[^\]]*\]\s+)?([SFRPUEWA.0-7]+|-)\s+(\d+):(\d+)\((\d+)\)((?:\s+(?:ack|win|urg)\s+\d+)*)\s*(?:<(.*)>)?\s*$`)

// A scriptPacket is a line with < or >.
type scriptPacket struct {
	in       bool
	segment  Segment
	length   int
	any      bool // <...>
	win      bool
	stamp    bool
	val, ecr uint32
}

func parsePacket(text string) (*scriptPacket, error) {
	for _, word := range []string{"icmp", "udp", "mptcp", "dss", "FO ", "FOEXP", "md5", "AccECN", "ect0", "ce"} {
		if strings.Contains(text, word) && !strings.Contains(word, "ce") {
			return nil, skip{"uses " + strings.TrimSpace(word)}
		}
	}
	m := packetForm.FindStringSubmatch(text)
	if m == nil {
		return nil, skip{fmt.Sprintf("the packet %q is not understood", text)}
	}
	p := &scriptPacket{in: text[0] == '<'}
	if strings.ContainsAny(m[1], "EWA01234567") {
		return nil, skip{"uses ECN"}
	}
	for _, l := range letters {
		if strings.IndexByte(m[1], l.letter) >= 0 {
			p.segment.Flags |= l.flag
		}
	}
	n, _ := strconv.ParseUint(m[2], 10, 32)
	p.segment.Seq = Seq(n)
	p.length, _ = strconv.Atoi(m[4])
	words := strings.Fields(m[5])
	for i := 0; i+1 < len(words); i += 2 {
		v, _ := strconv.ParseUint(words[i+1], 10, 32)
		switch words[i] {
		case "ack":
			p.segment.Ack = Seq(v)
		case "win":
			p.win, p.segment.Window = true, uint16(v)
		case "urg":
			p.segment.Urgent = uint16(v)
		}
	}
	return p, p.parseOptions(m[6])
}

func (p *scriptPacket) parseOptions(s string) error {
	if strings.TrimSpace(s) == "..." {
		p.any = true
		return nil
	}
	o := &p.segment.Options
	for _, part := range strings.Split(s, ",") {
		w := strings.Fields(part)
		switch {
		case len(w) == 0 || w[0] == "nop" || w[0] == "eol":
			continue
		case w[0] == "mss" && len(w) == 2:
			o.HasMSS = true
			fmt.Sscan(w[1], &o.MSS)
		case w[0] == "wscale" && len(w) == 2:
			o.HasWindowScale = true
			fmt.Sscan(w[1], &o.WindowShift)
		case w[0] == "sackOK":
			o.SACKPermitted = true
		case w[0] == "TS" && len(w) == 5:
			o.HasTimestamps, p.stamp = true, true
			fmt.Sscan(w[2], &p.val)
			fmt.Sscan(w[4], &p.ecr)
		case w[0] == "sack" && len(w) <= 5:
			for _, b := range w[1:] {
				k := &o.SACK[o.Blocks]
				if _, err := fmt.Sscanf(b, "%d:%d", &k.Left, &k.Right); err != nil {
					return skip{fmt.Sprintf("the option %q is not understood", part)}
				}
				o.Blocks++
			}
		default:
			return skip{fmt.Sprintf("the option %q is not understood", part)}
		}
	}
	return nil
}
