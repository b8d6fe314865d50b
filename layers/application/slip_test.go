package application

import "testing"

func TestFindSlip(t *testing.T) {
	for _, tt := range []struct{ line, verb, tag, secret string }{
		{" PASS lupine", "PASS", "", "lupine"},
		{"pass\tlupine 17\r", "PASS", "", "lupine 17"},
		{"PASSlupine", "PASS", "", "lupine"},
		{"PASSWORD lupine", "PASS", "", "WORD lupine"},
		{"\xff\xfb\x06PASS lupine", "PASS", "", "lupine"},
		{" AUTH PLAIN AGFu", "AUTH", "", "PLAIN AGFu"},
		{"AUTHPLAIN AGFu", "AUTH", "", "PLAIN AGFu"},
		{"Authenticate PLAIN AGFu", "AUTHENTICATE", "", "PLAIN AGFu"},
		{"LOGIN ana lupine", "LOGIN", "", "ana lupine"},
		{"LOGIN", "LOGIN", "", ""},
		{" a1\tlogin\tana lupine", "LOGIN", "a1", "ana lupine"},
		{". LOGINana lupine", "LOGIN", ".", "ana lupine"},
		{"APOP ana\tc4c9334b", "APOP", "", "ana\tc4c9334b"},
		{"PSAS lupine 17", "PSAS", "", "lupine 17"},
		{"pas\tlupine\r", "PAS", "", "lupine"},
		{"PASD\bS lupine", "PASD", "", "S lupine"},
		{"ATUH PLAIN AGFu", "ATUH", "", "PLAIN AGFu"},
		{"a1 LOGN ana lupine", "LOGN", "a1", "ana lupine"},
		{"PAX \x01\xfe", "", "", ""}, // noise
		{"LOGOUT now", "", "", ""},
		{"HASH lupine", "", "", ""},
		{"", "", "", ""},
		{"PAS", "", "", ""},
		{"MAIL FROM:<pass@example.org>", "", "", ""},
		{"a b LOGIN ana lupine", "", "", ""},
		{"pa\u017f\u017f lupine", "", "", ""}, // long s is no letter of a command
	} {
		s, ok := FindSlip(tt.line)
		if tag, secret := tt.line[s.Tag.Offset:s.Tag.End()], tt.line[s.Secret.Offset:s.Secret.End()]; ok != (tt.verb != "") ||
			ok && (s.Verb != tt.verb || tag != tt.tag || secret != tt.secret || Upper(tt.line[s.At.Offset:s.At.End()]) != tt.verb) {
			t.Errorf("%q: %v %+v, tag %q, secret %q", tt.line, ok, s, tag, secret)
		}
	}
}

func TestUpperKeepsTheWire(t *testing.T) {
	for in, want := range map[string]string{"": "", "QUIT": "QUIT", "aZ-9": "AZ-9", "st\xe4t": "ST\xe4T", "\xc3\xa4": "\xc3\xa4"} {
		if got := Upper(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestIsMechanism(t *testing.T) {
	for name, want := range map[string]bool{"PLAIN": true, "login": true, "SCRAM-SHA-256": true, "X_1": true, "": false,
		"PLAINAGFuYQBsdXBpbmUtMTc=": false, "PLAIN\tAGFu": false, "AGFuYQBsdXBpbmUtMTcAA": false} {
		if IsMechanism(name) != want {
			t.Errorf("%q: %v", name, !want)
		}
	}
}
