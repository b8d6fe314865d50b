package message

import (
	"errors"
	"slices"
)

// What Binary cannot do.
var (
	ErrNoPart          = errors.New("message: the mail has no such part (RFC 9051 §6.4.5.1)")
	ErrUnknownEncoding = errors.New("message: the part is in an encoding that is not known (RFC 3516 §4.3, UNKNOWN-CTE)")
)

// Binary returns the body of a part with its content transfer encoding undone, as IMAP's BINARY asks for it (RFC 3516
// §4.2, RFC 9051 §6.4.5.2); its length is BINARY.SIZE. Of an empty path it is the whole message, and what holds parts of
// its own stays as it is: such a part may not be encoded (RFC 2045 §6.4). The error is ErrNoPart or ErrUnknownEncoding.
func (m *Message) Binary(path []int) ([]byte, error) {
	p, ok := m.Part(path)
	switch {
	case !ok:
		return nil, ErrNoPart
	case len(path) == 0:
		return m.Bytes, nil
	case p.Type.Is("multipart") || p.Message != nil:
		return m.BodyBytes(p), nil
	case !slices.Contains(encodings, p.Encoding):
		return nil, ErrUnknownEncoding
	}
	return m.Content(p), nil
}

// Partial is the piece of a section that IMAP asks for behind it: BODY[…]<offset.length> (RFC 9051 §6.4.5). It is shorter
// than length where the section ends, and empty where offset lies behind its end.
func Partial(section []byte, offset, length int64) []byte {
	size := int64(len(section))
	start := min(max(offset, 0), size)
	end := start + min(max(length, 0), size-start)
	return section[start:end:end]
}
