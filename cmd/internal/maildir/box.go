package maildir

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"mailwire/layers/application/message"
	"mailwire/sim/mail/store"
)

// The folders of a Maildir, and our own file.
const (
	folderTmp     = "tmp" // being written
	folderNew     = "new" // nobody has looked at it
	folderCur     = "cur"
	logName       = "mailwire.log"
	subscriptions = "subscriptions"
)

// errUnfinished says that a folder was being made when the process ended.
var errUnfinished = errors.New("maildir: unfinished")

// generationBits is how far the modification sequences of two openings lie apart: more changes than this happen in none.
const generationBits = 32

// A box is the folder of a mailbox.
type box struct {
	folder   string
	log      *log
	validity uint32
	next     uint32 // UIDNEXT as the log has it
	removed  uint32 // of INBOX: the greatest UIDVALIDITY of a mailbox that was removed
	serial   int    // of the files written since the box was opened
}

// makeBox makes the folder of a new mailbox. It counts once its log names the mailbox.
func makeBox(folder string) (*box, error) {
	for _, name := range []string{folderTmp, folderNew, folderCur} {
		if err := os.MkdirAll(filepath.Join(folder, name), 0o700); err != nil {
			return nil, err
		}
	}
	l, err := createLog(filepath.Join(folder, logName))
	if err != nil {
		return nil, err
	}
	b := &box{folder: folder, log: l}
	if err := l.write(false, wordGeneration, "1"); err != nil {
		return nil, err
	}
	return b, syncFolder(filepath.Dir(folder))
}

// openBox reads the folder of a mailbox; *[Damage].
func openBox(folder string) (*box, store.KeptMailbox, error) {
	path := filepath.Join(folder, logName)
	found, err := readLog(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, store.KeptMailbox{}, errUnfinished
	case err != nil:
		return nil, store.KeptMailbox{}, err
	case found.name == "":
		if empty(folder) {
			return nil, store.KeptMailbox{}, errUnfinished
		}
		return nil, store.KeptMailbox{}, &Damage{Path: path, Reason: Unnamed}
	}
	b := &box{folder: folder, validity: found.validity, removed: found.removed}
	files, foreign, err := b.list()
	if err != nil {
		return nil, store.KeptMailbox{}, err
	}
	slices.SortFunc(files, func(a, b *file) int { return cmp.Compare(a.uid, b.uid) })
	b.next = max(found.next, 1)
	for i, f := range files {
		if i > 0 && files[i-1].uid == f.uid {
			return nil, store.KeptMailbox{}, &Damage{Path: f.path(), Reason: Twice}
		}
		b.next = max(b.next, f.uid+1)
	}
	// Only now that all is sound something is changed.
	b.tidy()
	adopted, err := b.adopt(foreign)
	if err != nil {
		return nil, store.KeptMailbox{}, err
	}
	files = append(files, adopted...)
	found.next, found.generation = b.next, found.generation+1
	if b.log, err = found.rewrite(path, files); err != nil {
		return nil, store.KeptMailbox{}, err
	}
	kept := store.KeptMailbox{Name: found.name, Special: found.special, UIDValidity: found.validity, UIDNext: b.next, ModSeq: found.generation << generationBits}
	for _, f := range files {
		kept.Messages = append(kept.Messages, store.KeptMessage{UID: f.uid, Date: f.date, Flags: append(f.flags(), found.keywords[f.uid]...), Content: f})
	}
	return b, kept, nil
}

// list reads the names of all mails: our own files, and the paths of those that other programs put there.
func (b *box) list() (files []*file, foreign []string, err error) {
	for _, place := range []string{folderCur, folderNew} {
		// Adopted files move: a link would let those of a folder outside of the store be taken away from there.
		if info, err := os.Lstat(filepath.Join(b.folder, place)); err != nil {
			return nil, nil, err
		} else if !info.IsDir() {
			return nil, nil, &os.PathError{Op: "open", Path: filepath.Join(b.folder, place), Err: syscall.ENOTDIR}
		}
		entries, err := os.ReadDir(filepath.Join(b.folder, place))
		if err != nil {
			return nil, nil, err
		}
		for _, e := range entries {
			if !e.Type().IsRegular() || strings.HasPrefix(e.Name(), ".") {
				continue
			}
			info, err := e.Info()
			if err != nil {
				return nil, nil, err
			}
			path := filepath.Join(b.folder, place, e.Name())
			f, ok := parseName(b, place, e.Name())
			if !ok {
				foreign = append(foreign, path)
				continue
			}
			if f.size != info.Size() {
				return nil, nil, &Damage{Path: path, Reason: WrongSize}
			}
			files = append(files, f)
		}
	}
	return files, foreign, nil
}

// tidy removes what was being written when the process ended. Nobody was told that it is kept.
func (b *box) tidy() {
	folder := filepath.Join(b.folder, folderTmp)
	entries, err := os.ReadDir(folder)
	if err != nil {
		return // there is nothing to tidy
	}
	for _, e := range entries {
		if _, ours := parseName(b, folderTmp, e.Name()); ours {
			os.Remove(filepath.Join(folder, e.Name()))
		}
	}
}

// adopt takes in the mails that other programs have put there.
func (b *box) adopt(paths []string) ([]*file, error) {
	slices.Sort(paths)
	var all []*file
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		info, err := os.Stat(path)
		if err != nil {
			return nil, err
		}
		_, letters, _ := strings.Cut(filepath.Base(path), infoMark)
		f := &file{box: b, uid: b.next, date: info.ModTime().UTC(), letters: cleanLetters(letters), place: folderCur}
		if err := b.write(f, message.LineEnds(content)); err != nil {
			return nil, err
		}
		if err := os.Remove(path); err != nil {
			return nil, err
		}
		b.next++
		all = append(all, f)
	}
	return all, nil
}

// add writes a new mail.
func (b *box) add(mail store.Message, content []byte) (store.Content, error) {
	f := b.newFile(mail)
	if err := b.write(f, content); err != nil {
		return nil, err
	}
	return b.keep(f, mail)
}

// keep writes the keywords of a new mail, or takes it back.
func (b *box) keep(f *file, mail store.Message) (store.Content, error) {
	if err := b.note(mail.UID, mail.Flags, nil); err != nil {
		os.Remove(f.path()) // nobody was told of it
		return nil, err
	}
	return f, nil
}

// copy is add for a mail that is a file already.
func (b *box) copy(mail store.Message) (store.Content, error) {
	original, ok := mail.Content().(*file)
	if !ok {
		return nil, fmt.Errorf("maildir: a mail of %s is no file", b.folder)
	}
	f := b.newFile(mail)
	f.size = original.size
	f.name()
	if err := os.Link(original.path(), f.path()); err == nil {
		if err := syncFolder(filepath.Dir(f.path())); err != nil {
			return nil, err
		}
		return b.keep(f, mail)
	}
	// Not every file system gives a file two names.
	content, err := original.Bytes()
	if err != nil {
		return nil, err
	}
	return b.add(mail, content)
}

func (b *box) newFile(mail store.Message) *file {
	f := &file{box: b, uid: mail.UID, date: mail.Date, letters: lettersOf(mail.Flags), place: folderCur}
	if f.letters == "" {
		f.place = folderNew
	}
	return f
}

// write puts a mail into tmp, waits until the disk has it, and moves it to its place.
func (b *box) write(f *file, content []byte) error {
	f.size = int64(len(content))
	f.name()
	b.serial++
	unfinished := filepath.Join(b.folder, folderTmp, f.base)
	err := writeSafely(unfinished, content)
	if err == nil {
		err = os.Rename(unfinished, f.path())
	}
	if err != nil {
		os.Remove(unfinished) // it is worth nothing
		return err
	}
	return syncFolder(filepath.Dir(f.path()))
}

// setFlags gives a mail other flags.
func (b *box) setFlags(mail store.Message, flags []string) error {
	f, ok := mail.Content().(*file)
	if !ok {
		return fmt.Errorf("maildir: a mail of %s is no file", b.folder)
	}
	if err := b.note(mail.UID, flags, mail.Flags); err != nil {
		return err
	}
	was := *f
	f.letters, f.place = lettersOf(flags), folderCur
	if err := os.Rename(was.path(), f.path()); err != nil {
		*f = was
		return errors.Join(err, b.note(mail.UID, mail.Flags, flags))
	}
	return nil
}

// note writes the keywords of a mail into the log when they are not those that it had.
func (b *box) note(uid uint32, flags, before []string) error {
	keywords := keywordsOf(flags)
	if slices.Equal(keywords, keywordsOf(before)) {
		return nil
	}
	return b.log.write(false, wordKeywords, number(uid), strings.Join(keywords, " "))
}

// expunge removes mails. That no UID is given twice is safe before the last mail that proves it is gone.
func (b *box) expunge(next uint32, mails []store.Message) error {
	if next > b.next {
		if err := b.log.write(true, wordNext, number(next)); err != nil {
			return err
		}
		b.next = next
	}
	for _, mail := range mails {
		f, ok := mail.Content().(*file)
		if !ok {
			continue
		}
		if err := os.Remove(f.path()); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

// move gives the folder another name.
func (b *box) move(folder string) error {
	if err := b.log.close(); err != nil {
		return err
	}
	err := os.Rename(b.folder, folder)
	if err == nil {
		b.folder = folder
	}
	if reopened := b.log.reopen(filepath.Join(b.folder, logName)); err == nil {
		err = reopened
	}
	return err
}

// remove removes the folder. Without its log it is no mailbox any more.
func (b *box) remove() error {
	if err := b.log.close(); err != nil {
		return err
	}
	if err := os.Remove(filepath.Join(b.folder, logName)); err != nil {
		return err
	}
	for _, name := range []string{folderTmp, folderNew, folderCur, ""} {
		// A file of somebody else's keeps its folder; the mailbox is gone all the same.
		_ = os.Remove(filepath.Join(b.folder, name))
	}
	return nil
}

// empty says whether a folder holds no mail.
func empty(folder string) bool {
	for _, place := range []string{folderCur, folderNew} {
		if entries, err := os.ReadDir(filepath.Join(folder, place)); err == nil && len(entries) > 0 {
			return false
		}
	}
	return true
}
