package application

import "mailwire/layers"

// A Keeper is a [Dialogue] in which mails pass and that hands their bytes on.
type Keeper interface {
	// KeepMails lets open be called for each mail that begins to pass. open may return nil: nobody wants that mail.
	KeepMails(open func(MailStart) MailWriter)
}

// A MailStart says which mail begins to pass.
type MailStart struct {
	From   layers.Side // who sends it
	Verb   string      // the command that it belongs to: DATA, BDAT, RETR, APPEND, FETCH; "" where that was not seen
	Number string      // of FETCH: the message's number in its mailbox, as it stands in the response; else ""
	Piece  bool        // of FETCH: only a piece of the mail was asked for, from Origin on (RFC 9051 §6.4.5)
	Origin int64       // where in the mail these bytes begin
}

// A MailWriter takes one mail as it passes, without the dots that SMTP and POP3 add.
type MailWriter interface {
	// Write takes the next bytes. It does not keep b.
	Write(b []byte)
	// Gap says that n bytes are missing here.
	Gap(n int64)
	// Close says that the mail is over; complete is false when its end was not seen.
	Close(complete bool)
}
