package maildir

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"mailwire/layers/application/imap"
)

// A file is a mail. It is a store.Content.
type file struct {
	box     *box
	uid     uint32
	date    time.Time
	size    int64
	base    string // its name without the flags
	letters string // its flags, in the order of the alphabet
	place   string // new or cur
}

// Size is how many bytes the mail has.
func (f *file) Size() int64 { return f.size }

// Bytes reads the mail; imap.ErrExpunged when it has been removed.
func (f *file) Bytes() ([]byte, error) {
	content, err := os.ReadFile(f.path())
	if os.IsNotExist(err) {
		return nil, imap.ErrExpunged
	}
	return content, err
}

func (f *file) path() string {
	if f.place == folderNew {
		return filepath.Join(f.box.folder, folderNew, f.base)
	}
	return filepath.Join(f.box.folder, folderCur, f.base+infoMark+f.letters)
}

// name makes the name of a new file: when the mail arrived, its UID with the UIDVALIDITY, who wrote it, its size.
func (f *file) name() {
	f.base = fmt.Sprintf("%d.U%dV%d.mailwire,S=%d", f.date.Unix(), f.uid, f.box.validity, f.size)
}

// parseName reads the name of a file that was written here for this mailbox.
func parseName(b *box, place, name string) (*file, bool) {
	base, letters, _ := strings.Cut(name, infoMark)
	f := &file{box: b, base: base, letters: cleanLetters(letters), place: place}
	var seconds int64
	var validity uint32
	if n, err := fmt.Sscanf(base, "%d.U%dV%d.mailwire,S=%d", &seconds, &f.uid, &validity, &f.size); n != 4 || err != nil || f.uid == 0 || validity != b.validity {
		return nil, false
	}
	f.date = time.Unix(seconds, 0).UTC()
	if place == folderCur && letters != f.letters {
		return nil, false // its own path would not be found again
	}
	return f, true
}

// A flagLetter is how a Maildir writes a flag.
type flagLetter struct {
	letter byte
	flag   string
}

// flagLetters are the flags that Maildir knows, in the order of their letters. P (passed on) is a keyword of IMAP's.
var flagLetters = []flagLetter{{'D', `\Draft`}, {'F', `\Flagged`}, {'P', `$Forwarded`}, {'R', `\Answered`}, {'S', `\Seen`}, {'T', `\Deleted`}}

func (f *file) flags() []string {
	var flags []string
	for _, l := range flagLetters {
		if strings.IndexByte(f.letters, l.letter) >= 0 {
			flags = append(flags, l.flag)
		}
	}
	return flags
}

// lettersOf are the flags that have a letter.
func lettersOf(flags []string) string {
	var letters []byte
	for _, l := range flagLetters {
		if slices.Contains(flags, l.flag) {
			letters = append(letters, l.letter)
		}
	}
	return string(letters)
}

// keywordsOf are the flags that have none.
func keywordsOf(flags []string) []string {
	var keywords []string
	for _, flag := range flags {
		if !slices.ContainsFunc(flagLetters, func(l flagLetter) bool { return l.flag == flag }) {
			keywords = append(keywords, flag)
		}
	}
	return keywords
}

// cleanLetters keeps the letters that mean something here.
func cleanLetters(letters string) string {
	var known []byte
	for _, l := range flagLetters {
		if strings.IndexByte(letters, l.letter) >= 0 {
			known = append(known, l.letter)
		}
	}
	return string(known)
}

func number(n uint32) string { return strconv.FormatUint(uint64(n), 10) }
