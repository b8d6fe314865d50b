package sim_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// What runs in the world may touch nothing that the world's clock, queue and seed do not control.

// banned names what a file of sim, scenarios and layers may not use, and what is there instead.
var banned = map[string]string{
	"time.Now":       "the time that is handed in",
	"time.Since":     "the time that is handed in",
	"time.Until":     "the time that is handed in",
	"time.Sleep":     "World.After",
	"time.After":     "World.After",
	"time.AfterFunc": "World.After",
	"time.NewTimer":  "sim.Timer",
	"time.NewTicker": "sim.Timer",
	"time.Tick":      "sim.Timer",
}

// tidy are the folders whose packages are looked at.
var tidy = []string{"mailwire/sim", "mailwire/scenarios", "mailwire/layers"}

// exceptions are the packages that stand in the real world by their nature.
var exceptions = []string{"mailwire/layers/capture/live", "mailwire/layers/layerstest"}

// arrows says which packages those below a folder may not import: cmd → scenarios → sim → layers, and the road of a
// replay, which never enters sim or scenarios.
var arrows = []struct{ below, never string }{
	{"mailwire/layers", "mailwire/sim"},
	{"mailwire/layers", "mailwire/scenarios"},
	{"mailwire/layers", "mailwire/cmd"},
	{"mailwire/sim", "mailwire/scenarios"},
	{"mailwire/sim", "mailwire/cmd"},
	{"mailwire/scenarios", "mailwire/cmd"},
	// Faces get events and know no world; only what plays sockets for the world may.
	{"mailwire/cmd/internal", "mailwire/sim"},
	{"mailwire/cmd/internal", "mailwire/scenarios"},
}

// realWorld is where sockets, TAP, the real clock and goroutines live, and the files of what a host keeps.
var realWorld = []string{"mailwire/cmd/internal/host", "mailwire/cmd/internal/maildir"}

// A listed is what the go command says of a package.
type listed struct {
	ImportPath, Dir, Export string
	GoFiles, Imports        []string
	Error                   *struct{ Err string }
}

// list asks the go command for packages. Compiled ones come with the file of what they export.
func list(t *testing.T, args ...string) []listed {
	t.Helper()
	c := exec.Command("go", append([]string{"list", "-json=ImportPath,Dir,Export,GoFiles,Imports,Error"}, args...)...)
	c.Dir = ".."
	var stderr bytes.Buffer
	c.Stderr = &stderr
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s", c.Args, err, stderr.String())
	}
	var all []listed
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func within(path, folder string) bool { return path == folder || strings.HasPrefix(path, folder+"/") }

func TestArrowsRunOneWay(t *testing.T) {
	seen := map[string]int{}
	for _, p := range list(t, "-e", "./...") {
		for _, a := range arrows {
			if !within(p.ImportPath, a.below) || slices.Contains(realWorld, p.ImportPath) {
				continue
			}
			seen[a.below]++
			for _, i := range p.Imports {
				if within(i, a.never) {
					t.Errorf("%s imports %s: nothing in %s may know of %s", p.ImportPath, i, a.below, a.never)
				}
			}
		}
	}
	for _, folder := range []string{"mailwire/layers", "mailwire/sim"} {
		if seen[folder] == 0 {
			t.Errorf("no package in %s was looked at", folder)
		}
	}
}

// The commands that explain real traffic work without the world.
func TestReplayDoesNotEnterTheWorld(t *testing.T) {
	folder := filepath.Join("..", "cmd", "mailwire")
	seen := 0
	for _, name := range []string{"replay.go", "capture.go"} {
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(folder, name), nil, parser.ImportsOnly)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		seen++
		for _, i := range file.Imports {
			if path := strings.Trim(i.Path.Value, `"`); within(path, "mailwire/sim") || within(path, "mailwire/scenarios") {
				t.Errorf("cmd/mailwire/%s imports %s: replay never enters sim or scenarios", name, path)
			}
		}
	}
	if entries, _ := filepath.Glob(filepath.Join(folder, "*.go")); seen == 0 && len(entries) > 0 {
		t.Error("cmd/mailwire has neither replay.go nor capture.go: what is the road of replay now?")
	}
}

func TestTidy(t *testing.T) {
	exports := map[string]string{}
	var ours []listed
	for _, p := range list(t, "-e", "-export", "-deps", "./sim/...", "./scenarios/...", "./layers/...") {
		exports[p.ImportPath] = p.Export
		if slices.ContainsFunc(tidy, func(folder string) bool { return within(p.ImportPath, folder) }) && !slices.Contains(exceptions, p.ImportPath) {
			ours = append(ours, p)
		}
	}
	lookup := func(path string) (io.ReadCloser, error) {
		if exports[path] == "" {
			return nil, fmt.Errorf("%s was not compiled", path)
		}
		return os.Open(exports[path])
	}
	set := token.NewFileSet()
	config := types.Config{Importer: importer.ForCompiler(set, "gc", lookup)}
	files := 0
	for _, p := range ours {
		if p.Error != nil {
			t.Errorf("%s: %s", p.ImportPath, p.Error.Err)
			continue
		}
		var parsed []*ast.File
		for _, name := range p.GoFiles {
			f, err := parser.ParseFile(set, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			parsed = append(parsed, f)
		}
		files += len(parsed)
		for _, fault := range untidy(set, config, parsed) {
			t.Error(fault)
		}
	}
	if files < 10 {
		t.Errorf("only %d files in sim, scenarios and layers were looked at", files)
	}
}

// untidy lists what a package must not do in the world.
func untidy(set *token.FileSet, config types.Config, files []*ast.File) []string {
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}}
	if _, err := config.Check("", set, files, info); err != nil {
		return []string{err.Error()}
	}
	var faults []string
	complain := func(n ast.Node, what, instead string) {
		faults = append(faults, fmt.Sprintf("%v: %s: use %s", set.Position(n.Pos()), what, instead))
	}
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GoStmt:
				complain(n, "a goroutine", "World.After")
			case *ast.SelectStmt:
				complain(n, "a select", "World.After")
			case *ast.RangeStmt:
				if _, ok := info.TypeOf(n.X).Underlying().(*types.Map); ok {
					complain(n, "a map is ranged over, each time in another order", "a slice, or slices.Sorted(maps.Keys(…))")
				}
			case *ast.SelectorExpr:
				used, ok := info.Uses[n.Sel].(*types.Func)
				if !ok || used.Pkg() == nil || used.Signature().Recv() != nil {
					break
				}
				name := used.Pkg().Name() + "." + used.Name()
				if instead, ok := banned[name]; ok && used.Pkg().Path() == "time" {
					complain(n, name, instead)
				}
				if strings.HasPrefix(used.Pkg().Path(), "math/rand") && !strings.HasPrefix(used.Name(), "New") || used.Pkg().Path() == "crypto/rand" {
					complain(n, name, "World.Rand, or a generator that is handed in")
				}
			}
			return true
		})
	}
	return faults
}

// The test of the test: each of these lines is found.
func TestTidyFindsWhatItLooksFor(t *testing.T) {
	exports := map[string]string{}
	for _, p := range list(t, "-export", "-deps", "time", "math/rand/v2", "crypto/rand", "maps", "slices") {
		exports[p.ImportPath] = p.Export
	}
	set := token.NewFileSet()
	config := types.Config{Importer: importer.ForCompiler(set, "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })}
	for _, lesson := range []struct {
		line  string
		found bool
	}{
		{"_ = time.Now()", true},
		{"f := time.Now; _ = f", true},
		{"go func() {}()", true},
		{"select {}", true},
		{"for range m {}", true},
		{"for k := range named(m) { _ = k }", true},
		{"_ = rand.IntN(3)", true},
		{"_, _ = crypto.Read(nil)", true},
		{"for _, k := range slices.Sorted(maps.Keys(m)) { _ = k }", false},
		{"_ = rand.New(rand.NewPCG(1, 2)).IntN(3)", false},
		{"_ = time.Unix(0, 0).Add(time.Second)", false},
		{"for range 3 {}", false},
	} {
		source := `package p
			import ("time"; "maps"; "slices"; "math/rand/v2"; crypto "crypto/rand")
			type named map[int]int
			var _, _, _, _, _ = time.Second, maps.Keys[named], slices.Sorted[int], rand.NewPCG, crypto.Reader
			func f(m map[int]int) { ` + lesson.line + ` }`
		f, err := parser.ParseFile(set, "p.go", source, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		if faults := untidy(set, config, []*ast.File{f}); (len(faults) > 0) != lesson.found {
			t.Errorf("%s: found %v", lesson.line, faults)
		}
	}
}
