package host

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"mailwire/layers"
	"mailwire/layers/capture"
)

// recording makes a capture file of frames.
func recording(t *testing.T, frames ...string) []byte {
	t.Helper()
	var file bytes.Buffer
	w, err := capture.NewWriter(&file, "a test")
	if err != nil {
		t.Fatal(err)
	}
	for _, data := range frames {
		if err := w.Frame(&layers.Frame{Time: time.Unix(1, 0), Interface: eth0, Data: []byte(data)}, ""); err != nil {
			t.Fatal(err)
		}
	}
	return file.Bytes()
}

var eth0 = &layers.Interface{Name: "eth0", LinkType: layers.LinkTypeEthernet}

// expect takes the next frame.
func expect(t *testing.T, f *Followed, number int, data string) {
	t.Helper()
	frame, err := f.Next()
	if err != nil || frame.Number != number || string(frame.Data) != data {
		t.Fatalf("%v, %v, want %d %q", frame, err, number, data)
	}
}

// appendTo adds to a file.
func appendTo(t *testing.T, name string, b []byte) {
	t.Helper()
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o666)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestFollow: what is not whole yet is waited for, wherever the file ends now; a stop is no damage.
func TestFollow(t *testing.T) {
	whole := recording(t, "first", "second", "third")
	name := filepath.Join(t.TempDir(), "growing.pcapng")
	appendTo(t, name, nil)
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	at := 0
	idle := func() error { // the writer gets its turn whenever the reader waits
		if at == len(whole)-2 {
			stop()
			return nil
		}
		n := min(37, len(whole)-2-at)
		appendTo(t, name, whole[at:at+n])
		at += n
		return nil
	}
	f, err := Follow(ctx, name, idle)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	expect(t, f, 1, "first")
	expect(t, f, 2, "second")
	if _, err := f.Next(); err != ErrStopped {
		t.Errorf("in the midst of the third, stopped: %v", err)
	}
}

// TestFollowPcap: the classic form grows as well.
func TestFollowPcap(t *testing.T) {
	header := []byte{0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0}
	record := []byte{1, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 5, 0, 0, 0, 'f', 'i', 'r', 's', 't'}
	name := filepath.Join(t.TempDir(), "growing.pcap")
	appendTo(t, name, header[:3])
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	turns := [][]byte{header[3:20], append(header[20:], record[:7]...), record[7:], record[:18]}
	f, err := Follow(ctx, name, func() error {
		if len(turns) == 0 {
			stop()
			return nil
		}
		appendTo(t, name, turns[0])
		turns = turns[1:]
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	expect(t, f, 1, "first")
	if _, err := f.Next(); err != ErrStopped {
		t.Errorf("in the midst of the second, stopped: %v", err)
	}
}

// TestFollowReplaced: a file that is truncated, or replaced by another of its name, is told and read from its start.
func TestFollowReplaced(t *testing.T) {
	name := filepath.Join(t.TempDir(), "growing.pcapng")
	appendTo(t, name, recording(t, "first", "second, and rather long"))
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	turns := []func(){
		func() { os.Truncate(name, 0) },
		func() { appendTo(t, name, recording(t, "third")) },
		func() {
			os.Rename(name, name+".1")
			appendTo(t, name, recording(t, "fourth, in another file"))
		},
		stop,
	}
	idle := func() error {
		turns[0]()
		turns = turns[1:]
		return nil
	}
	f, err := Follow(ctx, name, idle)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	expect(t, f, 1, "first")
	expect(t, f, 2, "second, and rather long")
	expect(t, f, 3, "third")
	if r := f.Remarks(); len(r) == 0 || r[0].Note.ID != "capture.replaced" {
		t.Errorf("what is told of the truncated file: %v", r)
	}
	expect(t, f, 4, "fourth, in another file")
	if r := f.Remarks(); len(r) == 0 || r[0].Note.ID != "capture.replaced" {
		t.Errorf("what is told of the replaced file: %v", r)
	}
	if _, err := f.Next(); err != ErrStopped {
		t.Error(err)
	}
}

// TestInput: an input that waits is stopped after a moment; what comes in that moment still counts.
func TestInput(t *testing.T) {
	read, write := io.Pipe()
	ctx, stop := context.WithCancel(context.Background())
	idle := 0
	in := NewInput(ctx, read, func() error { idle++; return nil })
	go write.Write([]byte("before"))
	b := make([]byte, 100)
	if n, err := in.Read(b); string(b[:n]) != "before" || err != nil {
		t.Fatalf("%q, %v", b[:n], err)
	}
	stop()
	go write.Write([]byte("after"))
	if n, err := in.Read(b); string(b[:n]) != "after" || err != nil {
		t.Fatalf("%q, %v", b[:n], err)
	}
	if _, err := in.Read(b); err != ErrStopped {
		t.Errorf("stopped: %v", err)
	}
	if idle == 0 {
		t.Error("nobody was told that the input waits")
	}
}

// TestInputEnds: the end of an input, and its failure, come after all its bytes.
func TestInputEnds(t *testing.T) {
	fire := errors.New("on fire")
	in := NewInput(context.Background(), io.MultiReader(bytes.NewReader(make([]byte, 300<<10)), failing{fire}), func() error { return nil })
	n, err := io.Copy(io.Discard, in)
	if n != 300<<10 || err != fire {
		t.Errorf("%d bytes, %v", n, err)
	}
	lost := errors.New("nobody listens")
	stuck, _ := io.Pipe()
	if _, err := NewInput(context.Background(), stuck, func() error { return lost }).Read(make([]byte, 1)); err != lost {
		t.Errorf("what idle says: %v", err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
