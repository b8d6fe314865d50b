package main

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"mailwire/scenarios"
)

var update = flag.Bool("update", false, "write the golden trace and the README's excerpt anew")

// root is the top of the repository.
const root = "../.."

// TestGoldenTrace keeps the whole trace of first-mail at 80 columns, so that a change of its look is seen and read.
// go test ./cmd/mailwire -run Golden -update writes it anew.
func TestGoldenTrace(t *testing.T) {
	english(t)
	got, complaint, status := mailwire(t, nil, "run", "first-mail", "--width", "80", "--color", "never")
	if status != 0 {
		t.Fatal(complaint)
	}
	golden := filepath.Join("testdata", "golden", "first-mail.txt")
	if *update {
		write(t, golden, got)
	}
	same(t, "mailwire run first-mail", got, golden, read(t, golden))
	for line := range strings.Lines(got) {
		if n := len([]rune(strings.TrimRight(line, "\n"))); n > 80 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
}

// TestReadmeShowsTheTrace: the excerpt in the README is the golden trace from MAIL to the answer to RCPT.
func TestReadmeShowsTheTrace(t *testing.T) {
	trace, path := read(t, filepath.Join("testdata", "golden", "first-mail.txt")), filepath.Join(root, "README.md")
	excerpt := regexp.MustCompile(`(?m)^ +\d+ .* MAIL FROM:(.*\n)+?(?:^ +\d+ .* 250 2\.1\.5 )`).FindString(trace)
	end := strings.LastIndexByte(strings.TrimRight(excerpt, "\n"), '\n')
	if end < 0 {
		t.Fatal("no MAIL and RCPT in the trace")
	}
	excerpt = strings.TrimRight(excerpt[:end], "\n") + "\n"
	readme := read(t, path)
	block := regexp.MustCompile("(?s)```text\n.*?```")
	want := strings.Replace(readme, block.FindString(readme), "```text\n"+excerpt+"```", 1)
	if *update {
		write(t, path, want)
		readme = want
	}
	if readme != want {
		t.Error("the README's excerpt is not what run first-mail prints: go test ./cmd/mailwire -run 'Golden|Readme' -update")
	}
}

// TestDocsNameWhatIsThere: paths, links and commands of the documents exist.
func TestDocsNameWhatIsThere(t *testing.T) {
	path := regexp.MustCompile("`((?:layers|sim|scenarios|cmd|docs)/[A-Za-z0-9_./*-]+)`")
	link := regexp.MustCompile(`\]\(([^):#]+)\)`)
	for _, file := range documents(t) {
		text := read(t, file)
		for _, m := range path.FindAllStringSubmatch(text, -1) {
			if found, err := filepath.Glob(filepath.Join(root, strings.TrimSuffix(m[1], "/"))); err != nil || len(found) == 0 {
				t.Errorf("%s names %s, which is not there", file, m[1])
			}
		}
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(file), m[1])); err != nil {
				t.Errorf("%s: %v", file, err)
			}
		}
	}
}

// TestExamplesOfTheNotation: each whole scenario in the notation's page is sound and ends as it says.
func TestExamplesOfTheNotation(t *testing.T) {
	english(t)
	text := read(t, filepath.Join(root, "docs", "scenarios.md"))
	examples := regexp.MustCompile(`(?m)^    name: (?:.*\n(?:    .*\n|\n)*)`).FindAllString(text, -1)
	if len(examples) == 0 {
		t.Fatal("no example")
	}
	for _, example := range examples {
		file := filepath.Join(t.TempDir(), "example.yaml")
		write(t, file, strings.TrimSpace(regexp.MustCompile(`(?m)^    `).ReplaceAllString(example, ""))+"\n")
		if out, complaint, status := mailwire(t, nil, "run", file, "--quiet"); status != 0 {
			t.Errorf("%s%s", out, complaint)
		}
	}
}

// TestEveryKeyOfJSONIsTold: docs/json.md names each type and each key that is written.
func TestEveryKeyOfJSONIsTold(t *testing.T) {
	english(t)
	page := read(t, filepath.Join(root, "docs", "json.md"))
	seen := map[string]bool{}
	for _, name := range scenarios.Names() {
		out, complaint, status := mailwire(t, nil, "run", name, "--format", "json", "--detail", "bytes")
		if status != 0 {
			t.Fatal(complaint)
		}
		for line := range strings.Lines(out) {
			var o map[string]any
			if err := json.Unmarshal([]byte(line), &o); err != nil {
				t.Fatalf("%v: %s", err, line)
			}
			collect(o, seen)
			seen[o["type"].(string)] = true
		}
	}
	for key := range seen {
		if !strings.Contains(page, "`"+key+"`") && !strings.Contains(page, "## "+key) {
			t.Errorf("docs/json.md does not say what %s is", key)
		}
	}
}

// TestEveryKeyOfTheNotationIsTold: docs/scenarios.md names each key and each word of the schema.
func TestEveryKeyOfTheNotationIsTold(t *testing.T) {
	page := read(t, filepath.Join(root, "docs", "scenarios.md"))
	var schema map[string]any
	if err := json.Unmarshal(scenarios.Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			properties, _ := v["properties"].(map[string]any)
			for key := range properties {
				if !regexp.MustCompile(`\b` + regexp.QuoteMeta(key) + `\b`).MatchString(page) {
					t.Errorf("docs/scenarios.md does not tell of %q", key)
				}
			}
			words, _ := v["enum"].([]any)
			for _, word := range words {
				if !strings.Contains(page, word.(string)) {
					t.Errorf("docs/scenarios.md does not tell of the word %q", word)
				}
			}
			for _, value := range v {
				walk(value)
			}
		case []any:
			for _, value := range v {
				walk(value)
			}
		}
	}
	walk(schema)
}

// collect gathers the keys of an object, except of what the protocols name themselves.
func collect(v any, seen map[string]bool) {
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			seen[key] = true
			if key != "fields" && key != "args" && key != "values" {
				collect(value, seen)
			}
		}
	case []any:
		for _, item := range v {
			collect(item, seen)
		}
	}
}

func documents(t *testing.T) []string {
	t.Helper()
	files := []string{filepath.Join(root, "README.md"), filepath.Join(root, "CHANGELOG.md")}
	for _, pattern := range []string{"docs/*.md", "docs/decisions/*.md"} {
		found, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil || len(found) == 0 {
			t.Fatalf("no %s", pattern)
		}
		files = append(files, found...)
	}
	return files
}

func read(t *testing.T, file string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}
