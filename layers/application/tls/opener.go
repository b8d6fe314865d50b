package tls

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"
	"crypto/hmac"
	"crypto/subtle"
	"encoding/binary"

	"golang.org/x/crypto/chacha20poly1305"
)

// An opener opens the records of one side. Each method is told the number of the record since the key was made (RFC 8446 §5.3).
type opener interface {
	// open deciphers body; ok is false when its check fails. The record's type and version are the first bytes of header. In
	// TLS 1.3 the plain text still has its content type and its padding behind it. It may be deciphered in place.
	open(number uint64, header [headerLength]byte, body []byte) (plain []byte, ok bool)
	// lead is how many bytes of a body come before those that are deciphered, and overhead how many a body has more than its
	// plain text, at least.
	lead() int
	overhead() int
}

const nonceLength = 12

// A sealed opens records of an AEAD cipher.
type sealed struct {
	aead       cipher.AEAD
	nonce      [nonceLength]byte
	sendsNonce bool // TLS 1.2 with AES: 8 bytes of the nonce stand in the record
	old        bool // TLS 1.2: what is checked beside the body has the record's number
}

func (s *suite) newAEAD(key, iv []byte) opener {
	o := &sealed{sendsNonce: s.sendsNonce, old: s.old}
	copy(o.nonce[:], iv)
	var err error
	switch s.kind {
	case chacha:
		o.aead, err = chacha20poly1305.New(key)
	default:
		var block cipher.Block
		if block, err = aes.NewCipher(key); err != nil {
			return nil
		}
		if s.kind == ccm {
			o.aead = newCCM(block, s.tag)
		} else {
			o.aead, err = cipher.NewGCM(block)
		}
	}
	if err != nil {
		return nil
	}
	return o
}

func (o *sealed) lead() int {
	if o.sendsNonce {
		return 8
	}
	return 0
}

func (o *sealed) overhead() int { return o.lead() + o.aead.Overhead() }

func (o *sealed) open(number uint64, header [headerLength]byte, body []byte) (plain []byte, ok bool) {
	if len(body) < o.overhead() {
		return nil, false
	}
	nonce := o.nonce
	if o.sendsNonce {
		copy(nonce[4:], body)
		body = body[8:]
	} else {
		low := binary.BigEndian.Uint64(nonce[4:])
		binary.BigEndian.PutUint64(nonce[4:], low^number)
	}
	beside := header[:]
	if o.old {
		beside = binary.BigEndian.AppendUint64(make([]byte, 0, 13), number)
		beside = append(beside, header[:3]...)
		beside = binary.BigEndian.AppendUint16(beside, uint16(len(body)-o.aead.Overhead()))
	}
	plain, err := o.aead.Open(nil, nonce[:], body, beside)
	return plain, err == nil
}

// A chained opens records of a block cipher in CBC mode with an HMAC (RFC 5246 §6.2.3.2, RFC 7366).
type chained struct {
	block          cipher.Block
	suite          *suite
	key            []byte // of the HMAC
	iv             []byte // of the next record, before TLS 1.1; nil when each record brings its own
	encryptThenMAC bool
}

func (s *suite) newCBC(key, mac, iv []byte, encryptThenMAC bool) opener {
	o := &chained{suite: s, key: mac, encryptThenMAC: encryptThenMAC}
	if len(iv) > 0 {
		o.iv = append([]byte(nil), iv...)
	}
	var err error
	if s.block == 8 {
		o.block, err = des.NewTripleDESCipher(key)
	} else {
		o.block, err = aes.NewCipher(key)
	}
	if err != nil {
		return nil
	}
	return o
}

func (o *chained) lead() int {
	if o.iv == nil {
		return o.suite.block
	}
	return 0
}

func (o *chained) overhead() int { return o.lead() + o.suite.mac.Size() + 1 }

func (o *chained) open(number uint64, header [headerLength]byte, body []byte) (plain []byte, ok bool) {
	size := o.suite.mac.Size()
	var check []byte
	if o.encryptThenMAC {
		if len(body) < size {
			return nil, false
		}
		check, body = body[len(body)-size:], body[:len(body)-size]
		if !o.checks(number, header, body, check) {
			return nil, false
		}
	}
	iv := o.iv
	if iv == nil {
		if len(body) < o.suite.block {
			return nil, false
		}
		iv, body = body[:o.suite.block], body[o.suite.block:]
	}
	if len(body) == 0 || len(body)%o.suite.block != 0 {
		return nil, false
	}
	plain = make([]byte, len(body))
	cipher.NewCBCDecrypter(o.block, iv).CryptBlocks(plain, body)
	if o.iv != nil {
		copy(o.iv, body[len(body)-o.suite.block:])
	}
	padding := int(plain[len(plain)-1]) + 1
	if padding > len(plain) {
		return nil, false
	}
	plain = plain[:len(plain)-padding]
	if o.encryptThenMAC {
		return plain, true
	}
	if len(plain) < size {
		return nil, false
	}
	plain, check = plain[:len(plain)-size], plain[len(plain)-size:]
	return plain, o.checks(number, header, plain, check)
}

// checks tells whether check is the HMAC of a record with these contents.
func (o *chained) checks(number uint64, header [headerLength]byte, contents, check []byte) bool {
	mac := hmac.New(o.suite.mac.New, o.key)
	beside := binary.BigEndian.AppendUint64(make([]byte, 0, 13), number)
	beside = append(beside, header[:3]...)
	mac.Write(binary.BigEndian.AppendUint16(beside, uint16(len(contents))))
	mac.Write(contents)
	return subtle.ConstantTimeCompare(mac.Sum(nil), check) == 1
}
