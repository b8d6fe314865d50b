package filter

import (
	"slices"
	"strings"
	"unicode/utf8"

	"mailwire/layers"
	"mailwire/layers/lexicon"
)

// Words are the names that an expression may use.
type Words struct {
	Protocols []string // lower case, as PDUs and messages have them
	Notes     []string // ids
}

// ExpressionMax is the longest expression that is read, in bytes.
const ExpressionMax = 4096

// depthMax bounds how many parentheses and nots stand within each other.
const depthMax = 100

// An Error says where an expression cannot be understood, what was expected there and what may have been meant.
type Error struct {
	Expression string
	At, End    int         // the place, in bytes
	What       layers.Note // a note of the group cli
	Hint       layers.Note // likewise; ID "" for none
}

// Column is the place in characters, from 1.
func (e *Error) Column() int { return utf8.RuneCountInString(e.Expression[:e.At]) + 1 }

func (e *Error) Error() string { return e.What.ID }

// Parse reads an expression. The error is an *Error.
func Parse(expression string, words Words) (*Filter, error) {
	p := &parser{expression: expression, words: words}
	if len(expression) > ExpressionMax {
		return nil, p.wrong(token{at: 0, end: 0}, "cli.filter.too-long")
	}
	p.tokens = scan(expression)
	root, err := p.alternatives()
	if err != nil {
		return nil, err
	}
	if t := p.peek(); t.kind == sign && t.text == ")" {
		return nil, p.wrong(t, "cli.filter.not-opened")
	} else if t.kind != end {
		return nil, p.unjoined(t)
	}
	return &Filter{root}, nil
}

// A parser descends: alternatives of conjunctions of conditions.
type parser struct {
	expression string
	words      Words
	tokens     []token
	depth      int
}

func (p *parser) peek() token { return p.tokens[0] }

// take returns the next token; the end stays.
func (p *parser) take() token {
	t := p.tokens[0]
	if t.kind != end {
		p.tokens = p.tokens[1:]
	}
	return t
}

// takes takes the next token if it is one of the words.
func (p *parser) takes(what string) bool {
	t := p.peek()
	if t.kind == quoted || !strings.EqualFold(t.text, what) {
		return false
	}
	p.take()
	return true
}

func (p *parser) alternatives() (condition, error) {
	first, err := p.conjunction()
	all := either{first}
	for err == nil && p.takes("or") {
		var c condition
		c, err = p.conjunction()
		all = append(all, c)
	}
	if len(all) == 1 {
		return first, err
	}
	return all, err
}

func (p *parser) conjunction() (condition, error) {
	first, err := p.negation()
	all := both{first}
	for err == nil && p.takes("and") {
		var c condition
		c, err = p.negation()
		all = append(all, c)
	}
	if len(all) == 1 {
		return first, err
	}
	return all, err
}

func (p *parser) negation() (condition, error) {
	t := p.peek()
	if p.depth++; p.depth > depthMax {
		return nil, p.wrong(t, "cli.filter.too-deep")
	}
	defer func() { p.depth-- }()
	switch {
	case p.takes("not"):
		c, err := p.negation()
		return not{c}, err
	case p.takes("("):
		c, err := p.alternatives()
		if err == nil && !p.takes(")") {
			if rest := p.peek(); rest.kind != end {
				return nil, p.unjoined(rest)
			}
			return nil, p.wrong(t, "cli.filter.not-closed")
		}
		return c, err
	}
	return p.condition()
}

// condition reads a word and its values, or a protocol's name.
func (p *parser) condition() (condition, error) {
	t := p.take()
	switch t.kind {
	case end:
		return nil, p.wrong(t, "cli.filter.ends-early")
	case open:
		return nil, p.wrong(t, "cli.filter.quote-open")
	case quoted:
		return nil, p.wrong(t, "cli.filter.condition", layers.N("cli.filter.hint.text"))
	case sign:
		return nil, p.wrong(t, "cli.filter.condition")
	}
	name := strings.ToLower(t.text)
	if name == "and" || name == "or" {
		return nil, p.wrong(t, "cli.filter.condition")
	}
	if of, ok := keywords[name]; ok {
		return p.values(t, of)
	}
	if c := p.protocol(name); c != nil {
		return c, nil
	}
	return nil, p.misspelt(t)
}

// values reads what stands behind a keyword: one value, or several between commas.
func (p *parser) values(keyword token, of valueReader) (condition, error) {
	var all either
	for {
		t := p.take()
		if t.kind == open {
			return nil, p.wrong(t, "cli.filter.quote-open")
		}
		if t.kind == end || t.kind == sign || t.kind == word && slices.Contains([]string{"and", "or", "not"}, strings.ToLower(t.text)) {
			return nil, p.wrong(t, "cli.filter.needs-value", exampleHint(keyword))
		}
		c, err := of(p, t)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
		if !p.takes(",") {
			break
		}
	}
	if len(all) == 1 {
		return all[0], nil
	}
	return all, nil
}

// protocol is the condition that a protocol's name is; nil where there is none of that name.
func (p *parser) protocol(name string) condition {
	switch name {
	case "ip":
		return protocols{"ipv4", "ipv6"}
	case "mail":
		return protocols{"smtp", "lmtp", "pop3", "imap"}
	case "pop":
		return protocols{"pop3"}
	}
	if slices.Contains(p.words.Protocols, name) {
		return protocols{name}
	}
	return nil
}

// misspelt says that a word is none, and which is near.
func (p *parser) misspelt(t token) error {
	known := slices.Concat(Keywords(), []string{"and", "or", "not"}, p.words.Protocols)
	if near := lexicon.Nearest(t.text, known); near != "" {
		return p.wrong(t, "cli.filter.unknown-word", layers.N("cli.near", layers.A("name", layers.String(near))))
	}
	return p.wrong(t, "cli.filter.unknown-word", layers.N("cli.one-of", layers.A("names", layers.String(strings.Join(Keywords(), ", ")))))
}

// unjoined says that a condition is over and t does not join another one to it.
func (p *parser) unjoined(t token) error {
	if t.kind == open {
		return p.wrong(t, "cli.filter.quote-open")
	}
	name := strings.ToLower(t.text)
	if _, ok := keywords[name]; t.kind == word && (ok || p.protocol(name) != nil) {
		return p.wrong(t, "cli.filter.connective", layers.N("cli.filter.hint.and", layers.A("word", layers.String(name))))
	}
	if near := lexicon.Nearest(name, []string{"and", "or"}); near != "" && t.kind == word {
		return p.wrong(t, "cli.filter.connective", layers.N("cli.near", layers.A("name", layers.String(near))))
	}
	return p.wrong(t, "cli.filter.connective", layers.N("cli.filter.hint.quotes"))
}

// wrong says that the expression cannot be understood at t. The sentence may name what stands there.
func (p *parser) wrong(t token, what string, hint ...layers.Note) error {
	e := &Error{Expression: p.expression, At: t.at, End: t.end, What: layers.N(what)}
	if t.end > t.at {
		e.What.Args = append(e.What.Args, layers.A("got", layers.String(p.expression[t.at:t.end])))
	}
	if len(hint) > 0 {
		e.Hint = hint[0]
	}
	return e
}
