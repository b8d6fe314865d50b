package main

import (
	"bytes"
	"crypto/tls"
	"io"
	"path/filepath"
	"strings"
	"testing"
)

// TestServeWritesTheRealPackets keeps what passes the loopback interface: with the secrets of the TLS session in the file, whoever
// has it can read the session.
func TestServeWritesTheRealPackets(t *testing.T) {
	if !inNamespace(t) {
		return
	}
	loopbackUp(t)
	file := filepath.Join(t.TempDir(), "lo.pcapng")
	s := startServe(t, "--account", "eva:secret", "--write", file)
	c, err := tls.Dial("tcp", s.address("imaps"), &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(c, "a LOGIN eva secret\r\nb LOGOUT\r\n")
	if said, err := io.ReadAll(c); err != nil || !strings.Contains(string(said), "b OK") {
		t.Fatalf("%q, %v", said, err)
	}
	c.Close()
	s.stop()

	var out, complaints bytes.Buffer
	if status := run([]string{"replay", "--format", "json", file}, nil, &out, &complaints); status != 0 {
		t.Fatalf("status %d: %s", status, complaints.String())
	}
	for _, piece := range []string{
		`"flags":["SYN"]`, `"text":"ClientHello`, `"verb":"LOGIN","text":"a LOGIN eva ******"`, `"text":"b OK LOGOUT completed","length":23,"stream":0,"within":"tls"`,
	} {
		if !strings.Contains(out.String(), piece) {
			t.Errorf("the replay does not say %s", piece)
		}
	}
}
