package message

import (
	"strconv"
	"strings"
	"time"
)

// DateLayout is how time.Time writes a date of RFC 5322 §3.3.
const DateLayout = "Mon, 2 Jan 2006 15:04:05 -0700"

// ParseDate reads a date (RFC 5322 §3.3, obsolete forms of §4.3 included): the body of a Date field, unfolded. Comments may
// stand anywhere; the day of the week need not fit; seconds and zone may be missing (the zone is then unknown: UTC).
func ParseDate(s string) (t time.Time, ok bool) {
	if len(s) > 200 { // no date is that long
		return time.Time{}, false
	}
	l := lexer{s: s}
	if isLetter(l.peek()) { // the day of the week
		l.run(isLetter)
		l.accept('.')
		l.accept(',')
	}
	day := l.number(2)
	l.accept('-') // some programs write 22-Nov-2026
	month := monthNumber(l.run(isLetter))
	l.accept('.')
	l.accept('-')
	year, digits := l.year()
	hour := l.number(2)
	if !l.accept(':') {
		return time.Time{}, false
	}
	minute := l.number(2)
	second := 0
	if l.accept(':') {
		second = l.number(2)
	}
	zone, ok := l.zone()
	if digits < 2 || month == 0 || day < 1 || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60 || !ok {
		return time.Time{}, false
	}
	t = time.Date(year, month, day, hour, minute, min(second, 59), 0, zone)
	if t.Day() != day { // the 31st of a shorter month
		return time.Time{}, false
	}
	return t, true
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }

// number reads at most n digits; -1 when there is none.
func (l *lexer) number(n int) int {
	digits := l.run(isDigit)
	if len(digits) == 0 || len(digits) > n {
		return -1
	}
	number, _ := strconv.Atoi(digits)
	return number
}

// year reads a year of four or more digits, or a short one of old programs.
func (l *lexer) year() (year, digits int) {
	text := l.run(isDigit)
	if len(text) > 4 {
		return 0, 0
	}
	year, _ = strconv.Atoi(text)
	switch {
	case len(text) == 2 && year < 50: // RFC 5322 §4.3
		year += 2000
	case len(text) == 2, len(text) == 3:
		year += 1900
	}
	return year, len(text)
}

func monthNumber(name string) time.Month {
	if len(name) >= 3 {
		for m := time.January; m <= time.December; m++ {
			if strings.EqualFold(name[:3], m.String()[:3]) {
				return m
			}
		}
	}
	return 0
}

// oldZones are the zones that RFC 5322 §4.3 still reads, in hours east of Greenwich. Other names, the letters of the
// military among them, tell nothing that could be relied on: they count as -0000.
var oldZones = map[string]int{"UT": 0, "GMT": 0, "UTC": 0, "Z": 0, "EDT": -4, "EST": -5, "CDT": -5, "CST": -6, "MDT": -6, "MST": -7, "PDT": -7, "PST": -8}

// zone reads "+0100" or a name.
func (l *lexer) zone() (*time.Location, bool) {
	switch c := l.peek(); {
	case c == '+' || c == '-':
		l.pos++
		digits := l.run(isDigit)
		if len(digits) != 4 || digits[2] > '5' {
			return nil, false
		}
		n, _ := strconv.Atoi(digits)
		seconds := (n/100*60 + n%100) * 60
		if c == '-' {
			seconds = -seconds
		}
		if seconds == 0 {
			return time.UTC, true
		}
		return time.FixedZone("", seconds), true
	case isLetter(c):
		hours := oldZones[strings.ToUpper(l.run(isLetter))]
		if hours == 0 {
			return time.UTC, true
		}
		return time.FixedZone("", hours*3600), true
	}
	return time.UTC, l.peek() == 0
}
