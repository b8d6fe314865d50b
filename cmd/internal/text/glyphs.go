package text

// Glyphs are the signs that a trace is drawn with. The ASCII ones are for terminals without others and for screen
// readers.
type glyphs struct {
	arrow, back, ellipsis, bullet, cable, rule string
	topLeft, topRight, bottomLeft, bottomRight string
	side, edge                                 string
	arrowColumns                               int
	boxes                                      bool // whether boxes are drawn, or said in words
}

var unicodeGlyphs = glyphs{
	arrow: "→", back: "←", ellipsis: "…", bullet: "▸", cable: "────", rule: "─",
	topLeft: "┌", topRight: "┐", bottomLeft: "└", bottomRight: "┘", side: "│", edge: "─",
	arrowColumns: 1, boxes: true,
}

var asciiGlyphs = glyphs{
	arrow: "->", back: "<-", arrowColumns: 2, ellipsis: "...", bullet: "*", cable: "----", rule: "-",
}
