package trace

import (
	"errors"
	"io"

	"mailwire/layers"
	"mailwire/layers/capture"
)

// A Source hands out frames, and what is told beside them: a capture file (*capture.Reader), several of them, or a live
// interface. Next is as that of capture.Reader, but that it may return neither frame nor error when there is only something
// to tell; the other methods tell what its last call met.
type Source interface {
	Next() (*layers.Frame, error)
	Names() []capture.Name
	Secrets() []capture.Secrets
	Remarks() []capture.Remark
}

// Replay follows all frames of a source, shows its damage where it lies, and closes the trace, also when the source fails.
// The error is the face's or the source's; a *capture.DamageError for each file that is damaged (its last one, everything
// that could be read having been shown).
func Replay(s Source, f *Follower) error {
	var damaged damages
	for {
		frame, err := s.Next()
		if err := f.learn(s); err != nil {
			return err
		}
		if err == nil {
			if frame == nil {
				continue
			}
			if err := f.Frame(frame); err != nil {
				return err
			}
			continue
		}
		var damage *capture.DamageError
		switch {
		case errors.As(err, &damage):
			damaged.add(damage)
			if err := f.face.Show(&Damage{File: damage.File, Offset: damage.Offset, Note: damage.Note}); err != nil {
				return err
			}
		case errors.Is(err, io.EOF):
			return errors.Join(f.Close(), damaged.error())
		default:
			return errors.Join(f.Close(), damaged.error(), err)
		}
	}
}

// damages are the last one of each file.
type damages []*capture.DamageError

func (d *damages) add(damage *capture.DamageError) {
	for i, known := range *d {
		if known.File == damage.File {
			(*d)[i] = damage
			return
		}
	}
	*d = append(*d, damage)
}

func (d damages) error() error {
	var all []error
	for _, damage := range d {
		all = append(all, damage)
	}
	return errors.Join(all...)
}

// learn takes the names and the secrets that the capture tells here, and passes them on with its remarks; secrets only if
// they are to be shown.
func (f *Follower) learn(s Source) error {
	for _, r := range s.Remarks() {
		remark := Remark(r)
		if !f.options.ShowSecrets {
			maskRemark(&remark)
		}
		if err := f.face.Show(&remark); err != nil {
			return err
		}
	}
	if told := s.Names(); len(told) > 0 {
		names := make(Names, len(told))
		for i, n := range told {
			names[i] = Name(n)
			f.Name(n.Addr, n.Name)
		}
		if err := f.face.Show(names); err != nil {
			return err
		}
	}
	if len(s.Secrets()) == 0 {
		return nil
	}
	var secrets Secrets
	for _, one := range s.Secrets() {
		secrets = append(secrets, Secret(one))
		f.Learn(Secret(one))
	}
	if !f.options.ShowSecrets {
		return nil
	}
	return f.face.Show(secrets)
}

// Learn takes secrets with which sessions can be read from the next frame on. They are used whether or not secrets are
// shown, unless Options.Sealed forbids it.
func (f *Follower) Learn(s Secret) {
	if s.Type == capture.SecretsTLS && !f.options.Sealed {
		f.keys.Add(s.Data)
	}
}
