package tls

import (
	"bytes"
	"strings"

	"mailwire/layers"
	"mailwire/layers/application"
)

// smuggled tells of lines in the clear before a side's first record: somebody has put them between the agreement on TLS and
// the handshake. b follows the bytes in the header of s. It returns how many of b these lines take, up to the handshake;
// negative when there are none.
func (d *Dialogue) smuggled(from layers.Side, s *side, b []byte) int {
	if s.start != 0 {
		return -1
	}
	all := append(append([]byte(nil), s.header[:]...), b...)
	end := bytes.IndexByte(all, byte(Handshake))
	if end < 0 {
		end = len(all)
	}
	if end < headerLength || !isText(all[:end]) {
		return -1
	}
	m := d.message(from, 0, int64(end), application.Data, strings.TrimRight(string(all[:min(end, application.TextMax)]), "\r\n"))
	id := "tls.smuggled.server"
	if from == layers.Client {
		id = "tls.smuggled.client"
		m.Secrets = application.LoginsWithin(string(all[:end]))
	}
	m.Notes = []layers.Note{layers.N(id)}
	d.ready = append(d.ready, m)
	s.have, s.offset = 0, int64(end)
	return end - headerLength
}

func isText(b []byte) bool {
	for _, c := range b {
		if c < ' ' && c != '\r' && c != '\n' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}
