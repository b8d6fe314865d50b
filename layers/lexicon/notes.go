package lexicon

import "embed"

//go:embed index en es pt ca de
var notes embed.FS

// Notes is the source that explains the protocols of the packages in layers.
var Notes = Source{notes}
