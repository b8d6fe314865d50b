package imap

// The extensions stand in the table of coverage_test.go, too.
func init() {
	covered = append(covered, []struct{ Item, Ref, Test string }{
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
		{"client: resynchronises by CONDSTORE and QRESYNC; ESEARCH, SORT, THREAD, LIST-EXTENDED, LIST-STATUS, QUOTA", "RFC 7162 §6", "TestResync TestResyncAtDovecot"},
		{"client: IMAP4rev2", "RFC 9051", "TestRevision2AtBothEnds"},
		{"both: what extensions say is read and written as it was", "RFC 4466", "TestThreadsAgain TestExtensionsAgain"},
	}...)
}
