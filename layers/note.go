package layers

// A Note names one thing worth explaining. Its sentences, its layer and its reference stand in the lexicon under ID;
// code never holds a sentence.
//
// IDs are lower case, words joined by "-", parts joined by ".": the protocol first ("smtp.rcpt.relay-denied",
// "tcp.retransmission", "imap.fetch").
type Note struct {
	ID   string
	Args []Arg // values for the placeholders of the sentences, by name
}

// An Arg is a named value in a note or an event.
type Arg struct {
	Name   string
	Value  Value
	Secret bool // a password or the like: masked unless secrets are asked for
}

// N returns the note id with args.
func N(id string, args ...Arg) Note { return Note{ID: id, Args: args} }

// A returns the argument name with value v.
func A(name string, v Value) Arg { return Arg{Name: name, Value: v} }

// Hidden returns the argument name with value v, to be masked unless secrets are asked for.
func Hidden(name string, v Value) Arg { return Arg{Name: name, Value: v, Secret: true} }

// Arg returns the value of the argument name; ok is false when the note has none.
func (n Note) Arg(name string) (v Value, ok bool) {
	for _, a := range n.Args {
		if a.Name == name {
			return a.Value, true
		}
	}
	return Value{}, false
}
