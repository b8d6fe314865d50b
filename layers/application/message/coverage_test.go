package message

import (
	"testing"

	"mailwire/layers/layerstest"
)

// covered says which test shows each item of the format, written and read.
var covered = []layerstest.Item{
	{"written: Date From Sender Reply-To To Cc Bcc Message-ID In-Reply-To References Subject Comments Keywords", "RFC 5322 §3.6.1–3.6.5", "TestAMailAsItIsSent TestHeadersInCharsets"},
	{"read: the same, also twice, empty or broken", "RFC 5322 §3.6.1–3.6.5, §4.5", "TestDovecotReadsTheSame TestPythonReadsTheSame"},
	{"written and read: Resent-Date From Sender To Cc Bcc Message-ID, in blocks", "RFC 5322 §3.6.6", "TestResentBlocks"},
	{"written and read: Return-Path, Received; any other field", "RFC 5322 §3.6.7, §3.6.8", "TestReceivedAndReturnPath TestAMailAsItIsSent"},
	{"folding and unfolding, comments, quoted strings, groups, obsolete forms", "RFC 5322 §2.2.3, §3.2–3.4, §4", "TestDovecotReadsTheSame FuzzAddresses TestLongSubjectsInCharsets"},
	{"dates, obsolete ones too", "RFC 5322 §3.3, §4.3", "TestDates"},
	{"message identifiers", "RFC 5322 §3.6.4, §4.5.4", "TestIdentifiers"},
	{"lines of 998 and 78 characters, CRLF, ASCII", "RFC 5322 §2.1.1, §2.3", "TestLongSubjectsInCharsets FuzzBuild"},
	{"MIME-Version, Content-Type with parameters, charsets by all their names", "RFC 2045 §4, §5", "TestCharsets TestTextIntoCharsets TestDovecotReadsTheSame"},
	{"Content-Transfer-Encoding 7bit 8bit binary quoted-printable base64, broken too", "RFC 2045 §6", "TestDovecotDecodesTheSame TestPythonReadsTheSame FuzzBuild"},
	{"Content-ID, Content-Description, Content-Disposition, language, location, MD5", "RFC 2045 §7, §8, RFC 2183", "TestWhatBodyStructureTellsOfAPart TestDovecotReadsTheSame"},
	{"multipart/mixed, alternative, digest, parallel; boundaries, preamble, epilogue, nesting", "RFC 2046 §5.1", "TestBodiesOfParts TestBodyStructures"},
	{"multipart/related", "RFC 2387", "TestBodiesOfParts TestPicturesOfAPage"},
	{"multipart/form-data", "RFC 7578", "TestBodiesOfParts"},
	{"message/rfc822, message/global", "RFC 2046 §5.2.1, RFC 6532 §3.7", "TestBodiesOfParts TestDovecotReadsTheSame"},
	{"message/partial, cut and joined", "RFC 2046 §5.2.2", "TestFragments"},
	{"message/external-body", "RFC 2046 §5.2.3", "TestBodiesOfParts"},
	{"encoded words, in every charset, both ways", "RFC 2047", "TestHeadersInCharsets TestLongSubjectsInCharsets TestPythonReadsTheSame"},
	{"parameters in pieces and with charsets", "RFC 2231 §3, §4", "FuzzBuild TestPythonReadsTheSame"},
	{"headers in UTF-8", "RFC 6532", "TestHeadersInCharsets TestDovecotReadsTheSame"},
	{"multipart/report with message/delivery-status, the whole mail or its header", "RFC 6522, RFC 3464", "TestDeliveryReport TestReportsThatReturnAll TestReportsThatCannotBe TestDeliveryStatusOfOthers FuzzReports"},
	{"reports with addresses beyond ASCII", "RFC 6533", "TestReportsThatReturnAll"},
	{"message/disposition-notification, and who may be told", "RFC 8098", "TestReceipt TestWhoMayBeAnswered"},
	{"Auto-Submitted; whom programs may answer", "RFC 3834", "TestWhoMayBeAnswered"},
	{"ENVELOPE and BODYSTRUCTURE of whatever arrives", "RFC 9051 §7.5.2", "TestDovecotReadsTheSame TestGoIMAPReadsTheSameStructure TestEnvelopes"},
	{"sections, partials", "RFC 9051 §6.4.5", "TestDovecotCutsTheSameSections TestPartials"},
	{"BINARY", "RFC 3516 §4", "TestBinary TestDovecotDecodesTheSame"},
	{"TOP", "RFC 1939 §7", "TestTop"},
	{"hostile mails in linear time and bounded depth", "RFC 2046 §5.1", "TestHostileMails TestTimeIsLinear FuzzParse"},
	{"explained: fields, parts, reports, signatures", "RFC 5322 §2.2", "TestNotesOfAMail TestNotesOfASignedMail TestNotesOfReports"},
}

func TestCoverage(t *testing.T) { layerstest.Covered(t, covered) }
