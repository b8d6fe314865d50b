package scenarios

import (
	"embed"
	"slices"
	"strings"
)

//go:embed *.yaml
var shipped embed.FS

// Names lists the shipped scenarios, sorted.
func Names() []string {
	files, err := shipped.ReadDir(".")
	if err != nil {
		panic(err) // embedded
	}
	var names []string
	for _, f := range files {
		names = append(names, strings.TrimSuffix(f.Name(), ".yaml"))
	}
	slices.Sort(names)
	return names
}

// Shipped is the file of a shipped scenario; ok is false when there is none of that name.
func Shipped(name string) (source []byte, ok bool) {
	source, err := shipped.ReadFile(name + ".yaml")
	return source, err == nil
}
