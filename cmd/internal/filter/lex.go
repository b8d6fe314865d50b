package filter

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A token is a word, a sign or a text between quotes.
type token struct {
	kind kind
	text string // as it is meant: without quotes
	at   int    // where it begins in the expression, in bytes
	end  int
}

type kind uint8

const (
	end kind = iota
	word
	quoted
	sign // one of ( ) ,
	open // a text whose closing quote is missing
)

// scan cuts an expression into tokens, the last of them an end. && || and ! are and, or and not.
func scan(expression string) []token {
	var all []token
	at := 0
	for {
		for at < len(expression) {
			r, n := utf8.DecodeRuneInString(expression[at:])
			if !unicode.IsSpace(r) {
				break
			}
			at += n
		}
		t := next(expression, at)
		all = append(all, t)
		if at = t.end; t.kind == end {
			return all
		}
	}
}

// next reads the token that begins at a place that is no space.
func next(s string, at int) token {
	if at == len(s) {
		return token{kind: end, at: at, end: at}
	}
	switch c := s[at]; {
	case c == '(' || c == ')' || c == ',':
		return token{sign, s[at : at+1], at, at + 1}
	case c == '"' || c == '\'':
		return text(s, at)
	case c == '!':
		return token{word, "not", at, at + 1}
	case strings.HasPrefix(s[at:], "&&"):
		return token{word, "and", at, at + 2}
	case strings.HasPrefix(s[at:], "||"):
		return token{word, "or", at, at + 2}
	}
	until := at + strings.IndexFunc(s[at:], func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(`(),"'!`, r) })
	if until < at {
		until = len(s)
	}
	return token{word, s[at:until], at, until}
}

// text reads a text up to the quote that it began with. A backslash takes the sign behind it as it is.
func text(s string, at int) token {
	var b strings.Builder
	for i := at + 1; i < len(s); i++ {
		switch {
		case s[i] == s[at]:
			return token{quoted, b.String(), at, i + 1}
		case s[i] == '\\' && i+1 < len(s):
			i++
		}
		b.WriteByte(s[i])
	}
	return token{open, b.String(), at, len(s)}
}
