package pop3

import (
	"testing"

	"mailwire/layers/layerstest"
)

// covered says which test shows each item of the protocol, on the server's side and on the client's.
var covered = []layerstest.Item{
	{"server: greeting, with the timestamp of APOP where that is offered", "RFC 1939 §4, §7", "TestServerDialogues"},
	{"server: USER, PASS, QUIT; failures keep the state", "RFC 1939 §4, §7", "TestProbesAgainstOurServer"},
	{"server: APOP", "RFC 1939 §7", "TestEveryWayToLogIn"},
	{"server: STAT, LIST, RETR, DELE, NOOP, RSET", "RFC 1939 §5", "TestProbesAgainstOurServer"},
	{"server: UPDATE at QUIT alone", "RFC 1939 §6", "TestServerDialogues"},
	{"server: a removal that fails", "RFC 1939 §6", "TestUpdateThatFails"},
	{"server: TOP", "RFC 1939 §7", "TestServerDialogues"},
	{"server: UIDL, the same in every session", "RFC 1939 §7", "TestProbesAgainstOurServer"},
	{"server: multi-line replies, dots, sizes", "RFC 1939 §3, §11", "TestProbesAgainstOurServer"},
	{"server: a large mail in pieces", "RFC 1939 §5", "TestALongAnswerGoesOutInPieces"},
	{"server: exclusive lock", "RFC 1939 §4", "TestASecondSessionIsRefusedUntilTheFirstEnds"},
	{"server: autologout after ten minutes at least", "RFC 1939 §3", "TestSilenceEndsASessionWithoutUpdate"},
	{"server: autologout spares who reads slowly", "RFC 1939 §3", "TestASlowReaderIsNotSilent"},
	{"server: CAPA in both states, what is true of the session", "RFC 2449 §5, §6", "TestNoPasswordInTheClear"},
	{"server: LOGIN-DELAY", "RFC 2449 §6.5", "TestLoginDelay"},
	{"server: EXPIRE, IMPLEMENTATION", "RFC 2449 §6.7, §6.9", "TestTheDialogueExplainsWhatOurEnginesSay"},
	{"server: response codes", "RFC 2449 §8, RFC 3206 §4, §5", "TestResponseCodes"},
	{"server: PIPELINING", "RFC 2449 §6.6", "TestProbesAgainstOurServer"},
	{"server: lines of 255 octets", "RFC 2449 §4", "TestWhoBreaksTheRulesTooOften"},
	{"server: STLS; what was sent behind it in the clear is forgotten", "RFC 2595 §4", "TestNoPasswordInTheClear"},
	{"server: AUTH by PLAIN, LOGIN, CRAM-MD5, SCRAM", "RFC 5034 §4", "TestEveryWayToLogIn"},
	{"server: AUTH given up, initial response, list", "RFC 5034 §4", "TestServerDialogues"},
	{"server: UTF8, [UTF8]", "RFC 6856 §2, §5", "TestUTF8"},
	{"server: real clients", "RFC 1939", "TestPythonsPoplibAgainstOurServer TestCurlAgainstOurServer TestFetchmailAgainstOurServer TestMpopAgainstOurServer TestMuttAgainstOurServer"},
	{"server: who never reads, never ends a line, guesses passwords", "RFC 1939 §13", "TestAClientThatNeverReads TestOneByteAtATimeIsSilence TestWhoBreaksTheRulesTooOften TestAFailedLoginWaits"},
	{"server: any bytes", "RFC 1939 §3", "FuzzServer FuzzSession"},
	{"client: greeting, timestamp", "RFC 1939 §4, §7", "TestClientChoosesHowToLogIn"},
	{"client: every command", "RFC 1939 §5, §7", "TestClientAndServer"},
	{"client: USER, PASS, APOP, AUTH by each mechanism, the strongest that is allowed", "RFC 1939 §7, RFC 5034 §4", "TestClientChoosesHowToLogIn TestEveryWayToLogIn"},
	{"client: no password in the clear unless allowed", "RFC 2595 §2.1", "TestClientChoosesHowToLogIn TestCollectorAndTLS TestNoPasswordBehindARefusedUser"},
	{"client: STLS", "RFC 2595 §4", "TestCollectorAndTLS"},
	{"client: CAPA, PIPELINING where it is offered", "RFC 2449 §5, §6.6", "TestStrategies"},
	{"client: delete, leave a copy, delete after a time, headers", "RFC 1939 §7, §8", "TestStrategies"},
	{"client: takes up by UIDL where a session broke off", "RFC 1939 §7", "TestResumeByUIDL"},
	{"client: servers without CAPA, UIDL, TOP, LIST", "RFC 1939 §7", "TestStrategies"},
	{"client: replies in any pieces, LF alone, an end that lacks", "RFC 1939 §3", "TestWhatServersSendInTheirOwnWay"},
	{"client: any bytes", "RFC 1939 §3", "FuzzClient FuzzCollector"},
	{"client: real servers", "RFC 1939", "TestOurClientAgainstDovecot"},
}

func TestCoverage(t *testing.T) { layerstest.Covered(t, covered) }
