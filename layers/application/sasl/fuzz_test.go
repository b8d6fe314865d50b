package sasl

import (
	"strings"
	"testing"
)

// Whatever a client sends, it does not log in without the password, and the exchange ends.
func FuzzServer(f *testing.F) {
	for _, d := range dialogues {
		var lines []string
		for _, l := range d.lines {
			if l[0] == 'C' {
				lines = append(lines, l[2:])
			}
		}
		f.Add(d.mechanism, strings.Join(lines, "\n"))
	}
	stranger := accounts{passwords: map[string]string{"someone": "\x00\n unguessable"}}
	f.Fuzz(func(t *testing.T, mechanism, lines string) {
		s, err := NewServer(mechanism, stranger, Challenges{Nonce: "n", Host: "h"})
		if err != nil {
			return
		}
		s.Step(nil)
		steps := 0
		for line := range strings.SplitSeq(lines, "\n") {
			if _, done, err := s.Step([]byte(line)); done {
				t.Fatal("logged in")
			} else if err == nil {
				steps++
			}
		}
		if steps > 2 {
			t.Errorf("%d steps", steps)
		}
	})
}

func FuzzClient(f *testing.F) {
	for _, d := range dialogues {
		var lines []string
		for _, l := range d.lines {
			if l[0] == 'S' {
				lines = append(lines, l[2:])
			}
		}
		f.Add(d.mechanism, strings.Join(lines, "\n"))
	}
	f.Fuzz(func(t *testing.T, mechanism, lines string) {
		c, err := NewClient(mechanism, Credentials{User: "ana", Password: "secret"}, "c")
		if err != nil {
			return
		}
		c.Initial(1000)
		for line := range strings.SplitSeq(lines, "\n") {
			if response, _ := c.Step([]byte(line)); strings.Contains(string(response), "secret") && !InClear(mechanism) {
				t.Errorf("%s gives the password away", mechanism)
			}
		}
		if !InClear(mechanism) && mechanism != "CRAM-MD5" && c.Finish() == nil {
			t.Error("a stranger is taken for the server")
		}
	})
}
