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
		if err := f.learn(r); err != nil {
			return err
		}
		if err == nil {
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

// learn takes the names that the capture tells here, and passes them on; its secrets too if they are to be shown.
func (f *Follower) learn(r *capture.Reader) error {
	if told := r.Names(); len(told) > 0 {
		names := make(Names, len(told))
		for i, n := range told {
			names[i] = Name(n)
			f.Name(n.Addr, n.Name)
		}
		if err := f.face.Show(names); err != nil {
			return err
		}
	}
	if !f.options.ShowSecrets || len(r.Secrets()) == 0 {
		return nil
	}
	var secrets Secrets
	for _, s := range r.Secrets() {
		secrets = append(secrets, Secret(s))
	}
	return f.face.Show(secrets)
}
