package mail

import (
	"encoding/base64"
	"slices"
	"strings"
	"testing"
	"time"

	"mailwire/layers/application/authenticity"
	"mailwire/layers/application/dns"
	"mailwire/layers/application/message"
	"mailwire/sim"
	"mailwire/sim/mail/store"
)

func says(name dns.Name, text string) dns.Record {
	return dns.Record{Name: name, Type: dns.TypeTXT, TTL: 60, Data: dns.Text{text}}
}

// found reads what the checks of a mail found, in a few words.
func found(mail []byte) string {
	header, _ := message.ParseHeader(mail)
	field, ok := header.Get("Authentication-Results")
	if !ok {
		return ""
	}
	results, _ := authenticity.ParseResults(field.Unfolded())
	words := []string{results.Host}
	for _, m := range results.Methods {
		words = append(words, m.Method+"="+m.Result)
	}
	return strings.Join(words, " ")
}

// A mail goes from the host of example.com, whose zone says who it is, to Bob at example.org, whose host looks.
func TestWhoseMailIsIt(t *testing.T) {
	const spf = "v=spf1 ip4:192.0.2.50 -all"
	for _, c := range []struct {
		name           string
		envelope, from string // sender and author
		spf, dmarc     string // of example.com
		signs          bool
		through        bool // from the host of example.com; else from that of example.net, a stranger
		want           string
		folder         string // where Bob finds it; "" where it is refused
	}{
		{"nothing is published", "eva@example.com", "eva@example.com", "", "", false, true, "spf=none dkim=none dmarc=none", store.Inbox},
		{"SPF", "eva@example.com", "eva@example.com", spf, "v=DMARC1; p=reject", false, true, "spf=pass dkim=none dmarc=pass", store.Inbox},
		{"DKIM", "eva@example.com", "eva@example.com", "", "v=DMARC1; p=reject", true, true, "spf=none dkim=pass dmarc=pass", store.Inbox},
		{"both", "eva@example.com", "eva@example.com", spf, "v=DMARC1; p=reject", true, true, "spf=pass dkim=pass dmarc=pass", store.Inbox},
		{"a stranger, whom nobody forbids it", "eva@example.com", "eva@example.com", "", "", false, false, "spf=none dkim=none dmarc=none", store.Inbox},
		{"a stranger, to be watched", "eva@example.com", "eva@example.com", spf, "v=DMARC1; p=none", false, false, "spf=fail dkim=none dmarc=fail", store.Inbox},
		{"a stranger, suspicious", "eva@example.com", "eva@example.com", spf, "v=DMARC1; p=quarantine", false, false, "spf=fail dkim=none dmarc=fail", "Junk"},
		{"a stranger, refused", "eva@example.com", "eva@example.com", spf, "v=DMARC1; p=reject", false, false, "", ""},
		{"an honest envelope, a forged From", "ana@example.net", "eva@example.com", spf, "v=DMARC1; p=reject", false, false, "", ""},
		{"an honest envelope, a forged From, suspicious", "ana@example.net", "eva@example.com", spf, "v=DMARC1; p=quarantine", false, false, "spf=none dkim=none dmarc=fail", "Junk"},
	} {
		// The key comes from the world's chance, so another world of the same seed has the same.
		key := NewSigner(sim.New(monday, 1), "example.com", "s1")
		names := append(at("mail.example.com", "192.0.2.50"), exchange(10, "mail.example.com"), says("s1._domainkey.example.com", authenticity.KeyRecord(key.Key.Public())))
		if c.spf != "" {
			names = append(names, says("example.com", c.spf))
		}
		if c.dmarc != "" {
			names = append(names, says("_dmarc.example.com", c.dmarc))
		}
		s := newStreetWith(t, "", names...)
		com, _ := s.start(s.join("com", "192.0.2.50"), "example.com", "eva")
		if c.signs {
			com.config.Sign = NewSigner(s.world, "example.com", "s1")
		}
		s.org.config.Check = true
		at := s.net
		user := "ana@example.net"
		if c.through {
			at, user = com, "eva@example.com"
		}
		data, err := (&message.Mail{From: c.from, To: []string{"bob@example.org"}, Subject: "Lunch", Text: "At one?\n", Date: s.world.Now()}).Build()
		s.must(err)
		data = append([]byte("Authentication-Results: mail.example.org; dkim=pass header.d=example.com\r\n"), data...) // a claim of the sender's own
		s.post(at, user, c.envelope, "bob@example.org", data)
		s.run(time.Minute)
		where, got := "", ""
		for _, box := range s.bobAtOrg.Mailboxes() {
			for _, m := range box.Messages() {
				b, err := m.Bytes()
				s.must(err)
				where, got = box.Name(), found(b)
				if strings.Count(string(b), "Authentication-Results:") != 1 {
					t.Errorf("%s: the claim that came with the mail is still there", c.name)
				}
			}
		}
		want := c.want
		if want != "" {
			want = "mail.example.org " + want
		}
		if where != c.folder || got != want {
			t.Errorf("%s: in %q, %q; want %q, %q", c.name, where, got, c.folder, want)
		}
		if c.folder != "" {
			continue
		}
		// Who brought it is told, and has to tell its own user.
		box, _ := s.anaAtNet.Mailbox(store.Inbox)
		if s.wasTold("org mail.not-authentic") != 1 || (c.envelope == "ana@example.net") != (len(box.Messages()) == 1) {
			t.Errorf("%s: told %q, Ana has %d mails", c.name, s.told, len(box.Messages()))
		}
	}
}

// post hands a mail in on port 587.
func (s *street) post(host *Server, user, from, to string, data []byte) {
	s.t.Helper()
	o := &outsider{}
	s.must(host.Accept("submission", o))
	for _, line := range []string{"EHLO laptop", "AUTH PLAIN " + base64.StdEncoding.EncodeToString([]byte("\x00"+user+"\x00secret")), "MAIL FROM:<" + from + ">", "RCPT TO:<" + to + ">", "DATA", string(data) + ".", "QUIT"} {
		o.program.Received([]byte(line + "\r\n"))
	}
	if said := o.said.String(); !strings.Contains(said, "\r\n354 ") || strings.Contains(said, "\r\n5") {
		s.t.Fatalf("the host said %q", said)
	}
}

// TestAHostThatChecksLetsItsClientWait: however the bytes come, whole, one by one or with the next commands behind them, the
// answers are the same; and a client that leaves meanwhile leaves nothing behind.
func TestAHostThatChecksLetsItsClientWait(t *testing.T) {
	const dialogue = "EHLO x\r\nMAIL FROM:<eva@example.com>\r\nRCPT TO:<bob@example.org>\r\nDATA\r\nFrom: eva@example.com\r\n\r\nx\r\n.\r\nNOOP\r\nMAIL FROM:<>\r\nRCPT TO:<bob@example.org>\r\nDATA\r\nFrom: eva@example.com\r\n\r\ny\r\n.\r\nQUIT\r\n"
	var all []string
	for _, step := range []int{1, 7, len(dialogue)} {
		s := newStreetWith(t, "", append(at("mail.example.com", "192.0.2.50"), says("example.com", "v=spf1 a:mail.example.com ?all"))...)
		s.org.config.Check = true
		o := &outsider{}
		s.must(s.org.Accept("smtp", o))
		for part := range slices.Chunk([]byte(dialogue), step) {
			o.program.Received(part)
		}
		if strings.Contains(o.said.String(), "OK: the mail") {
			t.Errorf("%d bytes at a time: the host answered before it had looked", step)
		}
		s.run(time.Minute)
		if got := s.inbox(s.bobAtOrg); len(got) != 2 || !o.closed || s.org.Sessions() != 0 {
			t.Errorf("%d bytes at a time: Bob has %d mails, closed %v: %q", step, len(got), o.closed, o.said.String())
		}
		all = append(all, o.said.String())
	}
	if all[0] != all[1] || all[1] != all[2] {
		t.Errorf("the answers differ: %q", all)
	}

	s := newStreet(t)
	s.org.config.Check = true
	o := &outsider{}
	s.must(s.org.Accept("smtp", o))
	o.program.Received([]byte(dialogue))
	o.program.Closed(nil)
	s.run(time.Minute)
	if got := s.inbox(s.bobAtOrg); len(got) != 0 || s.org.Sessions() != 0 {
		t.Errorf("Bob has %d mails, %d sessions are left", len(got), s.org.Sessions())
	}
}
