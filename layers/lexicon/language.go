package lexicon

import "strings"

// A Language is one of the five that mailwire speaks, by its ISO 639-1 code.
type Language string

// The languages.
const (
	English    Language = "en"
	Spanish    Language = "es"
	Portuguese Language = "pt"
	Catalan    Language = "ca"
	German     Language = "de"
)

// Languages lists them all.
var Languages = [...]Language{English, Spanish, Portuguese, Catalan, German}

// Match finds the language of a name such as "ca", "ca-ES" or "ca_ES.UTF-8@valencia".
func Match(name string) (Language, bool) {
	code := strings.ToLower(name)
	if cut := strings.IndexAny(code, "_-.@"); cut >= 0 {
		code = code[:cut]
	}
	for _, l := range Languages {
		if string(l) == code {
			return l, true
		}
	}
	return English, false
}
