package main

import (
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"mailwire/cmd/internal/words"
	"mailwire/layers/lexicon"
	"mailwire/scenarios"
	scenariowords "mailwire/scenarios/words"
)

// TestWordsAreComplete: every word of the commands, the faces and the scenarios is there in every language.
func TestWordsAreComplete(t *testing.T) {
	for _, source := range []lexicon.Source{words.Source, scenariowords.Source} {
		for _, fault := range source.Check() {
			t.Error(fault)
		}
	}
}

// TestScenariosSpeakEachLanguage: the title and the story of every shipped scenario are there in every language.
func TestScenariosSpeakEachLanguage(t *testing.T) {
	for _, name := range scenarios.Names() {
		source, _ := scenarios.Shipped(name)
		s, err := scenarios.Load(source, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, language := range lexicon.Languages {
			if s.Title[string(language)] == "" || s.Story[string(language)] == "" {
				t.Errorf("%s has no title or no story in %s", name, language)
			}
			for _, a := range s.Acts {
				if len(a.Says)+len(a.Say) > 0 && a.Says[string(language)]+a.Say[string(language)] == "" {
					t.Errorf("%s, line %d: nothing is said in %s", name, a.Line, language)
				}
			}
		}
	}
}

// TestNoLineIsTooLong, at any width, in any language, at any detail, and nothing is without its words.
func TestNoLineIsTooLong(t *testing.T) {
	english(t)
	names, widths, languages := []string{"first-mail", "two-servers", "pop-cable", "imap-two-devices"}, []int{60, 80, 120}, []string{"en", "de", "pt"}
	if testing.Short() {
		names, widths, languages = names[:1], widths[1:2], languages[:1]
	}
	for _, name := range names {
		for _, width := range widths {
			for _, language := range languages {
				for _, detail := range []string{"story", "packets", "fields", "bytes"} {
					if detail == "bytes" && width < 80 {
						continue // sixteen bytes need 80 columns
					}
					args := []string{"run", name, "--width", strconv.Itoa(width), "--lang", language, "--detail", detail, "--color", "always"}
					out, complaint, status := mailwire(t, nil, args...)
					if status != 0 {
						t.Fatalf("%v: %s", args, complaint)
					}
					checkLines(t, strings.Join(args, " "), out, width)
				}
			}
		}
	}
}

func checkLines(t *testing.T, command, out string, width int) {
	t.Helper()
	for line := range strings.Lines(out) {
		bare := ansi.Strip(strings.TrimSuffix(line, "\n"))
		switch {
		case len(bare) > width && ansi.StringWidth(bare) > width:
			t.Errorf("%s: %d columns: %s", command, ansi.StringWidth(bare), bare)
			return
		case strings.Contains(bare, "[face.") || strings.Contains(bare, "[cli.") || strings.Contains(bare, "[act.") || strings.Contains(bare, "[mail."):
			t.Errorf("%s: a text is missing: %s", command, bare)
			return
		}
	}
}

// TestASCII: with --ascii no line needs more than the characters of a typewriter, but for what texts quote.
func TestASCII(t *testing.T) {
	english(t)
	for _, name := range []string{"first-mail", "imap-two-devices", "pop-cable"} {
		for _, detail := range []string{"story", "packets", "fields", "bytes"} {
			out, complaint, status := mailwire(t, nil, "run", name, "--ascii", "--detail", detail, "--notes", "none")
			if status != 0 {
				t.Fatal(complaint)
			}
			for line := range strings.Lines(out) {
				for _, r := range line {
					if r >= utf8.RuneSelf && !strings.ContainsRune("“”’…üé", r) {
						t.Errorf("%s, %s: %q in %s", name, detail, r, line)
						break
					}
				}
			}
		}
	}
}

// TestStoryIsWithinPackets: less detail never tells what more detail leaves out.
func TestStoryIsWithinPackets(t *testing.T) {
	english(t)
	numbers := func(detail string) map[string]bool {
		out, complaint, status := mailwire(t, nil, "run", "two-servers", "--detail", detail, "--notes", "none", "--width", "200")
		if status != 0 {
			t.Fatal(complaint)
		}
		found := map[string]bool{}
		for line := range strings.Lines(out) {
			if f := strings.Fields(line); len(f) > 2 && strings.HasPrefix(f[1], "+") {
				found[f[0]] = true
			}
		}
		return found
	}
	story, packets := numbers("story"), numbers("packets")
	if len(story) == 0 || len(story) >= len(packets) {
		t.Errorf("%d packets in the story, %d in all", len(story), len(packets))
	}
	for n := range story {
		if !packets[n] {
			t.Errorf("packet %s is in the story alone", n)
		}
	}
}
