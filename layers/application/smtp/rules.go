package smtp

// A State is where a server stands in a session.
type State uint8

// The states, in the order of a session.
const (
	Connected      State = iota // nobody has introduced himself
	Ready                       // between transactions
	Mail                        // MAIL was accepted
	Recipients                  // at least one RCPT was accepted
	Content                     // behind DATA and 354: the mail's bytes
	Chunks                      // a BDAT chunk was accepted, the last one is owed
	Authenticating              // behind AUTH, in the dialogue of its mechanism
	Securing                    // behind STARTTLS and 220: TLS is being negotiated
	Closed                      // the connection is to be closed, or is
	Any                         // in a rule: whatever the state
	Same                        // in a rule: the state stays
)

var stateNames = [...]string{"CONNECTED", "READY", "MAIL", "RECIPIENTS", "CONTENT", "CHUNKS", "AUTHENTICATING", "SECURING",
	"CLOSED", "ANY", "SAME"}

// String is the state's name as the trace shows it.
func (s State) String() string { return stateNames[s] }

// A Rule says that a command is in order in a state, and where it leads when it succeeds. A verb that is known but has no
// rule for the state is answered 503 (RFC 5321 §4.1.4).
type Rule struct {
	In   State
	Verb string // "." is the end of a mail, "LAST" the last chunk, "TLS" a finished negotiation
	To   State
	Ref  string
}

// Rules is the server's state machine, in the order of the RFCs. A rule for a state goes before one for Any.
var Rules = []Rule{
	{In: Any, Verb: "EHLO", To: Ready, Ref: "RFC 5321 §4.1.4"}, // in a transaction it clears the buffers as RSET does
	{In: Any, Verb: "HELO", To: Ready, Ref: "RFC 5321 §4.1.4"},
	{In: Any, Verb: "LHLO", To: Ready, Ref: "RFC 2033 §4.1"},
	{In: Ready, Verb: "MAIL", To: Mail, Ref: "RFC 5321 §4.1.1.2"},
	{In: Mail, Verb: "RCPT", To: Recipients, Ref: "RFC 5321 §4.1.1.3"},
	{In: Recipients, Verb: "RCPT", To: Recipients, Ref: "RFC 5321 §4.1.1.3"},
	{In: Recipients, Verb: "DATA", To: Content, Ref: "RFC 5321 §4.1.1.4"},
	{In: Content, Verb: ".", To: Ready, Ref: "RFC 5321 §4.1.1.4"},
	{In: Connected, Verb: "RSET", To: Same, Ref: "RFC 5321 §4.1.1.5"},
	{In: Any, Verb: "RSET", To: Ready, Ref: "RFC 5321 §4.1.1.5"},
	{In: Any, Verb: "VRFY", To: Same, Ref: "RFC 5321 §4.1.1.6"},
	{In: Any, Verb: "EXPN", To: Same, Ref: "RFC 5321 §4.1.1.7"},
	{In: Any, Verb: "HELP", To: Same, Ref: "RFC 5321 §4.1.1.8"},
	{In: Any, Verb: "NOOP", To: Same, Ref: "RFC 5321 §4.1.1.9"},
	{In: Any, Verb: "QUIT", To: Closed, Ref: "RFC 5321 §4.1.1.10"},
	{In: Recipients, Verb: "BDAT", To: Chunks, Ref: "RFC 3030 §2"},
	{In: Chunks, Verb: "BDAT", To: Chunks, Ref: "RFC 3030 §2"},
	{In: Recipients, Verb: "LAST", To: Ready, Ref: "RFC 3030 §2"},
	{In: Chunks, Verb: "LAST", To: Ready, Ref: "RFC 3030 §2"},
	{In: Ready, Verb: "STARTTLS", To: Securing, Ref: "RFC 3207 §4"},
	{In: Securing, Verb: "TLS", To: Connected, Ref: "RFC 3207 §4.2"},
	{In: Ready, Verb: "AUTH", To: Authenticating, Ref: "RFC 4954 §4"},
	{In: Authenticating, Verb: "=", To: Ready, Ref: "RFC 4954 §4"},
}

// FindRule returns the rule for a verb in a state.
func FindRule(in State, verb string) (Rule, bool) {
	i := ruleFor(in, verb)
	if i < 0 {
		return Rule{}, false
	}
	return Rules[i], true
}

// ruleFor is the place of the rule for a verb in a state; -1 where there is none.
func ruleFor(in State, verb string) int {
	commands := in <= Recipients || in == Chunks // what Any stands for
	for i := range Rules {
		if r := &Rules[i]; r.Verb == verb && (r.In == in || r.In == Any && commands) {
			return i
		}
	}
	return -1
}

// moves are the events of all rules in all states, so that a server needs not make one for each command.
var moves = func() (all [Any][]Moved) {
	for from := range all {
		for _, by := range Rules {
			to := by.To
			if to == Same {
				to = State(from)
			}
			all[from] = append(all[from], Moved{From: State(from), To: to, By: by})
		}
	}
	return all
}()
