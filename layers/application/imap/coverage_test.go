package imap

import (
	"testing"

	"mailwire/layers/layerstest"
)

// covered says which test shows each item of the protocol, on the server's side and on the client's. Ten sessions at random
// and sessions of any bytes over a real store stand in sim/mail/store.
var covered = []layerstest.Item{
	{"server: CAPABILITY, NOOP, LOGOUT", "RFC 3501 §6.1.1-3", "TestDialogues TestEvents"},
	{"server: ID", "RFC 2971 §3", "TestDialogues"},
	{"server: STARTTLS; what was sent behind it in the clear is forgotten", "RFC 3501 §6.2.1", "TestStartTLS"},
	{"server: AUTHENTICATE by each mechanism, SASL-IR, given up", "RFC 3501 §6.2.2, RFC 4959", "TestEveryMechanismLogsIn TestDialogues"},
	{"server: LOGIN, LOGINDISABLED, no password asked for in the clear", "RFC 3501 §6.2.3", "TestDialogues TestStartTLS TestPasswordIsNotAskedFor"},
	{"server: ENABLE", "RFC 5161 §3", "TestDialogues"},
	{"server: SELECT, EXAMINE, what they tell, [CLOSED]", "RFC 3501 §6.3.1-2, RFC 9051 §7.1", "TestDialogues TestFlags"},
	{"server: CREATE, DELETE, RENAME; INBOX, hierarchy, names above others", "RFC 3501 §6.3.3-5", "TestMailboxNames TestDialogues"},
	{"server: the selected mailbox is renamed or deleted", "RFC 2180 §3", "TestSelectedMailboxDeleted"},
	{"server: SUBSCRIBE, UNSUBSCRIBE, LSUB", "RFC 3501 §6.3.6-7, §6.3.9", "TestMailboxNames TestDialogues"},
	{"server: LIST; %, *, reference, the empty pattern, CHILDREN", "RFC 3501 §6.3.8, RFC 3348", "TestMailboxNames TestDialogues"},
	{"server: NAMESPACE", "RFC 2342 §5", "TestDialogues"},
	{"server: STATUS", "RFC 3501 §6.3.10", "TestDialogues TestMailboxNames"},
	{"server: APPEND; flags, date, TRYCREATE, APPENDUID, an empty mail", "RFC 3501 §6.3.11, RFC 4315 §3", "TestDialogues TestLiterals TestFlags"},
	{"server: IDLE", "RFC 2177 §3", "TestDialogues TestTwoDevices"},
	{"server: CHECK, CLOSE, UNSELECT", "RFC 3501 §6.4.1-2, RFC 3691", "TestFlags TestGoneByUID"},
	{"server: EXPUNGE, UID EXPUNGE; never while FETCH, STORE or SEARCH is answered", "RFC 3501 §6.4.3, §7.4.1", "TestDialogues TestTwoDevices TestGoneButNotTold"},
	{"server: SEARCH, each key, CHARSET", "RFC 3501 §6.4.4", "TestSearchKeys"},
	{"server: FETCH, each item, macros, sections, partials, \\Seen", "RFC 3501 §6.4.5", "TestFetchItems TestDialogues"},
	{"server: STORE, .SILENT, keywords, PERMANENTFLAGS, \\Recent", "RFC 3501 §6.4.6", "TestFlags TestNewsOfOthers"},
	{"server: COPY, MOVE, COPYUID", "RFC 3501 §6.4.7, RFC 6851", "TestDialogues"},
	{"server: UID commands; a UID that is no more is no error", "RFC 3501 §6.4.8", "TestGoneByUID TestFlags TestFetchItems"},
	{"server: pipelining, bytes in any pieces", "RFC 3501 §5.5", "TestDialogues TestFlags TestLiterals TestMailboxNames TestFetchItems TestSearchKeys"},
	{"server: literals, LITERAL+", "RFC 3501 §4.3, RFC 7888", "TestLiterals TestLiteralsTogether"},
	{"server: modified UTF-7", "RFC 3501 §5.1.3", "TestUTF7 TestMailboxNames"},
	{"server: BAD and NO; a line without a tag", "RFC 3501 §7.1.2-3", "TestTagThatIsNone TestLiterals TestSearchKeys"},
	{"server: [EXPUNGEISSUED] and the other response codes", "RFC 5530 §3", "TestGoneButNotTold TestMailboxNames TestLiterals"},
	{"server: several sessions; EXISTS, RECENT, EXPUNGE, FETCH as news", "RFC 3501 §5.2, §7.3-4", "TestTwoDevices TestGoneButNotTold TestGoneByUID TestNewsOfOthers"},
	{"server: autologout, a byte now and then, endless lines, guessed passwords, who never reads", "RFC 3501 §5.4", "TestLimits TestPieceOfACommand TestLiteralsTogether"},
	{"server: any bytes", "RFC 3501 §9", "FuzzServer"},
	{"server: real clients", "RFC 3501", "TestGoIMAPClient TestImaplib TestCurl TestMbsync TestMutt TestFetchmail"},
	{"client: greeting, PREAUTH, LOGIN, capabilities that no longer hold", "RFC 3501 §6.2.3, §7.1", "TestClientForgetsCapabilities TestClientAgainstServer"},
	{"client: AUTHENTICATE by the strongest mechanism that is allowed", "RFC 3501 §6.2.2", "TestClientChoosesAMechanism TestClientWantsTheServersProof"},
	{"client: STARTTLS", "RFC 3501 §6.2.1", "TestClientStartTLS"},
	{"client: literals that wait, LITERAL+, LITERAL-", "RFC 3501 §4.3, RFC 7888 §5", "TestClientWaitsWithLiterals TestClientScripts"},
	{"client: every command, news at any time", "RFC 3501 §5.2, §6", "TestClientAgainstServer TestClientScripts"},
	{"client: MOVE, or COPY, STORE and UID EXPUNGE", "RFC 6851 §3.3", "TestClientScripts"},
	{"client: what servers send in their own way", "RFC 3501 §9", "TestClientDistrustsServer TestGrammar"},
	{"client: any bytes", "RFC 3501 §9", "FuzzClient FuzzResponse"},
	{"client: real servers", "RFC 3501", "TestDovecot TestGoIMAPServer"},
	{"server: CONDSTORE: MODSEQ, CHANGEDSINCE, UNCHANGEDSINCE, HIGHESTMODSEQ, NOMODSEQ", "RFC 7162 §3.1", "TestCondStore TestNoModSeq"},
	{"server: QRESYNC: the parameter of SELECT, VANISHED, UID FETCH with VANISHED", "RFC 7162 §3.2", "TestQResync TestDelayedVanished"},
	{"server: ESEARCH, SEARCHRES", "RFC 4731, RFC 5182", "TestESearch"},
	{"server: WITHIN", "RFC 5032", "TestWithin"},
	{"server: SORT, SORT=DISPLAY, ESORT", "RFC 5256 §3, RFC 5957, RFC 5267 §3", "TestSort"},
	{"server: THREAD by ORDEREDSUBJECT and by REFERENCES, base subject", "RFC 5256 §2.1, §3", "TestThread TestBaseSubject TestMessageIDs"},
	{"server: LIST-EXTENDED, LIST-STATUS, SPECIAL-USE, CREATE-SPECIAL-USE", "RFC 5258, RFC 5819, RFC 6154", "TestListExtended"},
	{"server: STATUS=SIZE, DELETED, DELETED-STORAGE, HIGHESTMODSEQ, APPENDLIMIT", "RFC 8438, RFC 9208 §4.1.4, RFC 7889", "TestCondStore"},
	{"server: QUOTA", "RFC 9208", "TestQuota"},
	{"server: BINARY, BINARY.SIZE, literal8, UNKNOWN-CTE", "RFC 3516", "TestBinary"},
	{"server: MULTIAPPEND", "RFC 3502", "TestMultiAppend"},
	{"server: PREVIEW", "RFC 8970", "TestPreview"},
	{"server: IMAP4rev2 once it is enabled", "RFC 9051 Appendix E", "TestRevision2"},
	{"server: UTF8=ACCEPT", "RFC 9755", "TestUTF8Accept"},
	{"server: real clients with extensions: go-imap under IMAP4rev2, mutt with QRESYNC", "RFC 7162, RFC 9051", "TestGoIMAPClientExtensions TestMuttResyncs"},
	{"client: resynchronises by CONDSTORE and QRESYNC; ESEARCH, SORT, THREAD, LIST-EXTENDED, LIST-STATUS, QUOTA", "RFC 7162 §6", "TestResync TestResyncAtDovecot"},
	{"client: IMAP4rev2", "RFC 9051", "TestRevision2AtBothEnds"},
	{"both: what extensions say is read and written as it was", "RFC 4466", "TestThreadsAgain TestExtensionsAgain"},
}

func TestCoverage(t *testing.T) { layerstest.Covered(t, covered) }
