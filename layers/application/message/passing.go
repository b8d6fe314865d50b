package message

import (
	"sync"

	"mailwire/layers"
	"mailwire/layers/application"
)

// passingHead is how much of a mail is kept for the notes on its header and its first parts.
const passingHead = 16 << 10

// A Passing follows one mail as it passes in a dialogue, in whatever pieces. It keeps the beginning and the plan, and hands
// the bytes on to whoever wants them.
type Passing struct {
	Outline Outline

	head   []byte
	length int64 // of the mail so far
	holes  bool
	ended  bool
	told   bool                   // HeadNotes was asked
	copy   application.MailWriter // nil when nobody wants it
}

// NewPassing follows a mail that begins here. copy takes its bytes too; it may be nil.
func NewPassing(copy application.MailWriter) *Passing { return &Passing{copy: copy} }

// Write takes the next bytes of the mail, without the dots that SMTP and POP3 add.
func (p *Passing) Write(b []byte) {
	p.length += int64(len(b))
	if room := passingHead - len(p.head); room > 0 && !p.holes && !p.told {
		p.keep(b[:min(room, len(b))])
	}
	p.Outline.Write(b)
	if p.copy != nil {
		p.copy.Write(b)
	}
}

// keep adds to the beginning, in the space of a beginning that nobody needs any more unless the mail is small.
func (p *Passing) keep(b []byte) {
	if n := len(p.head) + len(b); n > cap(p.head) && n > smallHead {
		p.head = append(heads.Get().(*[passingHead]byte)[:0], p.head...)
	}
	p.head = append(p.head, b...)
}

// heads are beginnings of mails that nobody needs any more.
var heads = sync.Pool{New: func() any { return new([passingHead]byte) }}

// smallHead is how long a beginning may be that has no more space than it needs.
const smallHead = 2 << 10

// Gap says that n bytes are missing here.
func (p *Passing) Gap(n int64) {
	p.length += n
	p.holes = true
	p.Outline.Gap(n)
	if p.copy != nil {
		p.copy.Gap(n)
	}
}

// End says that the mail is over; complete is false when its end was not seen. Whatever is said afterwards changes nothing.
func (p *Passing) End(complete bool) {
	if p.ended {
		return
	}
	p.ended = true
	p.Outline.End()
	if p.copy != nil {
		p.copy.Close(complete && !p.holes)
	}
}

// HeadNotes explains the mail by its beginning, which is let go: it is asked once. complete says that nothing of the mail is
// still to come.
func (p *Passing) HeadNotes(complete bool) []layers.Note {
	total := p.length
	if !complete || p.holes {
		total = max(total, int64(len(p.head))+1)
	}
	notes := Notes(p.head, total)
	if p.told = true; cap(p.head) == passingHead {
		heads.Put((*[passingHead]byte)(p.head[:passingHead]))
	}
	p.head = nil
	return notes
}

// TreeNotes shows the parts of a mail that has several, with the size of each. The mail must have ended.
func (p *Passing) TreeNotes() []layers.Note {
	parts := p.Outline.More
	for i := range p.Outline.Parts {
		if p.Outline.Parts[i].Leaf {
			parts++
		}
	}
	if parts < 2 {
		return nil
	}
	return []layers.Note{layers.N("mime.tree", layers.A("parts", layers.Int(parts)), layers.A("tree", layers.String(string(p.Outline.AppendTree(nil)))))}
}
