package imap

// A Rule is one row of the protocol's state machine: a command, the states in which it is permitted, and the state that
// its success leads to. The server obeys it, and the trace quotes it.
type Rule struct {
	In   State
	Verb string // the command's whole name: "UID FETCH"
	To   State  // 0: stays
	Ref  string
	read func(*Decoder, *Command) bool // what follows the name
}

// Rules is the whole state machine, in the order of RFC 3501 §6; commands of later RFCs stand with their kind.
var Rules = []Rule{
	{AnyState, "CAPABILITY", 0, "RFC 3501 §6.1.1", nothing},
	{AnyState, "NOOP", 0, "RFC 3501 §6.1.2", nothing},
	{AnyState, "LOGOUT", LoggedOut, "RFC 3501 §6.1.3", nothing},
	{AnyState, "ID", 0, "RFC 2971 §3.1", (*Decoder).idArguments},
	{NotAuthenticated, "STARTTLS", 0, "RFC 3501 §6.2.1", nothing},
	{NotAuthenticated, "AUTHENTICATE", Authenticated, "RFC 3501 §6.2.2", (*Decoder).authenticateArguments},
	{NotAuthenticated, "LOGIN", Authenticated, "RFC 3501 §6.2.3", (*Decoder).loginArguments},
	{Authenticated | Selected, "ENABLE", 0, "RFC 5161 §3.1", (*Decoder).enableArguments},
	{Authenticated | Selected, "SELECT", Selected, "RFC 3501 §6.3.1", (*Decoder).selectArguments},
	{Authenticated | Selected, "EXAMINE", Selected, "RFC 3501 §6.3.2", (*Decoder).selectArguments},
	{Authenticated | Selected, "CREATE", 0, "RFC 3501 §6.3.3", (*Decoder).createArguments},
	{Authenticated | Selected, "DELETE", 0, "RFC 3501 §6.3.4", (*Decoder).mailboxArgument},
	{Authenticated | Selected, "RENAME", 0, "RFC 3501 §6.3.5", (*Decoder).renameArguments},
	{Authenticated | Selected, "SUBSCRIBE", 0, "RFC 3501 §6.3.6", (*Decoder).mailboxArgument},
	{Authenticated | Selected, "UNSUBSCRIBE", 0, "RFC 3501 §6.3.7", (*Decoder).mailboxArgument},
	{Authenticated | Selected, "LIST", 0, "RFC 3501 §6.3.8", (*Decoder).listArguments},
	{Authenticated | Selected, "LSUB", 0, "RFC 3501 §6.3.9", (*Decoder).lsubArguments},
	{Authenticated | Selected, "STATUS", 0, "RFC 3501 §6.3.10", (*Decoder).statusArguments},
	{Authenticated | Selected, "APPEND", 0, "RFC 3501 §6.3.11", (*Decoder).appendArguments},
	{Authenticated | Selected, "GETQUOTA", 0, "RFC 9208 §4.1.1", (*Decoder).quotaRootArgument},
	{Authenticated | Selected, "GETQUOTAROOT", 0, "RFC 9208 §4.1.2", (*Decoder).mailboxArgument},
	{Authenticated | Selected, "SETQUOTA", 0, "RFC 9208 §4.1.3", (*Decoder).setQuotaArguments},
	{Authenticated | Selected, "NAMESPACE", 0, "RFC 2342 §5", nothing},
	{Authenticated | Selected, "IDLE", 0, "RFC 2177 §3", nothing},
	{Selected, "CHECK", 0, "RFC 3501 §6.4.1", nothing},
	{Selected, "CLOSE", Authenticated, "RFC 3501 §6.4.2", nothing},
	{Selected, "UNSELECT", Authenticated, "RFC 3691 §2", nothing},
	{Selected, "EXPUNGE", 0, "RFC 3501 §6.4.3", nothing},
	{Selected, "SEARCH", 0, "RFC 3501 §6.4.4", (*Decoder).searchArgumentsOf},
	{Selected, "SORT", 0, "RFC 5256 §3", (*Decoder).sortArguments},
	{Selected, "THREAD", 0, "RFC 5256 §3", (*Decoder).threadArguments},
	{Selected, "FETCH", 0, "RFC 3501 §6.4.5", (*Decoder).fetchArguments},
	{Selected, "STORE", 0, "RFC 3501 §6.4.6", (*Decoder).storeArguments},
	{Selected, "COPY", 0, "RFC 3501 §6.4.7", (*Decoder).copyArguments},
	{Selected, "MOVE", 0, "RFC 6851 §3.1", (*Decoder).copyArguments},
	{Selected, "UID COPY", 0, "RFC 3501 §6.4.8", (*Decoder).copyArguments},
	{Selected, "UID FETCH", 0, "RFC 3501 §6.4.8", (*Decoder).fetchArguments},
	{Selected, "UID STORE", 0, "RFC 3501 §6.4.8", (*Decoder).storeArguments},
	{Selected, "UID SEARCH", 0, "RFC 3501 §6.4.8", (*Decoder).searchArgumentsOf},
	{Selected, "UID SORT", 0, "RFC 5256 §3", (*Decoder).sortArguments},
	{Selected, "UID THREAD", 0, "RFC 5256 §3", (*Decoder).threadArguments},
	{Selected, "UID MOVE", 0, "RFC 6851 §3.2", (*Decoder).copyArguments},
	{Selected, "UID EXPUNGE", 0, "RFC 4315 §2.1", (*Decoder).setArgument},
}

// RuleOf returns the rule for a command by its whole name in upper case.
func RuleOf(verb string) (Rule, bool) {
	for _, r := range Rules {
		if r.Verb == verb {
			return r, true
		}
	}
	return Rule{}, false
}
