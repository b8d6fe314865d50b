package scenarios

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v4"

	"mailwire/layers/lexicon"
	"mailwire/layers/trace"
	"mailwire/sim"
)

// A record is a face that writes down all that happens, so that two runs can be compared.
type record struct {
	bytes.Buffer
	packets  int
	messages int
	cut      []string // messages without an end
}

func (r *record) Show(e trace.Event) error {
	switch e := e.(type) {
	case *trace.Packet:
		r.packets++
		fmt.Fprintf(r, "packet %d %v %s %s %x %v\n", e.Frame.Number, e.Frame.Time, e.From, e.To, e.Frame.Data, e.Notes)
	case *trace.Message:
		r.messages++
		fmt.Fprintf(r, "message %d %v %q %v\n", e.Stream, e.Packets, e.Text, e.Notes)
		if !e.Complete {
			r.cut = append(r.cut, fmt.Sprintf("%s %q", e.Protocol, e.Text))
		}
	default:
		fmt.Fprintf(r, "%T %+v\n", e, e)
	}
	return nil
}

// play runs a shipped scenario with a seed and wants its expectations to be met.
func play(t *testing.T, name string, seed uint64, set map[string]string) *record {
	t.Helper()
	source, ok := Shipped(name)
	if !ok {
		t.Fatalf("no scenario %s", name)
	}
	s, err := Load(source, set)
	if err != nil {
		t.Fatal(err)
	}
	r := &record{}
	unmet, err := s.Run(Options{Language: lexicon.English, Seed: seed, Face: r})
	if err != nil {
		t.Fatalf("seed %d: %v", seed, err)
	}
	for _, n := range unmet {
		t.Errorf("seed %d: %s %v", seed, n.ID, n.Args)
	}
	return r
}

// TestShippedScenariosEndAsTheySay: every expectation holds, whatever the seed, and the same seed tells the same twice.
func TestShippedScenariosEndAsTheySay(t *testing.T) {
	seeds := []uint64{1, 2, 3, 42, 1 << 63}
	if testing.Short() {
		seeds = seeds[:1]
	}
	for _, name := range Names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var last string
			for _, seed := range seeds {
				first, second := play(t, name, seed, nil), play(t, name, seed, nil)
				if first.String() != second.String() {
					t.Errorf("seed %d: two runs differ", seed)
				}
				if first.packets == 0 || first.messages == 0 {
					t.Errorf("seed %d: %d packets, %d messages", seed, first.packets, first.messages)
				}
				if first.String() == last {
					t.Errorf("seed %d: as with the seed before", seed)
				}
				last = first.String()
				if name != "pop-cable" && len(first.cut) > 0 {
					t.Errorf("seed %d: messages without an end: %v", seed, first.cut)
				}
			}
		})
	}
}

// TestEachStrategy plays the scenario of the comparison by every strategy that it declares.
func TestEachStrategy(t *testing.T) {
	source, _ := Shipped("strategies")
	s, err := Load(source, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, strategy := range s.Parameters[0].OneOf {
		r := play(t, "strategies", 1, map[string]string{"strategy": strategy})
		protocol, _, _ := strings.Cut(strategy, "-")
		if !strings.Contains(r.String(), protocol+".") {
			t.Errorf("%s: no note of %s", strategy, protocol)
		}
	}
}

// TestSchema: the schema that editors use is one, takes every shipped scenario, and refuses what check refuses.
func TestSchema(t *testing.T) {
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("scenario.json", document); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("scenario.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range Names() {
		source, _ := Shipped(name)
		if err := schema.Validate(asJSON(t, source)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	source, _ := Shipped("first-mail")
	for _, change := range []struct{ old, new string }{
		{"title:", "titel:"},
		{"kind: router", "kind: rooter"},
		{"does: write", "does: dance"},
		{"wait: 90s", "wait: 90s, say: {en: Now}"},
		{"services: [dns,", "services: [dsn,"},
		{"holds: 1", "holds: -1"},
		{"to: [Bob]", "to: Bob"},
	} {
		wrong := strings.Replace(string(source), change.old, change.new, 1)
		if wrong == string(source) {
			t.Fatalf("first-mail has no %q", change.old)
		}
		if schema.Validate(asJSON(t, []byte(wrong))) == nil {
			t.Errorf("the schema takes %q", change.new)
		}
		if _, err := Load([]byte(wrong), nil); err == nil {
			t.Errorf("Load takes %q", change.new)
		}
	}
}

// asJSON reads YAML as an editor does that checks it with a JSON Schema.
func asJSON(t *testing.T, source []byte) any {
	t.Helper()
	var v any
	if err := yaml.Unmarshal(source, &v); err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// TestFaultsHavePlaces: a fault names its line and column, shows the line, and several are told at once, in order.
func TestFaultsHavePlaces(t *testing.T) {
	for _, row := range []struct {
		name, source string
		want         []string // line:column id
	}{
		{"nothing", "", []string{"1:1 scenario.fault.empty"}},
		{"no YAML", "name: [a\n", []string{"2:1 scenario.fault.syntax"}},
		{"a list", "- name\n", []string{"1:1 scenario.fault.not-mapping"}},
		{"an alias", "name: &a b\ntitle: {en: x}\nnetwork: {hosts: {a: }, cables: {}}\npeople: {}\nacts: []\ntopic: *a\n",
			[]string{"1:7 scenario.fault.alias", "6:8 scenario.fault.alias"}},
		{"keys missing, and one too many", "name: x\nacts: []\npoeple: {}\n",
			[]string{"1:1 scenario.fault.missing-key", "1:1 scenario.fault.missing-key", "1:1 scenario.fault.missing-key", "3:1 scenario.fault.unknown-key"}},
		{"a key twice", "name: x\nname: y\n",
			[]string{"1:1 scenario.fault.missing-key", "1:1 scenario.fault.missing-key", "1:1 scenario.fault.missing-key", "1:1 scenario.fault.missing-key", "2:1 scenario.fault.twice"}},
	} {
		_, err := Load([]byte(row.source), nil)
		faults, ok := err.(Faults)
		if !ok {
			t.Errorf("%s: %v, want faults", row.name, err)
			continue
		}
		var got []string
		for _, f := range faults {
			got = append(got, fmt.Sprintf("%d:%d %s", f.Line, f.Column, f.What.ID))
		}
		if strings.Join(got, "\n") != strings.Join(row.want, "\n") {
			t.Errorf("%s:\n%s\nwant\n%s", row.name, strings.Join(got, "\n"), strings.Join(row.want, "\n"))
		}
	}
}

// FuzzLoad: no file makes the loader panic, each fault has a place inside the file, and what has none can be played, as
// far as a few events tell.
func FuzzLoad(f *testing.F) {
	for _, name := range Names() {
		source, _ := Shipped(name)
		f.Add(string(source))
	}
	f.Add(sound)
	f.Add("name: *x")
	f.Add("a: &a [*a]")
	f.Fuzz(func(t *testing.T, source string) {
		s, err := Load([]byte(source), nil)
		if (s == nil) == (err == nil) {
			t.Fatalf("%v, %v", s, err)
		}
		faults, _ := err.(Faults)
		for _, fault := range faults {
			if fault.Line < 1 || fault.Column < 1 || fault.What.ID == "" {
				t.Errorf("%+v", fault)
			}
		}
		if s == nil || len(s.Acts) > 20 || heavy(s) {
			return
		}
		var unended *sim.Livelock
		if _, err := s.runWithin(2000, Options{Language: lexicon.English, Face: &record{}}); err != nil && !errors.As(err, &unended) {
			t.Errorf("%v\n%s", err, source)
		}
	})
}

// heavy says whether a scenario has more to carry than a quick test should.
func heavy(s *Scenario) bool {
	bytes := int64(0)
	for _, m := range s.Mails {
		for _, a := range m.Attach {
			bytes += a.Picture
		}
	}
	mails := 0
	for _, box := range s.Mailboxes {
		mails += len(box.Mails)
	}
	return bytes > 100_000 || mails > 20
}
