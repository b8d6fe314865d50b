package authenticity

import (
	"testing"

	"mailwire/layers/layerstest"
)

// covered says which test shows each item.
var covered = []layerstest.Item{
	{"DKIM: signed with RSA and Ed25519, simple and relaxed, l=, t=, x=, i=, more names than fields", "RFC 6376 §5, RFC 8463", "TestSigned TestMailsThatCannotBeSigned TestDkimpyJudgesTheSame"},
	{"DKIM: checked, with the reason of each failure", "RFC 6376 §6", "TestTheMailOfRFC8463 TestSignaturesThatDoNotHold TestWhatDkimpySigns"},
	{"DKIM: canonical forms", "RFC 6376 §3.4", "TestCanonicalizations"},
	{"DKIM: key records; what is too weak", "RFC 6376 §3.6, RFC 8301", "TestKeyRecords"},
	{"SPF: check_host, all mechanisms and modifiers, the limits of look-ups", "RFC 7208 §4–6", "TestSPF TestWhatSPFTells TestPyspfJudgesTheSame FuzzSPF"},
	{"SPF: macros, explanations", "RFC 7208 §6.2, §7", "TestSPFMacros TestWhatSPFTells"},
	{"DMARC: policy, organizational domain, alignment, pct", "RFC 7489 §3, §6", "TestDMARC TestDMARCRecords TestAuthorDomains"},
	{"Authentication-Results, written and read; claims of strangers taken out", "RFC 8601 §2, §5", "TestAuthenticationResults TestResultsOfOthers TestClaimsOfStrangers"},
	{"Received-SPF", "RFC 7208 §9.1", "TestAuthenticationResults"},
	{"explained: records, tags, results, reasons", "RFC 6376 §3, RFC 7208 §5, RFC 7489 §6.3", "TestRecordsAreExplained TestEveryFindingIsInTheLexicon"},
	{"any bytes, in linear time", "RFC 6376 §8", "FuzzRecords TestHostileMailsAndRecords"},
}

func TestCoverage(t *testing.T) { layerstest.Covered(t, covered) }
