package scenarios

import (
	"testing"

	"mailwire/layers/lexicon"
)

func TestShippedScenariosAreSound(t *testing.T) {
	if len(Names()) < 8 {
		t.Fatalf("only %d scenarios are shipped", len(Names()))
	}
	for _, name := range Names() {
		source, _ := Shipped(name)
		s, err := Load(source, nil)
		if faults, ok := err.(Faults); ok {
			for _, f := range faults {
				t.Errorf("%s.yaml:%d:%d: %s %v", name, f.Line, f.Column, f.What.ID, f.What.Args)
			}
			continue
		}
		for _, n := range s.lessons() {
			if _, ok := lexicon.New(lexicon.English, lexicon.Notes).Entry(n.ID); !ok {
				t.Errorf("%s.yaml refutes %s, which the lexicon does not know", name, n.ID)
			}
		}
		if s.Name != name {
			t.Errorf("%s.yaml says that its name is %s", name, s.Name)
		}
	}
}
