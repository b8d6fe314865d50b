package smtp

import (
	"strconv"
	"strings"
)

// A Reply is a server's answer: a code of three digits and one or more lines of text.
type Reply struct {
	Code     int
	Enhanced Enhanced // zero: none
	Lines    []string // without codes; at least one when it is sent
}

// An Enhanced is an enhanced status code, class.subject.detail (RFC 3463). The zero value is none.
type Enhanced struct{ Class, Subject, Detail int }

// String is "5.7.1", or "" for none.
func (e Enhanced) String() string {
	if e == (Enhanced{}) {
		return ""
	}
	b := strconv.AppendInt(make([]byte, 0, len("5.123.123")), int64(e.Class), 10)
	b = strconv.AppendInt(append(b, '.'), int64(e.Subject), 10)
	b = strconv.AppendInt(append(b, '.'), int64(e.Detail), 10)
	return string(b)
}

// NewReply makes a reply; enhanced is "5.7.1" or "", the lines of text are separated by line feeds.
func NewReply(code int, enhanced, text string) *Reply {
	e, _, _ := cutEnhanced(enhanced)
	return &Reply{Code: code, Enhanced: e, Lines: strings.Split(text, "\n")}
}

// Class is the first digit of the code: 2 done, 3 go on, 4 not now, 5 never.
func (r *Reply) Class() int { return r.Code / 100 }

// Text is the lines joined by line feeds.
func (r *Reply) Text() string { return strings.Join(r.Lines, "\n") }

// Error is the reply in one line, so that a refusal can be returned as an error.
func (r *Reply) Error() string {
	s := strconv.Itoa(r.Code)
	if r.Enhanced != (Enhanced{}) {
		s += " " + r.Enhanced.String()
	}
	return s + " " + strings.Join(r.Lines, " ")
}

// Append adds the reply as it is sent: "250-first", "250 last", each line with the enhanced code when it has one. What a line
// can't hold becomes a question mark.
func (r *Reply) Append(dst []byte) []byte {
	for i, line := range r.Lines {
		dst = strconv.AppendInt(dst, int64(r.Code), 10)
		if i < len(r.Lines)-1 {
			dst = append(dst, '-')
		} else {
			dst = append(dst, ' ')
		}
		// RFC 2034 §4: the enhanced code precedes the text of every line.
		if r.Enhanced != (Enhanced{}) {
			dst = append(append(dst, r.Enhanced.String()...), ' ')
		}
		dst = append(append(dst, printable(line)...), '\r', '\n')
	}
	return dst
}

// A ReplyLine is one line of a reply, read.
type ReplyLine struct {
	Code     int
	More     bool // "-" stands behind the code: another line follows
	Enhanced Enhanced
	Text     string // behind the codes
	textAt   int    // where Text begins in the line
}

// ParseReplyLine reads one line of a reply without its line end (RFC 5321 §4.2). A code alone is a reply too.
func ParseReplyLine(line string) (ReplyLine, error) {
	var r ReplyLine
	for i := range 3 {
		if i >= len(line) || !isDigit(line[i]) {
			return r, &SyntaxError{At: i + 1, Code: 500, Why: "a reply begins with three digits", Ref: "RFC 5321 §4.2"}
		}
		r.Code = r.Code*10 + int(line[i]-'0')
	}
	if r.textAt = 3; len(line) == 3 {
		return r, nil
	}
	switch line[3] {
	case '-':
		r.More = true
	case ' ', '\t':
	default:
		return r, &SyntaxError{At: 4, Code: 500, Why: `a space or "-" stands behind the code`, Ref: "RFC 5321 §4.2"}
	}
	r.textAt, r.Text = 4, line[4:]
	if e, rest, ok := cutEnhanced(r.Text); ok && e.Class == r.Code/100 {
		r.Enhanced, r.Text, r.textAt = e, rest, len(line)-len(rest)
	}
	return r, nil
}

// cutEnhanced reads RFC 3463 §2: class "." subject "." detail, followed by a space or the end.
func cutEnhanced(s string) (e Enhanced, rest string, ok bool) {
	word, rest, _ := strings.Cut(s, " ")
	if len(word) < 5 || word[1] != '.' || (word[0] != '2' && word[0] != '4' && word[0] != '5') {
		return e, s, false
	}
	subject, detail, found := strings.Cut(word[2:], ".")
	x, fx := shortNumber(subject)
	y, fy := shortNumber(detail)
	if !found || !fx || !fy {
		return e, s, false
	}
	return Enhanced{int(word[0] - '0'), x, y}, rest, true
}

// shortNumber reads one to three digits.
func shortNumber(s string) (n int, ok bool) {
	if s == "" || len(s) > 3 {
		return 0, false
	}
	for i := range len(s) {
		if !isDigit(s[i]) {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, true
}
