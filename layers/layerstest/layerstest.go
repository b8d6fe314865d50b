// Package layerstest helps tests find what is not part of the repository, real captures and the programs they are compared
// with, and asks of messages what several of them ask.
package layerstest

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Shared returns the path of a file or folder of the collection of real captures and tools that the variable
// MAILWIRE_SHARED names. Without it the test is skipped, in CI (CI=true) it fails.
func Shared(t testing.TB, elements ...string) string {
	t.Helper()
	root := os.Getenv("MAILWIRE_SHARED")
	path := filepath.Join(append([]string{root}, elements...)...)
	if root == "" {
		Missing(t, "MAILWIRE_SHARED is not set: no real captures to test with")
	} else if _, err := os.Stat(path); err != nil {
		Missing(t, err.Error())
	}
	return path
}

// Captures returns the paths of all captures in the folders ("mail", "lower") of the collection. A folder without
// captures fails the test.
func Captures(t testing.TB, folders ...string) []string {
	t.Helper()
	var all []string
	for _, folder := range folders {
		files, err := filepath.Glob(filepath.Join(Shared(t, "captures", folder), "*.*"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no captures in %s (%v)", folder, err)
		}
		all = append(all, files...)
	}
	return all
}

// Program returns the path of a program that a test talks to. Where it is missing the test is skipped, in CI it fails.
func Program(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		Missing(t, err.Error())
	}
	return path
}

// Missing skips a test that lacks something of its surroundings; in CI (CI=true) it fails it.
func Missing(t testing.TB, why string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(why)
	}
	t.Skip(why)
}
