package maildir

import (
	"os"
	"path/filepath"
	"testing"
)

// A link in a mailbox takes nothing away from where it leads to.
func TestLinksAreNotFollowed(t *testing.T) {
	outside := t.TempDir()
	kept := filepath.Join(outside, "precious")
	if err := os.WriteFile(kept, []byte("mine\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	for _, place := range []string{folderCur, folderNew} {
		if err := os.Mkdir(filepath.Join(folder, place), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(kept, filepath.Join(folder, folderCur, "link")); err != nil {
		t.Skip(err)
	}
	b := &box{folder: folder}
	if files, foreign, err := b.list(); err != nil || len(files)+len(foreign) != 0 {
		t.Errorf("a link is listed: %v, %v, %v", files, foreign, err)
	}
	if err := os.Remove(filepath.Join(folder, folderNew)); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(folder, folderNew)); err != nil {
		t.Fatal(err)
	}
	if _, foreign, err := b.list(); err == nil {
		t.Errorf("a folder that is a link is read: %v", foreign)
	}
}
