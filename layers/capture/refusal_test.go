package capture_test

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"mailwire/layers/capture"
)

// eventTrace begins as an event trace of Windows does: a buffer of 64 KiB, of which 500 bytes are filled.
func eventTrace() []byte {
	b := numbers(little, 0x10000, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 500, 0, 0, 0, 0, 0)
	return append(b, 2, 0, 2, 0xc0, 0, 0)
}

// TestRefusals names what is no capture.
func TestRefusals(t *testing.T) {
	for start, want := range map[string]string{
		"":                                    "empty",
		"\xa1\xb2\xcd\x34 and so on":          "pcap-modified",
		"snoop\x00\x00\x00\x00\x00\x00\x02":   "snoop",
		"GMBU\x00\x02":                        "netmon",
		"TRSNIFF data    \x1a":                "other-capture",
		"PK\x03\x04\x14\x00":                  "zip",
		"\x28\xb5\x2f\xfd\x04\x88":            "packed",
		"\x89PNG\r\n\x1a\n":                   "image",
		"%PDF-1.7":                            "pdf",
		"\x7fELF\x02\x01":                     "program",
		"<!DOCTYPE html><html>":               "html",
		"From: Ana <ana@example.net>\r\nTo: ": "mail",
		"Return-Path: <ana@example.net>\r\n":  "mail",
		"12:00:01.5 IP 192.0.2.1 > 192.0.2.2": "text",
		"Grüße":                               "text",
		"abc":                                 "text",
		"0000   02 00 00 00 00 01 02 00 00 00 00 02 08 00":                 "hex-dump",
		"\t0x0000:  4500 003c 1c46 4000 4006 b1e6":                         "hex-dump",
		"00000000: d4c3 b2a1 0200 0400 0000 0000":                          "hex-dump",
		"2026 05 01 12 00 mail sent":                                       "text",
		`{"log": {"version": "1.2", "entries": []}}`:                       "har",
		"<?xml version=\"1.0\"?>\n<pdml version=\"0\">":                    "dissection",
		`[{"_index": "packets", "_source": {"layers": {}}}]`:               "dissection",
		"version https://git-lfs.github.com/spec/v1\noid":                  "lfs",
		"\xff\xfeN\x00o\x00.\x00":                                          "text",
		"\xef\xbb\xbf<html>":                                               "html",
		"\x1f\x9d\x90\x54":                                                 "packed",
		string(eventTrace()):                                               "etl",
		"\x00\x00\x00\x00\x00\x00\x00\x00\x9b\x04\x00\x80\x00\x00\x00\x68": "erf",
		"\x00\x01\x02\x03\x04\x05\x06":                                     "unknown",
		"\xd4\xc3\xb2\xa1\x07\x00\x00\x00" + strings.Repeat("\x00", 16):    "pcap-version",
	} {
		for _, input := range []io.Reader{strings.NewReader(start), iotest.OneByteReader(strings.NewReader(start))} {
			_, err := capture.Open(input)
			var refused *capture.FormatError
			if !errors.As(err, &refused) || refused.Seems != want {
				t.Errorf("%q: %v, want %s", start, err, want)
			}
		}
	}
}

// TestLongerRecordHeaders: files that say they are pcap and have longer record headers are refused, those whose second record
// is broken are not.
func TestLongerRecordHeaders(t *testing.T) {
	frames := []string{"first frame", "second frame", "third frame"}
	for extra, refused := range map[string]bool{"": false, "xy": false, "zero": true, "0 0 0 0 ": true} {
		file := pcap(little, 0xa1b2c3d4, 4)
		for _, f := range frames {
			record := pcap(little, 0xa1b2c3d4, 4, f)[24:]
			file = append(append(append(file, record[:16]...), extra...), f...)
		}
		_, err := capture.Open(bytes.NewReader(file))
		var format *capture.FormatError
		if errors.As(err, &format) != refused {
			t.Errorf("%d bytes more: %v", len(extra), err)
		}
	}
	file := pcap(little, 0xa1b2c3d4, 4, frames...)
	if _, err := capture.Open(bytes.NewReader(slices.Insert(file, 24+16+len(frames[0]), 0, 0, 0, 0))); err != nil {
		t.Errorf("4 bytes in one place: %v", err)
	}
}
