package mail

import (
	"time"

	"mailwire/layers/application/message"
	"mailwire/layers/trace"
)

// A UserAgent is the program in which a person writes and reads mail: an [Agent], or a [Browser] with a webmail. What is
// asked for takes time; each method with done returns at once and calls it when all has come to its end, with nil or why
// it did not work. One thing is done at a time.
type UserAgent interface {
	Write(m *message.Mail) error                // into the outbox, without the network
	Send(done func(*Failure))                   // what is in the outbox
	Look(done func(*Failure))                   // what is new
	Read(subject string, done func(*Failure))   // open a mail
	Delete(subject string, done func(*Failure)) // on the device, and on the server as the strategy has it
	// Mark sets or clears a flag, Move puts a mail into another folder, FetchPart brings a part by its file name.
	Mark(subject, flag string, on bool, done func(*Failure))
	Move(subject, folder string, done func(*Failure))
	FetchPart(subject, name string, done func(*Failure))
	RemoveFolder(name string, done func(*Failure))
	Listen(done func(*Failure)) // wait for news
	Stop(done func(*Failure))   // no longer
	Holding() trace.Holding     // what is on the device
	Mails() []*Local            // of which the device knows
	Waiting() int               // changes of which the server has not been told
	Known() int                 // mails of which the device knows
	Connected() time.Duration   // so far
}
