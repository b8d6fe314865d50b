package main

import (
	"fmt"
	"os"

	"mailwire/cmd/internal/terminal"
	"mailwire/layers"
	"mailwire/layers/application/tls"
)

// readKeys reads a key log file (RFC 9850); no name, no keys. A file without a key that is of use is a fault; single lines
// of no use are told.
func (p *program) readKeys(name string) (*tls.Keys, error) {
	if name == "" {
		return nil, nil
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, fileFault(name, err)
	}
	keys := &tls.Keys{}
	keys.Add(text)
	if keys.Sessions() == 0 {
		return nil, failed(layers.N("cli.no-keys", word("file", name)))
	}
	if n := keys.Unused(); n > 0 {
		fmt.Fprintln(p.stderr, terminal.Safe(p.words.Line(layers.N("cli.keys-unused", word("file", name), layers.A("count", layers.Int(n))))))
	}
	return keys, nil
}
