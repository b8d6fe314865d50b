package scenarios

import (
	"encoding/binary"
	"hash/crc32"
	"math/rand/v2"
	"strings"
	"time"

	"mailwire/layers/application/message"
)

// compose makes the mail that a file describes.
func (s *Scenario) compose(name string, date time.Time) *message.Mail {
	m := s.mail(name)
	mail := &message.Mail{From: s.named(m.From), Subject: m.Subject, Text: m.Text, Date: date}
	for _, to := range m.To {
		mail.To = append(mail.To, s.named(to))
	}
	for _, cc := range m.Cc {
		mail.Cc = append(mail.Cc, s.named(cc))
	}
	for _, bcc := range m.Bcc {
		mail.Bcc = append(mail.Bcc, s.named(bcc))
	}
	for _, a := range m.Attach {
		mail.Attachments = append(mail.Attachments, message.Attachment{Name: a.Name, Type: "image/png", Bytes: picture(a.Picture)})
	}
	return mail
}

// old is a mail that lies in a mailbox at the start, the i-th, as its last server keeps it: these arrived one after the
// other before the story begins.
func (s *Scenario) old(name string, i int) (date time.Time, data []byte, err error) {
	date = s.Date.Add(-24 * time.Hour).Add(time.Duration(37*i) * time.Minute)
	data, err = s.compose(name, date).Build()
	return date, append(message.AppendReturnPath(nil, s.addressOf(s.mail(name).From)), data...), err
}

// addressOf is the address of a person, or the address itself.
func (s *Scenario) addressOf(who string) string {
	if p := s.person(who); p != nil {
		return p.Address
	}
	return who
}

// named is an address as a header writes it, with the person's name where the file has one. A name with signs that mean
// something there is quoted (RFC 5322 §3.2.4).
func (s *Scenario) named(who string) string {
	p := s.person(who)
	switch {
	case p == nil:
		return who
	case strings.ContainsAny(p.Name, `()<>[]:;@\,."`):
		return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(p.Name) + `" <` + p.Address + ">"
	}
	return p.Name + " <" + p.Address + ">"
}

// picture makes a file of exactly n bytes that begins and ends as a PNG does and holds noise in between, as compressed
// pixels look. The same n gives the same bytes, in every run.
func picture(n int64) []byte {
	const signature = "\x89PNG\r\n\x1a\n"
	header := chunk("IHDR", []byte{0, 0, 4, 0, 0, 0, 3, 0, 8, 2, 0, 0, 0})
	end := chunk("IEND", nil)
	noise := make([]byte, max(0, n-int64(len(signature)+len(header)+len(end)+12)))
	source := rand.NewChaCha8([32]byte{'p', 'i', 'c', 't', 'u', 'r', 'e'})
	_, _ = source.Read(noise) // it never fails
	var b strings.Builder
	b.WriteString(signature)
	b.Write(header)
	b.Write(chunk("IDAT", noise))
	b.Write(end)
	return []byte(b.String())[:min(n, int64(b.Len()))]
}

// chunk is a part of a PNG file: length, type, data, checksum.
func chunk(kind string, data []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	b = append(append(b, kind...), data...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}
