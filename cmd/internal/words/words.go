// Package words holds the sentences of the command line and of its faces, in the five languages.
package words

import (
	"embed"

	"mailwire/layers/lexicon"
)

//go:embed index en es pt ca de
var files embed.FS

// Source has the groups cli (help, errors and hints of the commands) and face (the words around a trace).
var Source = lexicon.Source{FS: files}
