package http

import (
	"bytes"
	"strconv"
	"strings"

	"mailwire/layers"
)

// A headField is a field of a head, with the place of its value.
type headField struct {
	name  string // lower case
	value string
	at    layers.Range
}

// headFields reads the fields behind the first line (RFC 9112 §5).
func headFields(head []byte) (fields []headField) {
	at := bytes.IndexByte(head, '\n') + 1
	for at < len(head) {
		end := bytes.IndexByte(head[at:], '\n')
		if end < 0 {
			end = len(head) - at
		}
		line := head[at : at+end]
		if colon := bytes.IndexByte(line, ':'); colon > 0 {
			value := bytes.TrimSpace(line[colon+1:])
			start := at + colon + 1 + bytes.Index(line[colon+1:], value)
			fields = append(fields, headField{strings.ToLower(string(line[:colon])), string(value), layers.Range{Offset: start, Length: len(value)}})
		}
		at += end + 1
	}
	return fields
}

func find(fields []headField, name string) (value string, ok bool) {
	for _, f := range fields {
		if f.name == name {
			return f.value, true
		}
	}
	return "", false
}

// secretNames are the fields that carry a password, or what stands for one (RFC 9110 §11, RFC 6265 §4).
var secretNames = []string{"proxy-authorization", "authorization", "cookie", "set-cookie"}

func isSecret(name string) bool {
	for _, s := range secretNames {
		if s == name {
			return true
		}
	}
	return false
}

// secretsOf are the values of a head, whole or not, that are secret.
func secretsOf(head []byte) (secrets []layers.Range) {
	for _, f := range headFields(head) {
		if isSecret(f.name) && f.at.Length > 0 {
			secrets = append(secrets, f.at)
		}
	}
	return secrets
}

// shownNames are the fields that are told.
var shownNames = []string{"host", "content-length", "content-type", "proxy-authorization", "proxy-authenticate", "user-agent", "server", "via"}

func shown(fields []headField) (list []layers.Field) {
	for _, name := range shownNames {
		for _, f := range fields {
			if f.name == name {
				list = append(list, layers.Field{Name: name, Range: f.at, Value: layers.String(f.value), Secret: isSecret(name)})
				break
			}
		}
	}
	return list
}

// contentOf says what a body holds (RFC 9110 §8.3). One that is packed is not read.
func contentOf(fields []headField) content {
	kind, _ := find(fields, "content-type")
	kind, _, _ = strings.Cut(strings.ToLower(kind), ";")
	_, packed := find(fields, "content-encoding")
	switch {
	case kind == "application/x-www-form-urlencoded", kind == "multipart/form-data":
		return form
	case strings.HasPrefix(kind, "text/") && !packed:
		return page
	}
	return data
}

// bodyOf says which body follows (RFC 9112 §6.3); without a field that tells, one of length otherwise.
func bodyOf(fields []headField, otherwise, start int64) body {
	if coding, ok := find(fields, "transfer-encoding"); ok && strings.Contains(strings.ToLower(coding), "chunked") {
		return body{open: true, chunked: true, start: start, content: contentOf(fields)}
	}
	if length, ok := find(fields, "content-length"); ok {
		if n, err := strconv.ParseInt(length, 10, 64); err == nil && n >= 0 {
			otherwise = n
		}
	}
	return body{open: otherwise != 0, left: otherwise, start: start, content: contentOf(fields)}
}
