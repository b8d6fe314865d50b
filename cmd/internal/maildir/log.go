package maildir

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// The words with which the lines of a log begin. What follows is separated by tabs; a later line counts more.
const (
	wordMailbox    = "mailbox"    // UIDVALIDITY, special use, name
	wordNext       = "next"       // UIDNEXT at least
	wordGeneration = "generation" // how often the mailbox was opened
	wordKeywords   = "keywords"   // UID, keywords
	wordRemoved    = "removed"    // the greatest UIDVALIDITY of a mailbox that was removed, in the log of INBOX
)

// A log is the file of what Maildir has no place for. It is written at its end, and made anew at each opening.
type log struct{ file *os.File }

func createLog(path string) (*log, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	return &log{f}, nil
}

// write adds a line; with safe it is on the disk on return.
func (l *log) write(safe bool, words ...string) error {
	// One call writes one line: a process that is killed leaves whole ones.
	if _, err := l.file.WriteString(strings.Join(words, "\t") + "\n"); err != nil {
		return err
	}
	if safe {
		return l.file.Sync()
	}
	return nil
}

func (l *log) close() error { return l.file.Close() }

func (l *log) reopen(path string) (err error) {
	l.file, err = os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0o600)
	return err
}

// A found is what a log says.
type found struct {
	name, special  string
	validity, next uint32
	removed        uint32
	generation     uint64
	keywords       map[uint32][]string
}

// readLog reads a log; *[Damage]. Of a last line without its end, which a power cut can leave, nothing is believed.
func readLog(path string) (*found, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	found := &found{keywords: map[uint32][]string{}}
	lines := bytes.SplitAfter(content, []byte("\n"))
	for i, line := range lines {
		text, whole := bytes.CutSuffix(line, []byte("\n"))
		if !whole {
			break
		}
		if !found.take(strings.Split(string(text), "\t")) {
			return nil, &Damage{Path: path, Line: i + 1, Reason: Unreadable}
		}
	}
	return found, nil
}

// take reads the words of a line.
func (f *found) take(words []string) bool {
	switch {
	case words[0] == wordMailbox && len(words) == 4 && words[3] != "":
		f.special, f.name = words[2], words[3]
		return parse(words[1], 32, func(n uint64) { f.validity = uint32(n) })
	case words[0] == wordNext && len(words) == 2:
		return parse(words[1], 32, func(n uint64) { f.next = uint32(n) })
	case words[0] == wordRemoved && len(words) == 2:
		return parse(words[1], 32, func(n uint64) { f.removed = uint32(n) })
	case words[0] == wordGeneration && len(words) == 2:
		return parse(words[1], 31, func(n uint64) { f.generation = n })
	case words[0] == wordKeywords && len(words) == 3:
		return parse(words[1], 32, func(n uint64) { f.keywords[uint32(n)] = strings.Fields(words[2]) })
	}
	return false
}

func parse(word string, bits int, take func(uint64)) bool {
	n, err := strconv.ParseUint(word, 10, bits)
	if err != nil || n == 0 {
		return false
	}
	take(n)
	return true
}

// rewrite makes the log anew, with what holds now, and opens it.
func (f *found) rewrite(path string, files []*file) (*log, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\t%d\t%s\t%s\n%s\t%d\n%s\t%d\n", wordMailbox, f.validity, f.special, f.name, wordNext, f.next, wordGeneration, f.generation)
	if f.removed > 0 {
		fmt.Fprintf(&b, "%s\t%d\n", wordRemoved, f.removed)
	}
	for _, file := range files {
		if keywords := f.keywords[file.uid]; len(keywords) > 0 {
			fmt.Fprintf(&b, "%s\t%d\t%s\n", wordKeywords, file.uid, strings.Join(keywords, " "))
		}
	}
	if err := replace(path, []byte(b.String())); err != nil {
		return nil, err
	}
	l := &log{}
	return l, l.reopen(path)
}

// replace writes a file anew, so that it is there whole, the old one or the new one, whatever happens.
func replace(path string, content []byte) error {
	being := path + unfinished
	if err := writeSafely(being, content); err != nil {
		return err
	}
	if err := os.Rename(being, path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// writeSafely writes a file and waits until the disk has it.
func writeSafely(path string, content []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

func readSubscriptions(home string) ([]string, error) {
	content, err := os.ReadFile(filepath.Join(home, subscriptions))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	return strings.FieldsFunc(string(content), func(r rune) bool { return r == '\n' }), err
}
