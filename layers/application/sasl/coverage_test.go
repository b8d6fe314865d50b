package sasl

import (
	"testing"

	"mailwire/layers/layerstest"
)

// covered says which test shows each mechanism, on the server's side and on the client's.
var covered = []layerstest.Item{
	{"PLAIN, with an authorization identity", "RFC 4616 §2, §4", "TestServerSpeaksTheDialoguesOfTheRFCs TestClientSpeaksTheDialoguesOfTheRFCs TestWhoMayLogIn"},
	{"LOGIN", "RFC 4422 §3, draft-murchison-sasl-login", "TestServerSpeaksTheDialoguesOfTheRFCs TestClientSpeaksTheDialoguesOfTheRFCs"},
	{"CRAM-MD5", "RFC 2195 §2", "TestServerSpeaksTheDialoguesOfTheRFCs TestClientSpeaksTheDialoguesOfTheRFCs"},
	{"SCRAM-SHA-1", "RFC 5802 §5", "TestServerSpeaksTheDialoguesOfTheRFCs TestClientSpeaksTheDialoguesOfTheRFCs"},
	{"SCRAM-SHA-256", "RFC 7677 §3", "TestServerSpeaksTheDialoguesOfTheRFCs TestClientSpeaksTheDialoguesOfTheRFCs"},
	{"SCRAM: the server proves itself too, and 4096 rounds at least", "RFC 5802 §5, RFC 7677 §4", "TestClientRefusesWhatAServerMustNotSay"},
	{"SCRAM: channel binding that is not offered is refused", "RFC 5802 §6", "TestServerRefusesWhatIsNoMessage"},
	{"a stranger is told what a wrong password is told", "RFC 4422 §6", "TestWhoMayLogIn TestStrangersHaveASaltToo"},
	{"the strongest mechanism that is allowed", "RFC 4422 §6.1", "TestChoose"},
	{"an initial response, or none", "RFC 4422 §3.3", "TestInitialResponseWaitsWhereItDoesNotFit"},
	{"any bytes", "RFC 4422 §3.4", "FuzzServer FuzzClient FuzzExchange"},
}

func TestCoverage(t *testing.T) { layerstest.Covered(t, covered) }
