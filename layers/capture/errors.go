package capture

import (
	"fmt"

	"mailwire/layers"
)

// A FormatError says that a file is no capture that can be read, and what it seems to be.
type FormatError struct {
	Seems string // "erf", "snoop", "netmon", "pcap-modified", "text", "zip", "png", "pdf", "empty", "unknown", …
}

// Note is the refusal in the words of the lexicon, with what converts such a file: "capture.refused.erf".
func (e *FormatError) Note() layers.Note { return layers.N("capture.refused." + e.Seems) }

// Error is the same for a log.
func (e *FormatError) Error() string {
	return fmt.Sprintf("capture: neither pcap nor pcapng: it seems to be %s", e.Seems)
}

// A DamageError says that a capture file is cut or broken. Every frame before Offset was delivered.
type DamageError struct {
	Offset int64       // in bytes from the start of the file, unpacked if it was packed
	Note   layers.Note // what is wrong
}

// Error is the fault for a log.
func (e *DamageError) Error() string {
	return fmt.Sprintf("capture: byte %d: %s", e.Offset, e.Note.ID)
}
