package message_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/google/go-cmp/cmp"

	"mailwire/layers/application/message"
	"mailwire/layers/layerstest"
)

// captures lists those of the collection that hold mails of different programs.
var captures = []string{
	"smtp-submission-587-quoted-printable.pcap", "smtp-rfc2231-attachment.pcap", "smtp-file-data-attachment.pcap",
	"smtp-subject-gb2312-b.pcap", "smtp-subject-iso8859-q.pcap", "smtp-subject-utf8-mixed.pcap", "smtp-sender-attachment.pcapng",
	"smtp-mime-long-filename-null.pcap", "smtp-six-streams-zeek.pcap", "smtp-auth-login-retx-dns-icmp.pcap",
	"smtp-1mb-attachment-spurious-retx.pcap", "smtp-587-data-521-rejected.pcap", "pop3-six-streams-auth-plain.pcap",
}

var captured struct {
	once  sync.Once
	mails map[string][]byte
}

// fromCaptures takes the mails out of the real captures, by tshark.
func fromCaptures(t *testing.T) map[string][]byte {
	t.Helper()
	tshark, folder := layerstest.Program(t, "tshark"), layerstest.Shared(t, "captures", "mail")
	captured.once.Do(func() {
		captured.mails = map[string][]byte{}
		for _, capture := range captures {
			dir := t.TempDir()
			exec.Command(tshark, "-q", "-r", filepath.Join(folder, capture), "--export-objects", "imf,"+dir).Run()
			files, _ := filepath.Glob(filepath.Join(dir, "*"))
			for _, file := range files {
				b, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				// What begins without a field is an answer of POP3 that tshark took for a mail.
				if h, _ := message.ParseHeader(b); len(h) > 0 && h[0].Name != "" {
					captured.mails[capture+"/"+filepath.Base(file)] = b
				}
			}
		}
	})
	if len(captured.mails) < len(captures) {
		t.Fatalf("only %d mails found in the captures", len(captured.mails))
	}
	return captured.mails
}

var byHand = map[string]string{
	"digest":    "Content-Type: multipart/digest; boundary=d\r\n\r\n--d\r\n\r\nSubject: in a digest\r\n\r\nbody\r\n--d--\r\n",
	"forwarded": "Subject: fwd\r\nContent-Type: multipart/mixed; boundary=\"a b\"\r\n\r\n--a b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\nw6k=\r\n\r\n--a b\r\nContent-Type: message/rfc822\r\n\r\nSubject: =?utf-8?Q?=C3=A9?=\r\n\r\ninner\r\n\r\n--a b--\r\nepilogue\r\n",
	"quoted":    "Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\ncaf=E9 =\r\nau lait\r\n",
	"nested":    "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: multipart/alternative; boundary=y\r\n\r\n--y\r\n\r\none\r\n--y\r\nContent-Type: text/html\r\n\r\n<p>\r\n--y--\r\n--x\r\nContent-Type: image/png\r\nContent-Disposition: attachment; filename*=utf-8''%C3%A9.png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n--x--\r\n",
}

func allMails(t *testing.T) map[string][]byte {
	mails := map[string][]byte{}
	if !testing.Short() {
		maps.Copy(mails, fromCaptures(t))
	}
	for name, mail := range byHand {
		mails["by hand/"+name] = []byte(mail)
	}
	for _, m := range oddMails {
		mails["odd/"+m.name] = []byte(m.mail)
	}
	return mails
}

// A seenPart is what Python's email package tells of a part.
type seenPart struct {
	Type, Name, Subject, Content string
}

const python = `
import sys, json, email, email.header, hashlib
from email import policy
def decoded(s):
    if s is None: return ""
    return str(email.header.make_header(email.header.decode_header(str(s).replace("\r\n","").replace("\n",""))))
for line in sys.stdin.buffer:
    m = email.message_from_bytes(bytes.fromhex(line.decode().strip()), policy=policy.compat32)
    parts = []
    for p in m.walk():
        content = ""
        if not p.is_multipart():
            content = hashlib.sha256(p.get_payload(decode=True)).hexdigest()
        name = p.get_filename() or ""
        parts.append({"Type": p.get_content_type(), "Name": decoded(name), "Subject": decoded(p["Subject"]), "Content": content})
    print(json.dumps(parts))
`

// pythonErrs lists mails whose contents Python decodes differently from us.
var pythonErrs = map[string]string{
	"smtp-1mb-attachment-spurious-retx.pcap/1EbvCY.eml": "it gives up at base64 whose length does not come out even",
	"smtp-six-streams-zeek.pcap/SMTP.eml":               "a mail with bytes missing: == in quoted-printable, a torn encoding field",
	"smtp-auth-login-retx-dns-icmp.pcap/SMTP.eml":       "the same mail",
}

func TestPythonReadsTheSame(t *testing.T) {
	python3 := layerstest.Program(t, "python3")
	mails := allMails(t)
	var names []string
	var input bytes.Buffer
	for name, mail := range mails {
		names = append(names, name)
		input.WriteString(hex.EncodeToString(mail) + "\n")
	}
	c := exec.Command(python3, "-c", python)
	c.Stdin, c.Stderr = &input, os.Stderr
	out, err := c.Output()
	if err != nil {
		t.Fatal(err)
	}
	answers := bytes.Split(bytes.TrimSpace(out), []byte("\n"))
	if len(answers) != len(names) {
		t.Fatalf("%d answers for %d mails", len(answers), len(names))
	}
	for i, name := range names {
		if pythonOdd[name] != "" {
			continue
		}
		var want []seenPart
		if err := json.Unmarshal(answers[i], &want); err != nil {
			t.Fatal(err)
		}
		var got []seenPart
		m := message.Parse(mails[name])
		m.Walk(func(p *message.Part, _ int) bool {
			seen := seenPart{Type: p.Type.String(), Name: p.FileName(), Subject: p.Fields.Decoded("Subject")}
			if i := len(got); pythonErrs[name] != "" && i < len(want) {
				seen.Content = want[i].Content
			} else if len(p.Parts) == 0 && p.Message == nil {
				sum := sha256.Sum256(m.Content(p))
				seen.Content = hex.EncodeToString(sum[:])
			}
			got = append(got, seen)
			return true
		})
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s (-python +ours):\n%s", name, d)
		}
	}
}

func TestGoIMAPReadsTheSameStructure(t *testing.T) {
	for name, mail := range allMails(t) {
		if goIMAPErrs[name] != "" {
			continue
		}
		want := imapserver.ExtractBodyStructure(bytes.NewReader(mail))
		compareStructure(t, name, message.Parse(mail).BodyStructure(), want)
	}
}

func compareStructure(t *testing.T, at string, got *message.BodyStructure, want imap.BodyStructure) {
	t.Helper()
	if kind := strings.ToLower(got.Type + "/" + got.Subtype); kind != want.MediaType() {
		t.Errorf("%s: %s, go-imap %s", at, kind, want.MediaType())
		return
	}
	switch want := want.(type) {
	case *imap.BodyStructureMultiPart:
		if len(got.Parts) != len(want.Children) {
			t.Errorf("%s: %d parts, go-imap %d", at, len(got.Parts), len(want.Children))
			return
		}
		for i, child := range want.Children {
			compareStructure(t, at+"."+string(rune('1'+i)), got.Parts[i], child)
		}
	case *imap.BodyStructureSinglePart:
		if got.Octets != int(want.Size) {
			t.Errorf("%s: %d octets, go-imap %d", at, got.Octets, want.Size)
		}
		if want.Text != nil && got.Lines != int(want.Text.NumLines) {
			t.Errorf("%s: %d lines, go-imap %d", at, got.Lines, want.Text.NumLines)
		}
		if want.MessageRFC822 != nil {
			if got.Envelope.Subject.Present && message.DecodeWords(got.Envelope.Subject.Value) != want.MessageRFC822.Envelope.Subject {
				t.Errorf("%s: subject %q, go-imap %q", at, got.Envelope.Subject.Value, want.MessageRFC822.Envelope.Subject)
			}
			compareStructure(t, at+" inside", got.Message, want.MessageRFC822.BodyStructure)
		}
	}
}
