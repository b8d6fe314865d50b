// Package maildir keeps the mails of a mail host on the disk, as Maildirs: a mail is a file that is written whole into
// tmp, made safe, and then moved to where it is found, so that whatever happens to the process or to the machine it is
// there as a whole or not at all. It is a [store.Keeper].
//
// Each account is a folder, its INBOX: tmp, new and cur, and beside them a folder for each further mailbox, whose name
// begins with a dot and has dots between the levels, as Maildir++ has it. Other programs can read and add mails: a file
// that was not written here is taken in when the store is opened, with CRLF as line ends. What Maildir has no place for
// stands in a file called mailwire.log in each mailbox: its name, UIDVALIDITY, UIDNEXT and keywords. A mail's UID stands in
// its file's name, so that one rename decides about both.
//
// Not modelled: changes by other programs while the store is open, quotas of the file system, several processes on one
// store (the second one is refused).
package maildir

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"mailwire/sim/mail/store"
)

// ErrInUse says that another process has the store open.
var ErrInUse = errors.New("maildir: another process has the store open")

// A Reason is what is wrong with a damaged file.
type Reason string

// The reasons.
const (
	Unreadable Reason = "line" // a line of mailwire.log makes no sense
	Unnamed    Reason = "name" // mailwire.log does not say which mailbox this is
	WrongSize  Reason = "size" // a mail has not the size that its name says
	Twice      Reason = "uid"  // two mails have the same UID
)

// A Damage says which file of a store is damaged. Nothing was changed.
type Damage struct {
	Path   string
	Line   int // of mailwire.log; 0 where it is about another file
	Reason Reason
}

func (d *Damage) Error() string {
	if d.Line > 0 {
		return fmt.Sprintf("maildir: %s:%d: damaged (%s)", d.Path, d.Line, d.Reason)
	}
	return fmt.Sprintf("maildir: %s: damaged (%s)", d.Path, d.Reason)
}

// A Store is a folder with the accounts of a mail host.
type Store struct {
	root  string
	lock  *os.File
	boxes map[key]*box
}

// A key names a mailbox.
type key struct{ user, name string }

// Open opens the store in a folder, and makes it where it is not there; [ErrInUse].
func Open(root string) (*Store, error) {
	if err := os.MkdirAll(root, 0o700); err != nil {
		return nil, err
	}
	lock, err := os.OpenFile(filepath.Join(root, "mailwire.lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := exclude(lock); err != nil {
		lock.Close()
		return nil, ErrInUse
	}
	return &Store{root: root, lock: lock, boxes: map[key]*box{}}, nil
}

// Close lets another process open the store. The store is not used any more.
func (s *Store) Close() error { return s.lock.Close() }

// Open reads a user's account; *[Damage].
func (s *Store) Open(user string) (store.Kept, error) {
	var kept store.Kept
	home := s.home(user)
	entries, err := os.ReadDir(home)
	if errors.Is(err, os.ErrNotExist) {
		return kept, nil
	}
	if err != nil {
		return kept, err
	}
	folders := []string{home}
	for _, e := range entries {
		if e.IsDir() && strings.HasPrefix(e.Name(), ".") {
			folders = append(folders, filepath.Join(home, e.Name()))
		}
	}
	for _, folder := range folders {
		b, mailbox, err := openBox(folder)
		if errors.Is(err, errUnfinished) {
			continue // the process ended while it was made, before anybody was told of it
		}
		if err != nil {
			return kept, err
		}
		s.boxes[key{user, mailbox.Name}] = b
		kept.Mailboxes = append(kept.Mailboxes, mailbox)
		kept.UIDValidity = max(kept.UIDValidity, mailbox.UIDValidity, b.removed)
	}
	kept.Subscribed, err = readSubscriptions(home)
	return kept, err
}

// Subscribe writes the subscribed names of a user.
func (s *Store) Subscribe(user string, names []string) error {
	return replace(filepath.Join(s.home(user), subscriptions), []byte(strings.Join(append(slices.Clone(names), ""), "\n")))
}

// Describe makes the folder of a mailbox, or writes what has changed.
func (s *Store) Describe(m *store.Mailbox) error {
	k := key{m.User(), m.Name()}
	b := s.boxes[k]
	if b == nil {
		folder, err := s.folderFor(m.User(), m.Name())
		if err != nil {
			return err
		}
		if b, err = makeBox(folder); err != nil {
			return err
		}
	}
	if err := b.log.write(true, wordMailbox, number(m.UIDValidity()), m.Special(), m.Name()); err != nil {
		return err
	}
	b.validity = m.UIDValidity()
	s.boxes[k] = b
	return nil
}

// Rename gives a mailbox another name. What mailwire.log says decides; the folder's name follows for the eyes of people.
func (s *Store) Rename(m *store.Mailbox, to string) error {
	b, err := s.box(m)
	if err != nil {
		return err
	}
	if err := b.log.write(true, wordMailbox, number(m.UIDValidity()), m.Special(), to); err != nil {
		return err
	}
	delete(s.boxes, key{m.User(), m.Name()})
	s.boxes[key{m.User(), to}] = b
	folder, err := s.folderFor(m.User(), to)
	if err != nil {
		return nil // it has its old folder, and its new name
	}
	return b.move(folder)
}

// Remove removes the folder of a mailbox. INBOX remembers its UIDVALIDITY, so that no other mailbox gets it.
func (s *Store) Remove(m *store.Mailbox) error {
	b, err := s.box(m)
	if err != nil {
		return err
	}
	if inbox := s.boxes[key{m.User(), store.Inbox}]; inbox != nil && m.UIDValidity() > inbox.removed {
		if err := inbox.log.write(true, wordRemoved, number(m.UIDValidity())); err != nil {
			return err
		}
		inbox.removed = m.UIDValidity()
	}
	delete(s.boxes, key{m.User(), m.Name()})
	return b.remove()
}

// Add writes a mail.
func (s *Store) Add(m *store.Mailbox, mail store.Message, content []byte) (store.Content, error) {
	b, err := s.box(m)
	if err != nil {
		return nil, err
	}
	return b.add(mail, content)
}

// Copy gives the file of a mail a further name, in the folder of a mailbox.
func (s *Store) Copy(m *store.Mailbox, mail store.Message) (store.Content, error) {
	b, err := s.box(m)
	if err != nil {
		return nil, err
	}
	return b.copy(mail)
}

// SetFlags renames the file of a mail, which is how a Maildir keeps flags.
func (s *Store) SetFlags(m *store.Mailbox, mail store.Message, flags []string) error {
	b, err := s.box(m)
	if err != nil {
		return err
	}
	return b.setFlags(mail, flags)
}

// Expunge removes the files of mails.
func (s *Store) Expunge(m *store.Mailbox, mails []store.Message) error {
	b, err := s.box(m)
	if err != nil {
		return err
	}
	return b.expunge(m.UIDNext(), mails)
}

func (s *Store) box(m *store.Mailbox) (*box, error) {
	if b := s.boxes[key{m.User(), m.Name()}]; b != nil {
		return b, nil
	}
	return nil, fmt.Errorf("maildir: %s: no folder for %q", s.home(m.User()), m.Name())
}

func (s *Store) home(user string) string {
	return filepath.Join(s.root, "accounts", escape(strings.ToLower(user)))
}

// folderFor is a folder that is not there yet, for a mailbox of a user. Two names that differ in upper and lower case
// alone have folders that differ in more, since not every file system tells such names apart.
func (s *Store) folderFor(user, name string) (string, error) {
	home := s.home(user)
	if name == store.Inbox {
		return home, nil
	}
	levels := strings.Split(name, store.Separator)
	for i := range levels {
		levels[i] = escape(levels[i])
	}
	base := "." + strings.Join(levels, ".")
	if len(base) > nameMax {
		base = base[:nameMax]
	}
	for i := 1; i < 1000; i++ {
		folder := filepath.Join(home, base)
		if i > 1 {
			folder = fmt.Sprintf("%s~%d", folder, i)
		}
		if _, err := os.Lstat(folder); errors.Is(err, os.ErrNotExist) {
			return folder, nil
		}
	}
	return "", fmt.Errorf("maildir: %s: too many folders like %s", home, base)
}

// nameMax is how many bytes of a mailbox's name a folder's name has at most; file systems allow 255.
const nameMax = 200

// escape is a name as a part of a path: letters, digits and a few signs stay, each other byte is % and two hexadecimal digits.
func escape(name string) string {
	var b strings.Builder
	for i := 0; i < len(name); i++ {
		c := name[i]
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.IndexByte("@_+-", c) >= 0, c == '.' && strings.Contains(name, "@") && i > 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
