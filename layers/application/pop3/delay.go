package pop3

import (
	"time"

	"mailwire/layers/application"
	"mailwire/layers/application/sasl"
)

// Delayed makes users wait between two logins (RFC 2449 §6.5): whoever comes again sooner after the end of the last session than
// delay is told ErrLoginDelay, though the password is right. Options.LoginDelay announces it.
func Delayed(a Accounts, delay time.Duration, now func() time.Time) Accounts {
	d := delayed{a, delay, now, map[string]time.Time{}}
	if _, ok := a.(Secrets); ok {
		return delayedSecrets{d}
	}
	return d
}

type delayed struct {
	accounts Accounts
	delay    time.Duration
	now      func() time.Time
	left     map[string]time.Time // when each user's last session ended
}

func (d delayed) Login(user, password string) (Maildrop, error) {
	drop, err := d.accounts.Login(user, password)
	return d.admit(user, drop, err)
}

// admit lets in who has waited.
func (d delayed) admit(user string, drop Maildrop, err error) (Maildrop, error) {
	if err != nil {
		return nil, err
	}
	user = application.Upper(user)
	if last, ok := d.left[user]; ok && d.now().Sub(last) < d.delay {
		drop.Close()
		return nil, ErrLoginDelay
	}
	return &delayedDrop{drop, func() { d.left[user] = d.now() }}, nil
}

type delayedSecrets struct{ delayed }

func (d delayedSecrets) Secret(user string) (sasl.Secret, bool) {
	return d.accounts.(Secrets).Secret(user)
}

func (d delayedSecrets) Open(user string) (Maildrop, error) {
	drop, err := d.accounts.(Secrets).Open(user)
	return d.admit(user, drop, err)
}

// A delayedDrop notes when its session ends.
type delayedDrop struct {
	Maildrop
	ended func()
}

func (d *delayedDrop) Close() {
	d.Maildrop.Close()
	d.ended()
}
