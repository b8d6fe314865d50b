package trace

import (
	"errors"
	"io"

	"mailwire/layers/capture"
)

// Replay follows all frames of a capture, shows its damage where it lies, and closes the trace. The error is the face's
// or the reader's; a *capture.DamageError when the file is damaged (the last such, everything that could be read having
// been shown).
func Replay(r *capture.Reader, f *Follower) error {
	var damaged error
	for {
		frame, err := r.Next()
		if err == nil {
			if err := f.learn(r.Names()); err != nil {
				return err
			}
			if err := f.Frame(frame); err != nil {
				return err
			}
			continue
		}
		var damage *capture.DamageError
		switch {
		case errors.As(err, &damage):
			damaged = damage
			if err := f.face.Show(&Damage{Offset: damage.Offset, Note: damage.Note}); err != nil {
				return err
			}
		case errors.Is(err, io.EOF):
			if err := f.Close(); err != nil {
				return err
			}
			return damaged
		default:
			return err
		}
	}
}

// learn takes the names that a capture tells, and passes them on.
func (f *Follower) learn(told []capture.Name) error {
	if len(told) == 0 {
		return nil
	}
	names := make(Names, len(told))
	for i, n := range told {
		names[i] = Name(n)
		f.Name(n.Addr, n.Name)
	}
	return f.face.Show(names)
}
