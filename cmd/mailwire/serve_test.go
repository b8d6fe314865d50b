package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"
)

// A servedHost is a `mailwire serve` that runs in a process of its own.
type servedHost struct {
	t       testing.TB
	command *exec.Cmd
	ready   settings
	mu      sync.Mutex
	lines   []string // of JSON that came behind the settings
	more    *sync.Cond
	ended   chan struct{}
	stderr  bytes.Buffer
}

// settings is the first line of --format json.
type settings struct {
	Type     string
	Host     string
	Services []struct{ Service, Address, Security string }
	Users    []string
}

// startServe starts the program with all services on free ports, and ends it with the test.
func startServe(t testing.TB, args ...string) *servedHost {
	t.Helper()
	args = append([]string{"serve", "--format", "json"}, args...)
	for _, d := range doors() {
		args = append(args, "--"+d.flag(), "127.0.0.1:0")
	}
	s := &servedHost{t: t, command: exec.Command("mailwire", args...), ended: make(chan struct{})}
	s.more = sync.NewCond(&s.mu)
	s.command.Stderr = &s.stderr
	out, err := s.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.command.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReaderSize(out, 1<<20)
	first, err := lines.ReadString('\n')
	if err != nil {
		t.Fatalf("%v\n%s", err, s.stderr.String())
	}
	if err := json.Unmarshal([]byte(first), &s.ready); err != nil || s.ready.Type != "settings" {
		t.Fatalf("%v: %s", err, first)
	}
	go s.read(lines)
	t.Cleanup(func() { s.stop() })
	return s
}

// read keeps what is said.
func (s *servedHost) read(lines *bufio.Reader) {
	defer close(s.ended)
	for {
		line, err := lines.ReadString('\n')
		s.mu.Lock()
		if line != "" {
			s.lines = append(s.lines, line)
		}
		s.more.Broadcast()
		s.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// stop ends the program as Ctrl-C does, and returns what it said.
func (s *servedHost) stop() []string {
	s.t.Helper()
	if s.command.ProcessState == nil {
		s.command.Process.Signal(os.Interrupt)
		select {
		case <-s.ended:
		case <-time.After(20 * time.Second):
			s.command.Process.Kill()
			s.t.Error("the program does not end")
		}
		if err := s.command.Wait(); err != nil {
			s.t.Errorf("%v\n%s", err, s.stderr.String())
		}
	}
	return s.lines
}

// address is where a service waits.
func (s *servedHost) address(service string) string {
	for _, one := range s.ready.Services {
		if one.Service == service {
			return one.Address
		}
	}
	s.t.Fatalf("%s is not served", service)
	return ""
}

// hears waits for a line of the trace that has all the pieces.
func (s *servedHost) hears(pieces ...string) string {
	s.t.Helper()
	late := time.AfterFunc(10*time.Second, func() {
		s.mu.Lock()
		s.lines = append(s.lines, "too late")
		s.mu.Unlock()
		s.more.Broadcast()
	})
	defer late.Stop()
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := 0; ; i++ {
		for i == len(s.lines) {
			s.more.Wait()
		}
		if s.lines[i] == "too late" {
			s.t.Fatalf("nobody says %q", pieces)
		}
		if containsAll(s.lines[i], pieces) {
			return s.lines[i]
		}
	}
}

func containsAll(line string, pieces []string) bool {
	for _, piece := range pieces {
		if !strings.Contains(line, piece) {
			return false
		}
	}
	return true
}
