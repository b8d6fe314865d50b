package filter

import (
	"strings"
	"time"

	"mailwire/layers"
)

// A moment is a point of time as it was written: of any day, of one day, or counted from the first packet.
type moment struct {
	of        reckoning
	date      time.Time     // of a date
	offset    time.Duration // since midnight or since the first packet
	precision time.Duration // of what was written: the minute of 09:00
}

type reckoning uint8

const (
	clock reckoning = iota
	date
	sinceFirst
)

// period holds from one moment to another, both included. One moment alone is as long as it is precise.
type period struct{ from, to *moment }

func (p period) holds(s *sight) bool {
	if p.from != nil && p.to != nil && p.from.of == clock && p.to.of == clock && p.to.offset < p.from.offset {
		return p.from.compare(s) >= 0 || p.to.compare(s) <= 0 // past midnight
	}
	return (p.from == nil || p.from.compare(s) >= 0) && (p.to == nil || p.to.compare(s) <= 0)
}

// instant holds as long as a moment is precise.
type instant struct{ moment }

func (m instant) holds(s *sight) bool { d := m.compare(s); return d >= 0 && d < m.precision }

// compare tells how much later than the moment an event is.
func (m *moment) compare(s *sight) time.Duration {
	switch m.of {
	case date:
		return s.time.Sub(m.date)
	case sinceFirst:
		return s.time.Sub(s.start) - m.offset
	}
	utc := s.time.UTC()
	return utc.Sub(time.Date(utc.Year(), utc.Month(), utc.Day(), 0, 0, 0, 0, time.UTC)) - m.offset
}

// readTime reads a moment, or two with .. between them of which one may be missing. A date and a clock may stand as two
// words between quotes.
func readTime(p *parser, t token) (condition, error) {
	from, to, isRange := strings.Cut(t.text, "..")
	first, ok := readMoment(from)
	if !isRange && ok {
		return instant{*first}, nil
	}
	last, fine := readMoment(to)
	switch {
	case !isRange, from == "" && to == "", from != "" && !ok, to != "" && !fine:
		return nil, p.wrong(t, "cli.filter.time", layers.N("cli.filter.hint.time"))
	case first != nil && last != nil && first.of == last.of && first.of != clock && (last.date.Before(first.date) || last.offset < first.offset):
		return nil, p.wrong(t, "cli.filter.backwards")
	}
	return period{first, last}, nil
}

// layouts of a clock, each with its precision. The fraction of a second may be written behind the last.
var layouts = []struct {
	layout    string
	precision time.Duration
}{{"15:04", time.Minute}, {"15:04:05", time.Second}}

func readMoment(s string) (*moment, bool) {
	if s == "" {
		return nil, false
	}
	if s[0] == '+' {
		d, err := time.ParseDuration(s[1:])
		if err != nil || d < 0 {
			return nil, false
		}
		return &moment{of: sinceFirst, offset: d, precision: unitOf(s)}, true
	}
	if day, err := time.Parse(time.DateOnly, s); err == nil {
		return &moment{of: date, date: day, precision: 24 * time.Hour}, true
	}
	day, hours, dated := strings.Cut(strings.Replace(strings.TrimSuffix(s, "Z"), " ", "T", 1), "T")
	if !dated {
		hours = day
	}
	for _, l := range layouts {
		at, err := time.Parse(l.layout, hours)
		if err != nil {
			continue
		}
		m := &moment{offset: at.Sub(time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC)), precision: fraction(hours, l.precision)}
		if !dated {
			return m, true
		}
		midnight, err := time.Parse(time.DateOnly, day)
		m.of, m.date, m.offset = date, midnight.Add(m.offset), 0
		return m, err == nil
	}
	return nil, false
}

// fraction is the precision of a number with a fraction: a tenth for each digit.
func fraction(s string, whole time.Duration) time.Duration {
	_, digits, _ := strings.Cut(s, ".")
	for i := 0; i < len(digits) && digits[i] >= '0' && digits[i] <= '9'; i++ {
		whole /= 10
	}
	return max(whole, 1)
}

// unitOf is the precision of a duration: a tenth of its last unit for each digit behind the point.
func unitOf(s string) time.Duration {
	unit := s[strings.LastIndexAny(s, "0123456789.")+1:]
	d, err := time.ParseDuration("1" + unit)
	if err != nil {
		d = time.Second
	}
	return fraction(s, d)
}
