package smtp

import (
	"testing"

	"mailwire/layers/layerstest"
)

// covered says which test shows what of the RFCs; a test with a slash names a row of its table.
var covered = []layerstest.Item{
	{"220 with the domain; 554, then QUIT alone; 421 at any time", "RFC 5321 §3.1, §3.8, §4.3.1", "TestServerShutsDownAtAnyTime TestServerHoweverTheBytesCome/no service TestClientHoweverTheAnswersCome/421 in place of the greeting"},
	{"EHLO with its list; back to HELO", "RFC 5321 §3.2, §4.1.1.1, §F.3", "TestProbes/EHLO with a domain TestClientHoweverTheAnswersCome/back to HELO"},
	{"EHLO with a domain or an address literal", "RFC 5321 §4.1.1.1, §4.1.3", "TestProbes/EHLO with an IPv6 literal"},
	{"MAIL, its parameters, the null reverse-path", "RFC 5321 §4.1.1.2, §4.5.5", "TestProbes/the null reverse-path"},
	{"RCPT, several, partial refusal, 251 and 551", "RFC 5321 §4.1.1.3, §3.3, §3.4", "TestProbes/partial refusal TestForwardingIsToldAndMovedIsRefused TestClientHoweverTheAnswersCome/some are refused"},
	{"DATA, 354 and the verdict behind the dot", "RFC 5321 §4.1.1.4, §4.2.5", "TestDeliveryComesBeforeThe250 TestOneAnswerStandsForAllRecipients"},
	{"doubled dots, both ways", "RFC 5321 §4.5.2", "TestDotsGoAndComeBack TestProbes/doubled dots"},
	{"CRLF . CRLF alone ends a mail", "RFC 5321 §2.3.8, §4.1.1.4", "TestOnlyCRLFDotCRLFEndsAMail TestBareLineEndsAreRefusedOrKept TestProbes/LF . LF ends nothing"},
	{"RSET, NOOP, QUIT", "RFC 5321 §4.1.1.5, §4.1.1.9, §4.1.1.10", "TestProbes/RSET behind EHLO, MAIL and RCPT TestProbes/NOOP with an argument TestProbes/QUIT at once"},
	{"VRFY, EXPN, HELP", "RFC 5321 §3.5, §4.1.1.6 to §4.1.1.8, §7.3", "TestProbes/VRFY of a user, an address, nobody TestProbes/EXPN TestProbes/HELP, HELP of a command, HELP of nothing known"},
	{"the order of commands; EHLO clears a mail", "RFC 5321 §4.1.4", "TestProbes/MAIL without EHLO TestProbes/EHLO in a mail clears it"},
	{"500, 501, 502, 504, 555", "RFC 5321 §4.2.2 to §4.2.4, §4.1.1.11", "TestProbes/an unknown command TestProbes/an unknown parameter TestFaultsNamePlaceAndRule"},
	{"verbs in any case; a local part's case is kept", "RFC 5321 §2.4", "TestProbes/verbs and keywords in any case TestProbes/case of a local part is kept"},
	{"Postmaster", "RFC 5321 §4.5.1", "TestProbes/Postmaster, alone and with a domain"},
	{"quoted local parts, quoted pairs, atoms, literals", "RFC 5321 §4.1.2", "TestPaths TestProbes/a quoted local part with quoted pairs and brackets"},
	{"source routes are accepted and ignored", "RFC 5321 §3.6.1, §C, §F.2", "TestProbes/a source route is ignored"},
	{"the least sizes", "RFC 5321 §4.5.3.1", "TestProbes/a local part of 64 bytes, and of 65 TestProbes/a path of 256 bytes, and of 257 TestProbes/a command line of 512 bytes TestProbes/a text line of 1000 bytes, and of 5000 TestProbes/a hundred recipients TestEveryReplyHasItsEnhancedCode"},
	{"time-outs", "RFC 5321 §4.5.3.2", "TestServerLosesPatience TestServerDropsWhoSendsAByteASecond TestServerDropsWhoSendsAMailByteByByte TestClientHasPatienceForEachAnswer"},
	{"clients that never read, and lines without end", "RFC 5321 §4.5.3.1, §7.8", "TestServerStopsForWhoNeverReads TestServerKeepsLittleOfAnEndlessLine TestClientKeepsLittleOfAnEndlessAnswer"},
	{"Received", "RFC 5321 §4.4, RFC 3848", "TestReceivedLineSaysHowAMailCame TestWithSaysHowAMailCame"},
	{"SIZE", "RFC 1870", "TestProbes/SIZE within and over the limit TestServerKeepsNothingOfAMailThatIsTooLarge TestClientHoweverTheAnswersCome/a mail that is too large is not tried"},
	{"8BITMIME", "RFC 6152", "TestProbes/BODY TestClientHoweverTheAnswersCome/eight bits where seven are offered"},
	{"PIPELINING", "RFC 2920 §3", "TestProbes/a group up to DATA TestClientHoweverTheAnswersCome/a group TestClientHoweverTheAnswersCome/all are refused, and 354 comes all the same"},
	{"ENHANCEDSTATUSCODES", "RFC 2034, RFC 3463", "TestEveryReplyHasItsEnhancedCode TestEnhancedCodesAreForWhoWasToldOfThem"},
	{"AUTH: initial response, =, *, and its refusals", "RFC 4954", "TestProbes/PLAIN with an initial response TestProbes/given up TestALoginThatCannotBeCheckedIsForLater TestSubmissionAsksForTLSAndALogin"},
	{"the strongest mechanism; no password in the clear", "RFC 4954 §4", "TestClientHoweverTheAnswersCome/the strongest mechanism TestClientHoweverTheAnswersCome/no password in the clear"},
	{"SCRAM-SHA-256", "RFC 7677, RFC 5802", "TestClientAndServerLogInBySCRAM"},
	{"more recipients than a server takes at once", "RFC 5321 §4.5.3.1.10", "TestClientHoweverTheAnswersCome/too many at once go in another round TestServerHoweverTheBytesCome/too many recipients"},
	{"AUTH of MAIL", "RFC 4954 §5", "TestProbes/AUTH of MAIL TestEnvelopeSaysWhichReportsAreWanted"},
	{"STARTTLS: what came before is forgotten", "RFC 3207 §4.2", "TestTLSBeginsAnew TestServerForgetsWhatCameBeforeTLS TestClientHoweverTheAnswersCome/TLS, and what follows 220 in the clear is not believed"},
	{"TLS from the first byte, submission", "RFC 8314 §3.3, RFC 6409 §4.3", "TestSubmissionAsksForTLSAndALogin TestServerAgainstGoSMTPClient"},
	{"DSN: RET, ENVID, NOTIFY, ORCPT", "RFC 3461 §4", "TestProbes/NOTIFY and ORCPT TestEnvelopeSaysWhichReportsAreWanted TestClientTellsGoSMTPWhatTheMailNeeds"},
	{"CHUNKING", "RFC 3030 §2", "TestProbes/chunks, one of them empty, and a lone dot TestProbes/BDAT without RCPT: its bytes are read and dropped TestClientHoweverTheAnswersCome/chunks"},
	{"BINARYMIME", "RFC 3030 §3", "TestBINARYMIMEGoesByBDAT TestClientTellsGoSMTPWhatTheMailNeeds"},
	{"SMTPUTF8", "RFC 6531", "TestProbes/an address in UTF-8, with SMTPUTF8 and without TestClientHoweverTheAnswersCome/UTF-8 where it is not offered"},
	{"LMTP", "RFC 2033", "TestLMTPAnswersForEachRecipient TestLMTPServerAgainstGoSMTPClient"},
}

func TestCoverage(t *testing.T) { layerstest.Covered(t, covered) }
