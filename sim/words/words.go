// Package words holds the sentences about the world: what no protocol says, such as a frame lost on a cable or a
// neighbour that does not answer. They have the form that package lexicon describes.
package words

import (
	"embed"

	"mailwire/layers/lexicon"
)

//go:embed index/*.txt */*.md
var texts embed.FS

// Notes is the source of the notes "network.…" and "host.…".
var Notes = lexicon.Source{FS: texts}
