package trace

import (
	"slices"
	"strings"
	"unicode"

	"mailwire/layers"
)

// A comment is free text. Somebody who writes down what he saw in a capture also writes down the password, as it was said
// ("PASS tiger"), or in his own words ("password: tiger").

// passwordWords are what people call a secret, in front of a colon, an equals sign or a copula.
var passwordWords = []string{
	"password", "passwd", "pass", "pwd", "pw", "passphrase", "secret", "token", "contraseña", "clave", "palavra-passe",
	"senha", "contrasenya", "passwort", "kennwort",
}

var copulas = []string{"=", ":", "is", "was", "es", "era", "é", "és", "ist", "war", "lautet"}

// maskComment puts stars where a comment seems to tell a secret: behind the commands that carry one, behind the words for
// a password, in a URL, and what is a secret of the frame itself (data at the places of secrets).
func maskComment(comment string, data []byte, secrets []layers.Range) string {
	for _, r := range secrets {
		low, high := max(0, r.Offset), min(len(data), r.End())
		if low >= high {
			continue
		}
		if secret := strings.TrimSpace(string(data[low:high])); len(secret) > 3 {
			comment = strings.ReplaceAll(comment, secret, masked)
		}
	}
	c := commentWords{text: comment, words: spansOf(comment)}
	for i := range c.words {
		c.judge(i)
	}
	return c.masked()
}

// commentWords are a comment's words, as places in it, and those that are to be masked.
type commentWords struct {
	text   string
	words  []layers.Range
	hidden []layers.Range
}

func spansOf(text string) (words []layers.Range) {
	start := -1
	for i, r := range text {
		switch space := unicode.IsSpace(r); {
		case space && start >= 0:
			words = append(words, layers.Range{Offset: start, Length: i - start})
			start = -1
		case !space && start < 0:
			start = i
		}
	}
	if start >= 0 {
		words = append(words, layers.Range{Offset: start, Length: len(text) - start})
	}
	return words
}

// word is the word i; "" where there is none.
func (c *commentWords) word(i int) string {
	if i < 0 || i >= len(c.words) {
		return ""
	}
	return c.text[c.words[i].Offset:c.words[i].End()]
}

// judge hides what follows word i if that is a secret.
func (c *commentWords) judge(i int) {
	word := c.word(i)
	switch strings.TrimLeft(word, `"'(<[«„“`) {
	case "PASS":
		c.hide(i + 1)
	case "LOGIN": // IMAP: user and password
		if before := c.word(i - 1); before != "AUTH" && before != "AUTHENTICATE" {
			c.hide(i + 2)
		}
	case "APOP", "AUTH", "AUTHENTICATE": // user and digest; mechanism and response
		c.hide(i + 2)
	}
	name, value := word, ""
	if at := strings.IndexAny(word, ":="); at >= 0 {
		name, value = word[:at], word[at+1:]
	}
	if slices.Contains(passwordWords, strings.ToLower(strings.TrimLeft(name, `"'(<[`))) {
		switch {
		case value != "":
			c.hideFrom(i, len(word)-len(value))
		case name != word:
			c.hide(i + 1)
		case slices.Contains(copulas, strings.ToLower(c.word(i+1))):
			c.hide(i + 2)
		}
	}
	c.judgeURL(i)
}

// judgeURL hides the password in user:password@host (RFC 3986 §3.2.1).
func (c *commentWords) judgeURL(i int) {
	word := c.word(i)
	scheme := strings.Index(word, "://")
	if scheme < 0 {
		return
	}
	authority, _, found := strings.Cut(word[scheme+3:], "@")
	user, password, both := strings.Cut(authority, ":")
	if found && both && password != "" {
		c.hidden = append(c.hidden, layers.Range{Offset: c.words[i].Offset + scheme + 3 + len(user) + 1, Length: len(password)})
	}
}

// hide masks word i; one that opens a quotation up to its end.
func (c *commentWords) hide(i int) { c.hideFrom(i, 0) }

// hideFrom masks word i from a byte of it on.
func (c *commentWords) hideFrom(i, from int) {
	if i >= len(c.words) {
		return
	}
	r := layers.Range{Offset: c.words[i].Offset + from, Length: c.words[i].Length - from}
	if c.text[r.Offset] == '"' {
		end := strings.IndexByte(c.text[r.Offset+1:], '"')
		if end >= 0 {
			r.Length = end + 2
		} else {
			r.Length = len(c.text) - r.Offset
		}
	}
	c.hidden = append(c.hidden, r)
}

// masked is the comment with stars at the places to be masked.
func (c *commentWords) masked() string {
	if len(c.hidden) == 0 {
		return c.text
	}
	slices.SortFunc(c.hidden, func(a, b layers.Range) int { return a.Offset - b.Offset })
	var b strings.Builder
	at := 0
	for _, r := range c.hidden {
		if r.Offset >= at {
			b.WriteString(c.text[at:r.Offset] + masked)
		}
		at = max(at, r.End())
	}
	b.WriteString(c.text[at:])
	return b.String()
}

// maskRemark masks the texts of a remark as comments.
func maskRemark(r *Remark) {
	hide := func(args []layers.Arg) []layers.Arg {
		args = slices.Clone(args)
		for i := range args {
			if args[i].Value.Kind() == layers.Text {
				args[i].Value = layers.String(maskComment(args[i].Value.String(), nil, nil))
			}
		}
		return args
	}
	r.Values, r.Note.Args = hide(r.Values), hide(r.Note.Args)
}
