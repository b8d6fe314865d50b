package layerstest

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// An Item is something that an RFC asks for, with the tests that show it. It has no name of its own as a type, so that its
// rows need not repeat the names of its columns.
type Item = struct {
	What  string
	Where string // "RFC 5321 §4.5.2"
	Tests string // names with blanks between; behind a slash follows a row of the test's table, which may have blanks
}

var testNames = regexp.MustCompile(`(Test|Fuzz)[A-Z][A-Za-z0-9]*`)

// Covered wants the package's tests to have what the items name. They stand in its coverage_test.go, from which
// docs/coverage.md is made.
func Covered(t *testing.T, items []Item) {
	t.Helper()
	code := testCode(t)
	for _, item := range items {
		if !strings.HasPrefix(item.Where, "RFC ") {
			t.Errorf("%s has no reference", item.What)
		}
		names := testNames.FindAllStringIndex(item.Tests, -1)
		if len(names) == 0 || names[0][0] > 0 {
			t.Errorf("%s has no test", item.What)
		}
		for i, at := range names {
			name, row := item.Tests[at[0]:at[1]], item.Tests[at[1]:]
			if i+1 < len(names) {
				row = item.Tests[at[1]:names[i+1][0]]
			}
			if !regexp.MustCompile(`\nfunc ` + name + `\([tf] \*testing\.[TF]\) \{`).MatchString(code) {
				t.Errorf("%s: there is no %s", item.What, name)
			}
			if row = strings.Trim(row, "/ "); row != "" && !strings.Contains(code, `"`+row+`"`) {
				t.Errorf("%s: %s has no row %q", item.What, name, row)
			}
		}
	}
}

// testCode is the code of the package's tests, without the items themselves.
func testCode(t *testing.T) string {
	t.Helper()
	files, err := filepath.Glob("*_test.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no tests: %v", err)
	}
	var code strings.Builder
	for _, file := range files {
		if file == "coverage_test.go" {
			continue
		}
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		code.Write(b)
	}
	return code.String()
}
