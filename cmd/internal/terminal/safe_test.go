package terminal

import (
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestSafe(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"plain", "MAIL FROM:<ana@example.net>", "MAIL FROM:<ana@example.net>"},
		{"other scripts stay", "Grüße, Łódź, 東京 ☂", "Grüße, Łódź, 東京 ☂"},
		{"an escape sequence", "\x1b[31mred", `\x1b[31mred`},
		{"the C1 form of it", "\u009b31mred", `\u009b31mred`},
		{"a line end", "a\r\nb", `a\x0d\x0ab`},
		{"bidirectional override", "evil\u202egpj.exe", `evil\u202egpj.exe`},
		{"zero width", "a\u200bb", `a\u200bb`},
		{"not UTF-8", "caf\xe9", `caf\xe9`},
		{"a line separator", "a\u2028b", `a\u2028b`},
	} {
		if got := Safe(c.in); got != c.want {
			t.Errorf("%s: Safe(%q) = %q, want %q", c.name, c.in, got, c.want)
		}
	}
}

func FuzzSafe(f *testing.F) {
	f.Add("\x1b]0;title\x07\u202e")
	f.Fuzz(func(t *testing.T, s string) {
		got := Safe(s)
		if !utf8.ValidString(got) {
			t.Errorf("Safe(%q) = %q is not UTF-8", s, got)
		}
		for _, r := range got {
			if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
				t.Errorf("Safe(%q) = %q holds %U", s, got, r)
			}
		}
	})
}
