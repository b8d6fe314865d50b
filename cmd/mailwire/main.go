// Mailwire lets people watch a mail travel through the TCP/IP model: it runs scripted scenarios over a modelled network
// and explains every packet, and it explains captures of real traffic with the same words.
package main

import (
	"errors"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"syscall"
)

func main() {
	// Who closes the pipe wants no more: the write fails, and the program ends in order, with its files written.
	signal.Ignore(syscall.SIGPIPE)
	boundMemory()
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// boundMemory lets the collector run less often than it would: what a replay keeps is small beside what it throws away, so that
// saves some of its time for some tens of megabytes. Where a hostile capture makes it keep all that it may, the collector
// runs more often instead.
func boundMemory() {
	debug.SetGCPercent(150)
	debug.SetMemoryLimit(220 << 20)
}

// run is the whole program but for the process around it. It returns the exit status: 0 done, 1 failed, 2 wrong usage.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	p := newProgram(args, stdin, stdout, stderr)
	root := newRootCommand(p)
	root.SetArgs(plainWords(args))
	root.SetIn(stdin)
	root.SetOut(p.stdout)
	root.SetErr(p.stderr)
	return p.report(errors.Join(root.Execute(), p.stdout.Flush()))
}

// plainWords keeps what explain is asked about from being taken for flags: -ERR is a word of POP3.
func plainWords(args []string) []string {
	if len(args) == 0 || args[0] != "explain" {
		return args
	}
	for i, a := range args {
		if len(a) > 1 && a[0] == '-' && a[1] >= 'A' && a[1] <= 'Z' {
			return slices.Insert(slices.Clone(args), i, "--")
		}
	}
	return args
}
