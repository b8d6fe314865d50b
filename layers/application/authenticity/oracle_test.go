package authenticity

import (
	"bytes"
	"crypto"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"

	"mailwire/layers/layerstest"
)

// python finds an interpreter that has a module: Debian's packages belong to Debian's own.
func python(t *testing.T, module string) string {
	t.Helper()
	for _, name := range []string{"/usr/bin/python3", "python3"} {
		if exec.Command(name, "-c", "import "+module).Run() == nil {
			return name
		}
	}
	layerstest.Missing(t, "no Python with the module "+module)
	return ""
}

// run feeds a program with JSON and reads the JSON it answers with.
func run(t *testing.T, interpreter, program string, input, output any) {
	t.Helper()
	in, err := json.Marshal(input)
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(interpreter, "-c", program)
	c.Stdin, c.Stderr = bytes.NewReader(in), os.Stderr
	out, err := c.Output()
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(out, output); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

// An exam is a mail with the key that its signature is to be checked with.
type exam struct{ Name, Mail, Key string }

const dkimpy = `
import sys, json, dkim
exams = json.load(sys.stdin)
print(json.dumps([dkim.verify(e["Mail"].encode("latin-1"), dnsfunc=lambda name, timeout=5: e["Key"].encode()) for e in exams]))
`

// What we sign, dkimpy finds sound; what was changed, it refuses where we do.
func TestDkimpyJudgesTheSame(t *testing.T) {
	interpreter := python(t, "dkim")
	rsaKey, edKey := testKeys(t)
	var exams []exam
	for _, key := range []crypto.Signer{rsaKey, edKey} {
		for _, c := range []string{"simple/simple", "simple/relaxed", "relaxed/simple", "relaxed/relaxed"} {
			for _, oversign := range []bool{false, true} {
				header, body, _ := strings.Cut(c, "/")
				s := Signer{Domain: "example.net", Selector: "k1", Key: key, Header: Canonicalization(header), Body: Canonicalization(body), Oversign: oversign, Length: !oversign, Identity: "@mail.example.net"}
				for _, mail := range []string{letter, "From: a@b\r\n\r\n", "From: a@b\r\n\r\nopen", "FROM:a@b\r\nSubject:\r\n x\r\n\ty \r\n\r\n \r\n"} {
					field, err := s.Sign([]byte(mail))
					if err != nil {
						t.Fatal(err)
					}
					signed := string(field) + mail
					for change, to := range map[string]string{"": "", "Two  blanks": "Two blanks", "Hi  Bob": "Hi Bob", "last": "lost", "From: Ana": "Subject: x\r\nFrom: Ana", "carol": "carla", "To: bob@example.org,\r\n carol": "To: bob@example.org, carol"} {
						if change == "" || strings.Contains(signed, change) {
							exams = append(exams, exam{c + " " + change, strings.Replace(signed, change, to, 1), KeyRecord(key.Public())})
						}
					}
				}
			}
		}
	}
	var theirs []bool
	run(t, interpreter, dkimpy, exams, &theirs)
	passed := 0
	for i, e := range exams {
		got, _ := settle(t, VerifyDKIM([]byte(e.Mail), now), records{"TXT k1._domainkey.example.net": {e.Key}})
		if (got[0].Result == Pass) != theirs[i] {
			t.Errorf("%s: ours %s %s, dkimpy %v\n%q", e.Name, got[0].Result, got[0].Why, theirs[i], e.Mail)
		}
		if theirs[i] {
			passed++
		}
	}
	if passed < 60 || passed == len(exams) {
		t.Errorf("%d of %d pass: the exams ask nothing", passed, len(exams))
	}
}

const dkimpySigns = `
import sys, json, dkim
e = json.load(sys.stdin)
key = open("testdata/rsa-for-tests.pem", "rb").read()
out = []
for c in ("simple/simple", "relaxed/relaxed", "relaxed/simple", "simple/relaxed"):
    for kind, k in (("rsa-sha256", key), ("ed25519-sha256", b"nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=")):
        mail = e["Mail"].encode("latin-1")
        h, b = c.split("/")
        sig = dkim.sign(mail, b"k1", b"example.net", k, canonicalize=(h.encode(), b.encode()), signature_algorithm=kind.encode(), length=(c == "simple/simple"))
        out.append((sig + mail).decode("latin-1"))
print(json.dumps(out))
`

// What dkimpy signs, we find sound.
func TestWhatDkimpySigns(t *testing.T) {
	interpreter := python(t, "dkim")
	rsaKey, edKey := testKeys(t)
	var signed []string
	run(t, interpreter, dkimpySigns, exam{Mail: letter}, &signed)
	for i, mail := range signed {
		key := KeyRecord([]crypto.PublicKey{rsaKey.Public(), edKey.Public()}[i%2])
		got, _ := settle(t, VerifyDKIM([]byte(mail), now.AddDate(10, 0, 0)), records{"TXT k1._domainkey.example.net": {key}})
		if got[0].Result != Pass {
			t.Errorf("%+v of\n%s", got[0], mail)
		}
	}
	if len(signed) != 8 {
		t.Errorf("%d mails", len(signed))
	}
}
