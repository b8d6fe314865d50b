package scenarios

import (
	"mailwire/layers/application/imap"
	"mailwire/sim/mail"
)

// A doing is something that a person can do with a mail program.
type doing struct {
	word  string
	needs []string // keys of the act
	do    func(a mail.UserAgent, act *Act, subject string, done func(*mail.Failure))
}

// allDoings are all of them, in the order in which they are told. Of writing, the mail has to be composed first.
func allDoings() []doing {
	type agent = mail.UserAgent
	type end = func(*mail.Failure)
	mark := func(flag string, on bool) func(agent, *Act, string, end) {
		return func(a agent, _ *Act, subject string, done end) { a.Mark(subject, flag, on, done) }
	}
	return []doing{
		{"write", []string{"mail"}, nil},
		{"send", nil, func(a agent, _ *Act, _ string, done end) { a.Send(done) }},
		{"look", nil, func(a agent, _ *Act, _ string, done end) { a.Look(done) }},
		{"read", []string{"mail"}, func(a agent, _ *Act, subject string, done end) { a.Read(subject, done) }},
		{"delete", []string{"mail"}, func(a agent, _ *Act, subject string, done end) { a.Delete(subject, done) }},
		{"mark read", []string{"mail"}, mark(imap.Seen, true)},
		{"mark unread", []string{"mail"}, mark(imap.Seen, false)},
		{"flag", []string{"mail"}, mark(imap.Flagged, true)},
		{"unflag", []string{"mail"}, mark(imap.Flagged, false)},
		{"move", []string{"mail", "folder"}, func(a agent, act *Act, subject string, done end) { a.Move(subject, act.Folder, done) }},
		{"fetch part", []string{"mail", "part"}, func(a agent, act *Act, subject string, done end) { a.FetchPart(subject, act.Part, done) }},
		{"remove folder", []string{"folder"}, func(a agent, act *Act, _ string, done end) { a.RemoveFolder(act.Folder, done) }},
		{"listen", nil, func(a agent, _ *Act, _ string, done end) { a.Listen(done) }},
		{"stop", nil, func(a agent, _ *Act, _ string, done end) { a.Stop(done) }},
	}
}

// doings lists the words.
func doings() []string {
	var words []string
	for _, d := range allDoings() {
		words = append(words, d.word)
	}
	return words
}

// doingOf finds a doing by its word; the zero value for none.
func doingOf(word string) doing {
	for _, d := range allDoings() {
		if d.word == word {
			return d
		}
	}
	return doing{}
}

// needs are the keys that an act with this word must have.
func needs(word string) []string { return doingOf(word).needs }
