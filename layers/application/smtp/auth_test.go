package smtp

import (
	"fmt"
	"testing"

	"mailwire/layers/application/sasl"
)

// Each mechanism lets in who knows the password, and nobody else, whichever way TCP cuts the dialogue.
func TestEveryMechanismLogsIn(t *testing.T) {
	for _, mechanism := range sasl.Spoken {
		for _, tt := range []struct{ user, password, want string }{
			{"ana", "secret", "ana " + mechanism},
			{"ana", "wrong", ""},
			{"nobody", "secret", ""},
		} {
			for _, cut := range []int{1 << 20, 1} {
				s := NewServer(epoch, ServerConfig{Role: Submission, Hostname: "mail.example.net", Mechanisms: []string{mechanism}, Nonce: always("s"), SaltKey: "k"}, &house{}, peer)
				c := NewClient(epoch, ClientConfig{User: tt.user, Password: tt.password, Auth: sasl.Policy{Clear: true, Nonce: always("c")}})
				c.Quit(epoch)
				got := ""
				for _, e := range converse(epoch, c, s, cut, false) {
					if in, is := e.(*LoggedIn); is {
						got = fmt.Sprint(in.User, " ", in.Mechanism)
					}
				}
				if got != tt.want || (s.Session().User != "") != (tt.want != "") {
					t.Errorf("%s as %s with %s: %q, want %q; the server says %q", mechanism, tt.user, tt.password, got, tt.want, s.Session().User)
				}
			}
		}
	}
}
