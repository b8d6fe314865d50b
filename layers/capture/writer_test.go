package capture_test

import (
	"bytes"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"mailwire/layers"
	"mailwire/layers/capture"
	"mailwire/layers/layerstest"
)

// written is a file with everything that a Writer can write.
func written(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := capture.NewWriter(&b, "mailwire")
	links := []*layers.Interface{{Name: "ana-r1", LinkType: 1}, {Index: 1, Name: "r1-mail", LinkType: 101}}
	frame := "\xff\xff\xff\xff\xff\xff\x02\x00\x00\x00\x00\x01\x08\x06\x00\x01\x08\x00\x06\x04\x00\x01\x02\x00\x00\x00\x00\x01\xc0\x00\x02\x01\x00\x00\x00\x00\x00\x00\xc0\x00\x02\xfe"
	start := time.Date(2026, 1, 5, 9, 0, 0, 123456789, time.UTC)
	for _, e := range []error{
		err,
		w.Interface(links[0]),
		w.Interface(links[1]),
		w.Interface(links[0]),
		w.Names([]capture.Name{{Addr: netip.MustParseAddr("192.0.2.1"), Name: "ana"}, {Addr: netip.MustParseAddr("2001:db8::1"), Name: "mail.example.org"}}),
		w.Secrets(capture.Secrets{Type: capture.SecretsTLS, Data: []byte("CLIENT_RANDOM " + strings.Repeat("ab", 32) + " " + strings.Repeat("cd", 48) + "\n")}),
		w.Frame(&layers.Frame{Time: start, Interface: links[0], Data: []byte(frame), Length: len(frame), Comment: "Grüße"}, "who has it?"),
		w.Frame(&layers.Frame{Time: start.Add(1), Interface: links[1], Data: []byte("\x45cut"), Length: 1500}, strings.Repeat("é", 40000)),
		w.Frame(&layers.Frame{Time: start.Add(2), Interface: links[0], Data: []byte(frame), Length: len(frame), Comment: "bad \xff"}, ""),
	} {
		if e != nil {
			t.Fatal(e)
		}
	}
	return b.Bytes()
}

// TestWriteRead reads back what was written: all of it but mailwire's own comments.
func TestWriteRead(t *testing.T) {
	r, err := capture.Open(bytes.NewReader(written(t)))
	if err != nil {
		t.Fatal(err)
	}
	got := story(r)
	for _, want := range []string{
		"192.0.2.1 is ana\n2001:db8::1 is mail.example.org\nsecrets CLIENT_RANDOM abab",
		"1 09:00:00.123456789 ana-r1 1 ", " 42 Grüße\n", "2 09:00:00.12345679 r1-mail 101 \x45cut 1500 \n", " 42 bad \uFFFD\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q\nlacks %q", got, want)
		}
	}
	if strings.Contains(got, "who has it?") {
		t.Error("mailwire's own comment came back")
	}
}

// TestTimesThatDoNotFit: a time stamp has room for the years 1970 to 2554; any other time becomes the nearest of them.
func TestTimesThatDoNotFit(t *testing.T) {
	last := time.Date(2554, 7, 21, 23, 34, 33, 709551615, time.UTC)
	for _, row := range []struct{ written, want time.Time }{
		{time.Date(1969, 12, 31, 23, 59, 59, 999999999, time.UTC), time.Unix(0, 0)},
		{time.Unix(0, 1), time.Unix(0, 1)},
		{time.Date(2262, 4, 11, 23, 47, 16, 854775807, time.UTC), time.Date(2262, 4, 11, 23, 47, 16, 854775807, time.UTC)},
		{time.Date(2262, 4, 11, 23, 47, 16, 854775808, time.UTC), time.Date(2262, 4, 11, 23, 47, 16, 854775808, time.UTC)},
		{last, last},
		{last.Add(1), last},
		{time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC), last},
	} {
		var file bytes.Buffer
		w, err := capture.NewWriter(&file, "mailwire")
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Frame(&layers.Frame{Time: row.written, Interface: &layers.Interface{LinkType: 1}}, ""); err != nil {
			t.Fatal(err)
		}
		r, err := capture.Open(&file)
		if err != nil {
			t.Fatal(err)
		}
		if f, err := r.Next(); err != nil || !f.Time.Equal(row.want) {
			t.Errorf("%v was read as %v, want %v (%v)", row.written, f.Time, row.want, err)
		}
	}
}

// TestManyComments: a frame's comments are joined up to the 65535 bytes that one comment can have, cut before a character,
// and a block full of them takes no longer than its bytes need.
func TestManyComments(t *testing.T) {
	comment := func(o ...[]byte) string {
		t.Helper()
		r, err := capture.Open(bytes.NewReader(bytes.Join([][]byte{section(little), describe(little, 1), enhanced(little, 0, 1, "x", o...)}, nil)))
		if err != nil {
			t.Fatal(err)
		}
		f, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		return f.Comment
	}
	long := strings.Repeat("a", 65500)
	for name, row := range map[string]struct {
		options [][]byte
		want    string
	}{
		"all fit":            {[][]byte{option(little, 1, long), option(little, 1, strings.Repeat("b", 34))}, long + "\n" + strings.Repeat("b", 34)},
		"one byte too many":  {[][]byte{option(little, 1, long), option(little, 1, strings.Repeat("b", 35))}, long + "\n" + strings.Repeat("b", 34)},
		"a character is cut": {[][]byte{option(little, 1, long), option(little, 1, strings.Repeat("€", 12))}, long + "\n" + strings.Repeat("€", 11)},
		"no UTF-8":           {[][]byte{option(little, 1, long), option(little, 1, strings.Repeat("\x80", 99))}, long + "\n" + strings.Repeat("\x80", 34)},
		"no room":            {[][]byte{option(little, 1, strings.Repeat("a", 65535)), option(little, 1, "b")}, strings.Repeat("a", 65535)},
		"two million":        {[][]byte{bytes.Repeat(option(little, 1, "x"), 2_000_000)}, strings.Repeat("x\n", 32767) + "x"},
	} {
		if got := comment(row.options...); got != row.want {
			t.Errorf("%s: %d bytes that end in %q, want %d that end in %q", name, len(got), got[max(0, len(got)-9):], len(row.want), row.want[len(row.want)-9:])
		}
	}
}

// TestNamesHoldNoMoreThanTheirText: a name that is kept does not keep the 64 KiB of its record.
func TestNamesHoldNoMoreThanTheirText(t *testing.T) {
	const records = 200
	record := option(little, 1, "\xc0\x00\x02\x01ana"+strings.Repeat("\x00", 65000))
	r, err := capture.Open(bytes.NewReader(bytes.Join([][]byte{section(little), describe(little, 1), block(little, 4, bytes.Repeat(record, records)), enhanced(little, 0, 1, "x")}, nil)))
	if err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	if _, err := r.Next(); err != nil {
		t.Fatal(err)
	}
	names, block := r.Names(), int64(records*len(record)) // the reader keeps the block's space
	runtime.GC()
	runtime.ReadMemStats(&after)
	if held := int64(after.HeapAlloc) - int64(before.HeapAlloc) - block; len(names) != records || held > block/2 {
		t.Errorf("%d names hold %d bytes", len(names), held)
	}
	runtime.KeepAlive(r)
}

// TestTsharkReadsWhatWeWrite expects no complaint and the same content.
func TestTsharkReadsWhatWeWrite(t *testing.T) {
	tshark := layerstest.Program(t, "tshark")
	path := filepath.Join(t.TempDir(), "written.pcapng")
	if err := os.WriteFile(path, written(t), 0o600); err != nil {
		t.Fatal(err)
	}
	command := exec.Command(tshark, "-r", path, "-T", "fields", "-e", "frame.number", "-e", "frame.interface_name", "-e", "frame.time_epoch", "-e", "frame.cap_len", "-e", "frame.len", "-e", "frame.comment")
	var complaints bytes.Buffer
	command.Stderr = &complaints
	out, err := command.Output()
	for line := range strings.Lines(complaints.String()) {
		if !strings.Contains(line, `Running as user "root"`) {
			t.Errorf("tshark says: %s", line)
		}
	}
	lines := strings.Split(string(out), "\n")
	if err != nil || len(lines) < 3 {
		t.Fatalf("%v, %q", err, out)
	}
	for i, want := range []string{
		"1\tana-r1\t1767603600.123456789\t42\t42\tGrüße,mailwire: who has it?",
		"2\tr1-mail\t1767603600.123456790\t4\t1500\tmailwire: ééé",
		"3\tana-r1\t1767603600.123456791\t42\t42\tbad \uFFFD",
	} {
		if !strings.HasPrefix(lines[i], want) {
			t.Errorf("frame %d: %.100q, want %q", i+1, lines[i], want)
		}
	}
}
