package imap

import (
	"reflect"
	"strings"
	"testing"
)

// FuzzGrammar: what is read of a command's arguments is written so that it reads the same again.
func FuzzGrammar(f *testing.F) {
	for _, seed := range []string{
		"1:3,7,9:*", "*", "*:4", "4294967295",
		"OR (FROM {3+}\r\na b TO \"b\\\"c\") NOT UID 1:*", "SINCE 1-Feb-2026 LARGER 100 HEADER X-Y \"\"", "KEYWORD $a UNKEYWORD b",
		"(UID FLAGS BODY.PEEK[1.2.HEADER.FIELDS.NOT (From \"T o\")]<1.2> RFC822.SIZE)", "FULL", "BODY[]", "BINARY.PEEK[1]<0.5>",
		"&Jjo-", "INBOX/&AOQ-", "a&-b", "&\x7f0",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if set, err := ParseSet(s); err == nil {
			if again, err := ParseSet(set.String()); err != nil || !reflect.DeepEqual(set, again) {
				t.Errorf("set %q is written %q: %v", s, set, err)
			}
		}
		if key, err := ParseSearchKey(s); err == nil {
			again, err := ParseSearchKey(key.String())
			if err != nil || again.String() != key.String() {
				t.Errorf("keys %q are written %q, then %q: %v", s, key, again, err)
			}
		}
		if items, err := ParseFetchItems(s); err == nil {
			var words []string
			for _, i := range items {
				words = append(words, i.String())
			}
			again, err := ParseFetchItems("(" + strings.Join(words, " ") + ")")
			if err != nil || !reflect.DeepEqual(items, again) {
				t.Errorf("items %q are written %q: %v", s, words, err)
			}
		}
		if name, err := DecodeUTF7(s); err == nil && strings.IndexByte(s, '&') >= 0 && EncodeUTF7(name) != s && isASCII(s) {
			t.Errorf("the name %q is written %q", s, EncodeUTF7(name))
		}
	})
}

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= 0x80 }) < 0
}
