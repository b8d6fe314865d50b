package authenticity

import (
	"strings"
	"testing"

	"mailwire/layers"
	"mailwire/layers/lexicon"
)

func TestRecordsAreExplained(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"example.net", "v=spf1 ip4:192.0.2.0/24 a mx/24 a:x -all exp=y", "spf.field.ip4 spf.field.a spf.field.mx spf.field.all spf.field.exp"},
		{"example.net", "V=SPF1 include:x redirect=y moo", "spf.field.include spf.field.redirect"},
		{"_dmarc.example.net", "v=DMARC1; p=none; rua=mailto:x; z=1", "dmarc.field.v dmarc.field.p dmarc.field.rua"},
		{"k._domainkey.example.net", "k=rsa; p=", "dkim.field.key-k dkim.field.key-p"}, {"x.example.net", "v=DKIM1; t=y; p=x", "dkim.field.key-v dkim.field.key-t dkim.field.key-p"},
		{"example.net", "some text", ""}, {"example.net", "", ""},
	} {
		var got []string
		for _, n := range RecordNotes(c.name, c.text) {
			got = append(got, n.ID)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %v, want %s", c.text, got, c.want)
		}
	}
}

// Whatever a check may find, the lexicon says.
func TestEveryFindingIsInTheLexicon(t *testing.T) {
	var notes []layers.Note
	for _, w := range Whys {
		notes = append(notes, w.Note())
	}
	for _, w := range SPFWhys {
		notes = append(notes, w.Note())
	}
	for _, w := range DMARCWhys {
		notes = append(notes, w.Note())
	}
	for _, r := range []Result{None, Pass, Fail, SoftFail, Neutral, Policy, TempError, PermError} {
		notes = append(notes, r.Note())
	}
	for prefix, words := range map[string][]string{"dkim.field.key-": notedKeyTags, "spf.field.": notedTerms, "dmarc.field.": notedDMARCTags} {
		for _, w := range words {
			notes = append(notes, layers.N(prefix+w))
		}
	}
	l := lexicon.New(lexicon.English, lexicon.Notes)
	for _, n := range notes {
		if _, ok := l.Entry(n.ID); !ok {
			t.Errorf("%s is not in the lexicon", n.ID)
		}
	}
}
