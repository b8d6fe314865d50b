// Package words holds the sentences of scenario files: what is wrong with one, and what people do in one.
package words

import (
	"embed"

	"mailwire/layers/lexicon"
)

//go:embed index en es pt ca de
var files embed.FS

// Source has the groups scenario (faults of files, and what ends a run) and act (what people do).
var Source = lexicon.Source{FS: files}
