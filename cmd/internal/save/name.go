package save

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"mailwire/layers/application/message"
)

// titleMax is how many bytes of a subject or file name are kept: 255 bytes is what most file systems take for a whole name.
const titleMax = 80

// harmless lists, sorted, the endings of files that no system runs when they are opened.
var harmless = []string{
	"7z", "asc", "avi", "bmp", "csv", "docx", "eml", "gif", "gpg", "gz", "heic", "ics", "jpeg", "jpg", "json", "log", "md",
	"mov", "mp3", "mp4", "mpeg", "mpg", "odp", "ods", "odt", "ogg", "p7m", "p7s", "pcap", "pcapng", "pdf", "pem", "png",
	"pptx", "rar", "sig", "tar", "tex", "tif", "tiff", "txt", "vcf", "wav", "webp", "xlsx", "xz", "zip",
}

// create makes an empty file that did not exist before, with a name that begins with stem, and returns its name.
func (b *Box) create(stem, ending string) (string, error) {
	for n := 1; ; n++ {
		name := stem
		if n > 1 {
			name = fmt.Sprintf("%s-%d", stem, n)
		}
		name += "." + ending
		// O_EXCL does not follow a link that somebody has put there.
		f, err := b.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err == nil {
			return name, f.Close()
		}
		if !errors.Is(err, fs.ErrExist) || n == 10000 {
			return "", err
		}
	}
}

// attachmentName makes a name that is safe everywhere from one that a stranger chose. What some system might run gets the
// ending "bin" behind its own.
func attachmentName(given string, kind message.ContentType) (stem, ending string) {
	if i := strings.LastIndexAny(given, `/\`); i >= 0 {
		given = given[i+1:]
	}
	stem, ending = given, ""
	if i := strings.LastIndexByte(given, '.'); i >= 0 {
		stem, ending = given[:i], strings.ToLower(given[i+1:])
	} else if subtype := strings.ToLower(kind.Subtype); isHarmless(subtype) {
		ending = subtype
	} else if kind.Is("text/plain") {
		ending = "txt"
	} else if kind.IsMessage() {
		ending = "eml"
	}
	if !isHarmless(ending) {
		return title(strings.TrimSuffix(stem+"."+ending, ".")), "bin"
	}
	return title(stem), ending
}

func isHarmless(ending string) bool {
	_, found := slices.BinarySearch(harmless, ending)
	return found
}

// title keeps the letters and digits of s, and a hyphen for what stands between them.
func title(s string) string {
	var b strings.Builder
	gap := false
	for _, r := range s {
		if r == utf8.RuneError || !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) {
			gap = b.Len() > 0
			continue
		}
		if b.Len()+utf8.RuneLen(r)+1 > titleMax {
			break
		}
		if gap {
			b.WriteByte('-')
			gap = false
		}
		b.WriteRune(r)
	}
	if b.Len() == 0 {
		return "mail"
	}
	return b.String()
}
