package text

import (
	"bytes"
	"strings"
	"testing"
	"testing/fstest"

	"mailwire/cmd/internal/words"
	"mailwire/layers"
	"mailwire/layers/lexicon"
	"mailwire/layers/trace"
)

// A probe has one field.
type probe struct{ layers.Field }

func (probe) AppendSummary(dst []byte) []byte { return dst }

func (p probe) AppendFields(dst []layers.Field) []layers.Field { return append(dst, p.Field) }

// showProbe shows a packet with one field, of which the lexicon says what sentence says.
func showProbe(t *testing.T, o Options, field layers.Field, sentence string) string {
	t.Helper()
	texts := lexicon.Source{FS: fstest.MapFS{
		"index/probe.txt": {Data: []byte("probe.field." + field.Name + " application -\n")},
		"en/probe.md":     {Data: []byte("## probe.field." + field.Name + "\n" + sentence + "\n")},
	}}
	o.Lexicon, o.Detail = lexicon.New(lexicon.English, texts, words.Source), Fields
	var out bytes.Buffer
	face := New(&out, o)
	p := &trace.Packet{Frame: &layers.Frame{Number: 1, Interface: &layers.Interface{}}, PDUs: []layers.PDU{{Layer: layers.Application, Protocol: "probe", Length: 4, Header: probe{field}}}}
	if err := face.Show(p); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestMeaningsStandBesideOrBelow: where there is room for it the meaning stands beside the value, else below it, and each of
// its lines is faint.
func TestMeaningsStandBesideOrBelow(t *testing.T) {
	sentence := "one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
	for _, row := range []struct {
		options Options
		value   string
		want    string
	}{
		{Options{Width: 110}, "short", strings.Repeat(" ", 19) + "name                     short                    one two three four five six seven eight\n" +
			strings.Repeat(" ", 69) + "nine ten eleven twelve thirteen fourteen\n"},
		{Options{Width: 110}, "longer than its column is", strings.Repeat(" ", 19) + "name                     longer than its column is\n" +
			strings.Repeat(" ", 21) + "one two three four five six seven eight nine ten eleven twelve thirteen\n" + strings.Repeat(" ", 21) + "fourteen\n"},
		{Options{Width: 80}, "short", strings.Repeat(" ", 19) + "name                     short\n" +
			strings.Repeat(" ", 21) + "one two three four five six seven eight nine ten eleven\n" + strings.Repeat(" ", 21) + "twelve thirteen fourteen\n"},
		{Options{Width: 80, Explain: Never}, "short", strings.Repeat(" ", 19) + "name                     short\n"},
	} {
		got := showProbe(t, row.options, layers.Field{Name: "name", Value: layers.String(row.value)}, sentence)
		if !strings.HasSuffix(got, row.want) {
			t.Errorf("%+v %s:\n%swant at its end\n%s", row.options, row.value, got, row.want)
		}
		lines := strings.Split(strings.TrimSpace(row.want), "\n")
		faint := "\x1b[2m" + strings.TrimSpace(lines[len(lines)-1]) + "\x1b[22m\n"
		row.options.Colors = true
		if got := showProbe(t, row.options, layers.Field{Name: "name", Value: layers.String(row.value)}, sentence); len(lines) > 1 && !strings.HasSuffix(got, faint) {
			t.Errorf("%q\nlacks %q at its end", got, faint)
		}
	}
}

// TestHostileFields: neither a name nor a sentence that quotes the value can command a terminal.
func TestHostileFields(t *testing.T) {
	for name, got := range map[string]string{
		"a sentence with the value": showProbe(t, Options{Width: 80}, layers.Field{Name: "name", Value: layers.String(hostile)}, "It is {value}."),
		"beside":                    showProbe(t, Options{Width: 200}, layers.Field{Name: "name", Value: layers.String("\x1b[2J")}, "It is {value}."),
		"a name":                    showProbe(t, Options{Width: 80}, layers.Field{Name: hostile, Value: layers.Int(1)}, "It is."),
		"a name without meaning":    showProbe(t, Options{Width: 80, Explain: Never}, layers.Field{Name: hostile, Value: layers.Int(1)}, "It is."),
	} {
		if strings.ContainsAny(got, "\x1b\x00\x07\r\u202e\u200b\u009b\u2028") || !strings.Contains(got, `\x1b[2J`) {
			t.Errorf("%s: %q", name, got)
		}
	}
}
