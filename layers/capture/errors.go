package capture

import (
	"fmt"
	"strings"

	"mailwire/layers"
)

// A FormatError says that a file is no capture that can be read, and what it seems to be.
type FormatError struct {
	// Seems is the last part of the id of the note that says it: "erf", "snoop", "netmon", "pcap-modified",
	// "pcap-version", "etl", "other-capture", "text", "hex-dump", "dissection", "har", "lfs", "mail", "html", "image", "pdf",
	// "zip", "packed", "program", "empty" or "unknown".
	Seems string
	// Program wrote such files ("other-capture") or unpacks them ("packed").
	Program string
}

// Note is the refusal in the words of the lexicon, with what converts such a file.
func (e *FormatError) Note() layers.Note {
	if e.Program == "" {
		return layers.N("capture.refused." + e.Seems)
	}
	return layers.N("capture.refused."+e.Seems, layers.A("program", layers.String(e.Program)))
}

// Error is the same for a log.
func (e *FormatError) Error() string {
	return "capture: neither pcap nor pcapng: " + strings.TrimSpace(e.Seems+" "+e.Program)
}

// A DamageError says that a capture file is cut or broken.
type DamageError struct {
	File string // its name, where several are read; else ""
	// Offset is where: of the byte that is missing when the file is cut, of the record that is wrong when it is
	// broken. In bytes from the start of the file, unpacked if it was packed.
	Offset int64
	Note   layers.Note // what is wrong there
}

// Error is the fault for a log.
func (e *DamageError) Error() string {
	return fmt.Sprintf("capture: byte %d: %s", e.Offset, strings.TrimPrefix(e.Note.ID, "capture."))
}

// broken is the damage id of a record that begins at offset.
func broken(id string, offset int64, args ...layers.Arg) *DamageError {
	return &DamageError{Offset: offset, Note: layers.N(id, append([]layers.Arg{layers.A("offset", layers.Int(offset))}, args...)...)}
}
