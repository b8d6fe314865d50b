package message

import (
	"testing"
)

// Each charset by the names under which it stands in mails.
func TestCharsets(t *testing.T) {
	for _, c := range []struct {
		names []string
		bytes string
		text  string
	}{
		{[]string{"us-ascii", "ascii", "ANSI_X3.4-1968", "646", ""}, "a", "a"},
		{[]string{"utf-8", "UTF8", "unicode-1-1-utf-8"}, "\xc3\xa9", "é"},
		{[]string{"iso-8859-1", "latin1", "l1", "ISO_8859-1", "cp819", "windows-1252", "cp1252"}, "caf\xe9", "café"},
		{[]string{"iso-8859-2", "latin2"}, "\xb3", "ł"},
		{[]string{"iso-8859-5", "cyrillic"}, "\xd6", "ж"},
		{[]string{"iso-8859-6", "arabic"}, "\xc7", "ا"},
		{[]string{"iso-8859-7", "greek"}, "\xe1", "α"},
		{[]string{"iso-8859-8", "hebrew", "iso-8859-8-i"}, "\xe0", "א"},
		{[]string{"iso-8859-9", "latin5", "windows-1254"}, "\xfd", "ı"},
		{[]string{"iso-8859-15", "latin-9"}, "\xa4", "€"},
		{[]string{"windows-1250", "cp1250"}, "\xb3", "ł"},
		{[]string{"windows-1251", "cp1251"}, "\xe6", "ж"},
		{[]string{"windows-1257"}, "\xe0", "ą"},
		{[]string{"koi8-r", "koi8"}, "\xd6", "ж"},
		{[]string{"koi8-u"}, "\xa4", "є"},
		{[]string{"tis-620", "windows-874", "iso-8859-11"}, "\xa1", "ก"},
		{[]string{"macintosh", "mac"}, "\x8e", "é"},
		{[]string{"cp437", "ibm437"}, "\x82", "é"},
		{[]string{"cp850", "ibm850"}, "\x82", "é"},
		{[]string{"gb2312", "gbk", "cp936", "gb18030", "x-gbk", "GB_2312-80"}, "\xc4\xe3", "你"},
		{[]string{"hz-gb-2312"}, "~{Dc~}", "你"},
		{[]string{"big5", "big5-hkscs", "x-x-big5"}, "\xa7\x41", "你"},
		{[]string{"shift_jis", "sjis", "cp932", "ms_kanji", "windows-31j", "x-sjis"}, "\x93\xfa", "日"},
		{[]string{"euc-jp", "x-euc-jp", "eucjp"}, "\xc6\xfc", "日"},
		{[]string{"iso-2022-jp", "csISO2022JP", "iso-2022-jp-ms", "cp50220"}, "\x1b$BF|\x1b(B", "日"},
		{[]string{"euc-kr", "ks_c_5601-1987", "korean", "cp949", "uhc"}, "\xc7\xd1", "한"},
		{[]string{"utf-16", "utf-16be"}, "\x00\xe9", "é"},
		{[]string{"utf-16"}, "\xff\xfe\xe9\x00", "é"},
		{[]string{"utf-16le"}, "\xe9\x00", "é"},
		{[]string{"utf-32", "utf-32be"}, "\x00\x00\x00\xe9", "é"},
	} {
		for _, name := range c.names {
			if got := decodeCharset(name, []byte(c.bytes)); got != c.text || !KnowsCharset(name) {
				t.Errorf("%s: %q is %q, want %q", name, c.bytes, got, c.text)
			}
		}
	}
	// A charset that nobody knows: what is UTF-8 is taken for it, and each byte else is marked.
	for _, name := range []string{"utf-7", "iso-2022-kr", "x-unknown", "\xff", "replacement"} {
		if KnowsCharset(name) || decodeCharset(name, []byte("a\xe9b")) != "a\uFFFDb" || decodeCharset(name, []byte("é")) != "é" {
			t.Errorf("%s: %q", name, decodeCharset(name, []byte("a\xe9b")))
		}
	}
}

func TestTextIntoCharsets(t *testing.T) {
	for _, c := range []struct{ charset, text, want string }{
		{"us-ascii", "a", "a"}, {"us-ascii", "é", "-"}, {"utf-8", "é", "\xc3\xa9"}, {"iso-8859-1", "é", "\xe9"}, {"iso-8859-1", "€", "-"},
		{"iso-8859-15", "€", "\xa4"}, {"windows-1252", "€", "\x80"}, {"iso-2022-jp", "日a", "\x1b$BF|\x1b(Ba"}, {"koi8-r", "ж", "\xd6"}, {"x-unknown", "a", "-"},
	} {
		b, ok := encodeCharset(c.charset, c.text)
		if !ok {
			b = []byte("-")
		}
		if string(b) != c.want {
			t.Errorf("%s: %q is %q, want %q", c.charset, c.text, b, c.want)
		}
	}
}
