package mail

import (
	"strings"
	"testing"
	"time"
)

// A wrong password is answered late where the host says so, and then the session goes on, also where what is said takes its time
// to leave the computer.
func TestWrongPasswordsWait(t *testing.T) {
	s := newStreet(t)
	s.org.config.Pause = 2 * time.Second
	o := &outsider{deaf: true}
	s.must(s.org.Accept("pop3", o))
	leave := func() {
		o.waiting = 0
		o.program.Drained()
	}
	leave()
	for _, want := range []int{1, 2} {
		o.program.Received([]byte("USER bob@example.org\r\nPASS x\r\n"))
		leave()
		s.must(s.world.RunFor(time.Second))
		if got := o.said.String(); strings.Count(got, "-ERR [AUTH]") != want-1 {
			t.Errorf("at once: %q", got)
		}
		s.must(s.world.RunFor(2 * time.Second))
		leave()
		if got := o.said.String(); strings.Count(got, "-ERR [AUTH]") != want || o.closed {
			t.Errorf("after the pause: %q, closed %v", got, o.closed)
		}
	}
}
