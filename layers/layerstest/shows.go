package layerstest

import (
	"strings"

	"mailwire/layers/application"
)

// Shows tells whether a word stands, in whatever case, in the text, the verb, the status, the tag, the fields or the notes of a
// message and is not said to be secret there.
func Shows(m application.Message, word string) bool {
	text := []byte(m.Text)
	for _, r := range m.Secrets {
		for i := r.Offset; i < min(r.End(), len(text)); i++ {
			text[i] = '#'
		}
	}
	all := strings.Join([]string{string(text), m.Verb, m.Status, m.Tag}, " ")
	for _, f := range m.Fields {
		if !f.Secret {
			all += " " + f.Value.String()
		}
	}
	for _, n := range m.Notes {
		for _, a := range n.Args {
			if !a.Secret {
				all += " " + a.Value.String()
			}
		}
	}
	return strings.Contains(strings.ToLower(all), strings.ToLower(word))
}
