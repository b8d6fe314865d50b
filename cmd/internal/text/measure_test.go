package text

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/charmbracelet/x/ansi"

	"mailwire/cmd/internal/terminal"
)

func lines(s string, width int) []string {
	var all []string
	for rest := []byte(s); ; {
		var line []byte
		line, rest = firstLine(rest, width)
		all = append(all, string(line))
		if len(rest) == 0 {
			return all
		}
	}
}

// TestFirstLine: text is cut at spaces and behind hyphens; only a word that fits on no line is cut within.
func TestFirstLine(t *testing.T) {
	for _, c := range []struct {
		width int
		text  string
		want  []string
	}{
		{10, "", []string{""}},
		{10, "ten letter", []string{"ten letter"}},
		{10, "ten letters", []string{"ten", "letters"}},
		{10, "one   two   three", []string{"one   two", "three"}},
		{10, "sack-permitted", []string{"sack-", "permitted"}},
		{10, "a sack-permitted", []string{"a sack-", "permitted"}},
		{10, "nine lets-go", []string{"nine lets-", "go"}},
		{10, "nine lots-go", []string{"nine lots-", "go"}},
		{10, "0123456789abcdef", []string{"0123456789", "abcdef"}},
		{10, "a 0123456789abcdef", []string{"a", "0123456789", "abcdef"}},
		{10, "  indented", []string{"  indented"}},
		{10, "zehn Zähne, früh", []string{"zehn", "Zähne,", "früh"}},
		{10, "fünf – Wörter", []string{"fünf –", "Wörter"}},
		{10, "an unbreakable\u00a0space", []string{"an", "unbreakabl", "e\u00a0space"}},
		{10, "東京 大阪 京都", []string{"東京 大阪", "京都"}},
		{10, "e\u0301e\u0301e\u0301 e\u0301e\u0301e\u0301 e\u0301e\u0301e\u0301", []string{"e\u0301e\u0301e\u0301 e\u0301e\u0301e\u0301", "e\u0301e\u0301e\u0301"}},
		{1, "東京", []string{"東", "京"}},
	} {
		if got := lines(c.text, c.width); !slices.Equal(got, c.want) {
			t.Errorf("%q in %d columns: %q, want %q", c.text, c.width, got, c.want)
		}
	}
}

// FuzzFirstLine: no line is wider than it may be, none is empty, and nothing is lost but spaces. The width is the one that
// terminals are known to give.
func FuzzFirstLine(f *testing.F) {
	f.Add("The frame goes to everyone – on this link…", 10)
	f.Add("東京 e\u0301\u0302 👩‍👩‍👧 1\ufe0f\u20e3 ↔\ufe0f", 3)
	f.Fuzz(func(t *testing.T, s string, width int) {
		if s, width = terminal.Safe(s), 1+width&63; !strings.Contains(s, "  ") && columns(s) != ansi.StringWidth(s) {
			t.Errorf("%q has %d columns, not %d", s, ansi.StringWidth(s), columns(s))
		}
		all := lines(s, width)
		for i, line := range all {
			if size, first := 0, 0; line != "" {
				if size, first = cell(line, 0); columns(line) <= width || size == len(line) && first > width {
					continue // a character that is wider than the line has one to itself
				}
				t.Errorf("%q in %d columns has a line %q", s, width, line)
			}
			if line == "" && len(all) > 1 {
				t.Errorf("%q in %d columns: line %d is empty", s, width, i+1)
			}
		}
		without := func(s string) string {
			return strings.Map(func(r rune) rune {
				if unicode.IsSpace(r) {
					return -1
				}
				return r
			}, s)
		}
		if got, want := without(strings.Join(all, "")), without(s); got != want {
			t.Errorf("%q in %d columns: %q", s, width, all)
		}
	})
}

func TestShortened(t *testing.T) {
	for _, c := range []struct {
		name  string
		width int
		want  string
	}{
		{"mail.example.net", 16, "mail.example.net"},
		{"mail.example.net", 15, "mail.ex…ple.net"},
		{"2001:db8:1:2:3:4:5:6", 15, "2001:db…3:4:5:6"},
		{"東京.example.net", 9, "東京….net"},
		{"mail.東京東京", 8, "mai…東京"},
		{"mail.東京東京", 7, "mai…京"},
	} {
		f := newFace(Options{Width: 80})
		if got := string(f.appendShortened(nil, []byte(c.name), c.width)); got != c.want || columns(got) > c.width {
			t.Errorf("%s in %d columns: %q, want %q", c.name, c.width, got, c.want)
		}
	}
}

// TestWordsAreKeptWhole: what goes on below its beginning does so on lines of their own where else a word were cut.
func TestWordsAreKeptWhole(t *testing.T) {
	head := strings.Repeat("-", 40)
	for text, want := range map[string]string{
		"short":                                 head + "short\n",
		"some words that need a second line":    head + "some words that need a\n" + strings.Repeat(" ", 40) + "second line\n",
		"USER moises.nunez@ingenierianumar.com": head + "\n        USER moises.nunez@ingenierianumar.com\n",
		"AUTH " + strings.Repeat("x", 60):       head + "AUTH\n" + strings.Repeat(" ", 40) + strings.Repeat("x", 24) + "\n" + strings.Repeat(" ", 40) + strings.Repeat("x", 24) + "\n" + strings.Repeat(" ", 40) + strings.Repeat("x", 12) + "\n",
	} {
		f := newFace(Options{Width: 64})
		f.out = append(f.out, head...)
		f.hang(len(head), &f.bare, []byte(text), &f.bare, nil)
		if string(f.out) != want {
			t.Errorf("%q:\n%swant\n%s", text, f.out, want)
		}
	}
}
