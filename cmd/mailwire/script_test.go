package main

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets the scripts run this very program as mailwire.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"mailwire": func() {
			boundMemory()
			os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
		},
		"go-smtp": goSMTP,
	})
}

// TestScripts runs testdata/*.txtar, each a page of the manual: what is typed and what comes of it.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"head":   head,
			"select": selectLines,
			"status": status,
			"ports":  ports,
			"ready":  ready,
		},
		Condition: missing,
	})
}

// TestPrograms runs testdata/programs/*.txtar: what other people's mail programs make of serve.
func TestPrograms(t *testing.T) {
	if testing.Short() {
		t.Skip("starts many programs")
	}
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "programs"),
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"ports": ports, "ready": ready},
		Condition:           missing,
	})
}

// missing is the condition [missing:PROGRAM]: it lets a script be skipped where a program is not there; in CI that fails.
func missing(condition string) (bool, error) {
	name, ok := strings.CutPrefix(condition, "missing:")
	if !ok {
		return false, fmt.Errorf("unknown condition %q", condition)
	}
	if _, err := exec.LookPath(name); err == nil {
		return false, nil
	}
	if os.Getenv("CI") == "true" {
		return false, fmt.Errorf("%s is missing", name)
	}
	return true, nil
}

// ports NAME… gives variables the numbers of ports that are free.
func ports(ts *testscript.TestScript, _ bool, names []string) {
	for _, name := range names {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		ts.Check(err)
		defer l.Close()
		ts.Setenv(name, strconv.Itoa(l.Addr().(*net.TCPAddr).Port))
	}
}

// ready PORT… waits until somebody waits there.
func ready(ts *testscript.TestScript, _ bool, ports []string) {
	late := time.Now().Add(20 * time.Second)
	for _, port := range ports {
		for {
			c, err := net.Dial("tcp", "127.0.0.1:"+port)
			if err == nil {
				c.Close()
				break
			}
			if time.Now().After(late) {
				ts.Fatalf("nobody waits at port %s", port)
			}
			time.Sleep(20 * time.Millisecond)
		}
	}
}

// head FILE BYTES NEW copies the first bytes of a file.
func head(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	content := []byte(ts.ReadFile(args[0]))
	if n > len(content) {
		ts.Fatalf("%s has %d bytes only", args[0], len(content))
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), content[:n], 0o666))
}

// select PATTERN FILE NEW copies the lines of a file that the pattern matches; none is a failure.
func selectLines(ts *testscript.TestScript, _ bool, args []string) {
	pattern, err := regexp.Compile(args[0])
	ts.Check(err)
	var out bytes.Buffer
	for line := range bytes.Lines([]byte(ts.ReadFile(args[1]))) {
		if pattern.Match(line) {
			out.Write(line)
		}
	}
	if out.Len() == 0 {
		ts.Fatalf("no line of %s matches %s", args[1], args[0])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), out.Bytes(), 0o666))
}

// status N COMMAND… runs a command that must end with exit status N, where exec and ! exec tell only success from
// failure.
func status(ts *testscript.TestScript, _ bool, args []string) {
	err := ts.Exec(args[1], args[2:]...)
	got := "0"
	if err != nil {
		got = regexp.MustCompile(`\d+$`).FindString(err.Error())
	}
	if got != args[0] {
		ts.Fatalf("exit status %s (%v), want %s", got, err, args[0])
	}
}
