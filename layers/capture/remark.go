package capture

import (
	"strconv"

	"mailwire/layers"
)

// The kinds of remarks.
const (
	RemarkSection    = "section"    // who made the capture: application, system, hardware, comment
	RemarkInterface  = "interface"  // where: name, description, link-type, snap-length, filter, system, hardware, comment
	RemarkStatistics = "statistics" // what was counted there: interface, received, dropped, comment
	RemarkNames      = "names"      // names of addresses that there was no room for: kept, dropped
	RemarkReplaced   = "replaced"   // another capture begins where one was followed
)

// A Remark is what a capture tells of itself beside its frames: who made it, where, and what got lost on the way.
type Remark struct {
	File   string       // the capture it stands in, where several are read; else ""
	Kind   string       // a Remark… constant
	Values []layers.Arg // what is told, each once; untrusted text
	Note   layers.Note  // what is worth saying of it; ID "" for nothing
}

// remarksMax bounds the bytes of remarks between two frames.
const remarksMax = 1 << 20

// remarkOverhead is what a remark takes besides its text.
const remarkOverhead = 512

// remarks are those met between two frames.
type remarks struct {
	list []Remark
	held int
}

func (r *remarks) reset() { r.list, r.held = r.list[:0], 0 }

// add keeps a remark that tells something, within the bounds.
func (r *remarks) add(m Remark) {
	if len(m.Values) == 0 || r.held > remarksMax {
		return
	}
	r.held += remarkOverhead
	for _, v := range m.Values {
		r.held += len(v.Value.String())
	}
	r.list = append(r.list, m)
}

// The options of sections (draft-ietf-opsawg-pcapng §4.1), interfaces (§4.2) and statistics (§4.6) that are told.
const (
	optionSectionHardware = 2
	optionSectionSystem   = 3

	optionFilter   = 11
	optionSystem   = 12
	optionHardware = 15

	optionReceived      = 4
	optionDropped       = 5
	optionSystemDropped = 7

	optionDropCount = 4 // of a frame
)

// told collects the values of a remark.
type told struct{ values []layers.Arg }

// text adds a text unless it is empty.
func (t *told) text(name, value string) {
	if value != "" {
		t.values = append(t.values, layers.A(name, layers.String(value)))
	}
}

func (t *told) number(name string, n uint64) {
	t.values = append(t.values, layers.A(name, layers.Uint(n)))
}

// tellSection makes the remark of a section header with these options.
func tellSection(o options) Remark {
	var t told
	var application, system, hardware string
	comment := comments(o)
	for o.more() {
		switch code, value := o.next(); code {
		case optionApplication:
			application = text(value)
		case optionSectionSystem:
			system = text(value)
		case optionSectionHardware:
			hardware = text(value)
		}
	}
	t.text("application", application)
	t.text("system", system)
	t.text("hardware", hardware)
	t.text("comment", comment)
	return Remark{Kind: RemarkSection, Values: t.values}
}

// tellNames makes the remark of a block with more names than are kept.
func tellNames(kept, dropped int) Remark {
	values := []layers.Arg{layers.A("kept", layers.Int(kept)), layers.A("dropped", layers.Int(dropped))}
	return Remark{Kind: RemarkNames, Values: values, Note: layers.N("capture.names-dropped", values...)}
}

// tellInterface makes the remark of an interface description with these options.
func tellInterface(i *pcapngInterface, o options) Remark {
	var t told
	var description, filter, system, hardware string
	comment := comments(o)
	for o.more() {
		switch code, value := o.next(); code {
		case optionDescription:
			description = text(value)
		case optionFilter:
			filter = filterText(value)
		case optionSystem:
			system = text(value)
		case optionHardware:
			hardware = text(value)
		}
	}
	t.text("name", i.Name)
	if description != i.Name {
		t.text("description", description)
	}
	t.number("link-type", uint64(i.LinkType))
	if i.snapLength > 0 {
		t.number("snap-length", uint64(i.snapLength))
	}
	t.text("filter", filter)
	t.text("system", system)
	t.text("hardware", hardware)
	t.text("comment", comment)
	return Remark{Kind: RemarkInterface, Values: t.values}
}

// filterText is a filter as it was typed: behind a first byte of 0. Behind another it is a program for a machine.
func filterText(value []byte) string {
	if len(value) == 0 || value[0] != 0 {
		return ""
	}
	return text(value[1:])
}

// tellStatistics makes the remark of an interface statistics block. The counters that are not there are not told.
func tellStatistics(i *pcapngInterface, o options) Remark {
	name := i.called()
	var t told
	var received, dropped uint64
	var counted, lost bool
	comment := comments(o)
	for o.more() {
		code, value := o.next()
		if len(value) < 8 {
			continue
		}
		switch n := o.order.Uint64(value); code {
		case optionReceived:
			received, counted = n, true
		case optionDropped, optionSystemDropped:
			dropped, lost = dropped+n, true
		}
	}
	if counted || lost || comment != "" {
		t.text("interface", name)
	}
	if counted {
		t.number("received", received)
	}
	if lost {
		t.number("dropped", dropped)
	}
	t.text("comment", comment)
	m := Remark{Kind: RemarkStatistics, Values: t.values}
	switch {
	case dropped > 0:
		m.Note = Dropped(name, dropped)
	case counted && lost:
		m.Note = layers.N("capture.none-dropped", layers.A("interface", layers.String(name)), layers.A("received", layers.Uint(received)))
	}
	return m
}

// tellDropped makes the remark that frames got lost before one.
func tellDropped(i *pcapngInterface, dropped uint64) Remark {
	var t told
	t.text("interface", i.called())
	t.number("dropped", dropped)
	return Remark{Kind: RemarkStatistics, Values: t.values, Note: Dropped(i.called(), dropped)}
}

// called is the name of an interface, or its number.
func (i *pcapngInterface) called() string {
	if i.Name == "" {
		return "#" + strconv.Itoa(i.Index)
	}
	return i.Name
}

// Dropped is the note that frames of an interface got lost because nobody fetched them in time.
func Dropped(name string, count uint64) layers.Note {
	return layers.N("capture.dropped", layers.A("interface", layers.String(name)), layers.A("count", layers.Uint(count)))
}
