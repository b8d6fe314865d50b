package main

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"mailwire/layers/layerstest"
	"mailwire/scenarios"
)

// chat is the severity of what tshark remarks about any traffic ("Connection finish"); comments are below it.
const chat = 0x200000

// connectionCloses are tshark's notes about how connections end, which every connection does.
var connectionCloses = []string{"This frame initiates the connection closing", "This frame undergoes the connection closing", "Connection reset (RST)"}

// intended is what a scenario means to show, by words of tshark.
var intended = map[string][]string{
	"pop-cable":  {"retransmission"},
	"strategies": {"retransmission"},
	"webmail":    {"retransmission"},

	"imap-offline-train": {"retransmission"},
}

// doubled is what tshark may say of a long answer of IMAP that it meets on two cables: it takes the second copy for a
// fragment that overlaps the first.
var doubled = []string{"out-of-order segment", "New fragment overlaps old data"}

// TestTsharkReadsWhatRunWrites: the frames of every scenario are sound to another program. No malformed packet, no wrong
// checksum, nothing remarkable but what is meant, and no complaint about the file itself.
func TestTsharkReadsWhatRunWrites(t *testing.T) {
	english(t)
	tshark := layerstest.Program(t, "tshark")
	for _, name := range scenarios.Names() {
		t.Run(name, func(t *testing.T) {
			if testing.Short() && name != "first-mail" {
				t.Skip("short")
			}
			file := filepath.Join(t.TempDir(), name+".pcapng")
			if _, complaint, status := mailwire(t, nil, "run", name, "--quiet", "--write", file, "--at", "all"); status != 0 {
				t.Fatal(complaint)
			}
			remarks(t, tshark, file, "(_ws.malformed || ip.checksum.status == 0 || tcp.checksum.status == 0 || udp.checksum.status == 0)", doubled)
			// By cable, because tshark takes a frame on the second cable for a retransmission.
			if _, complaint, status := mailwire(t, nil, "run", name, "--quiet", "--write", file); status != 0 {
				t.Fatal(complaint)
			}
			remarks(t, tshark, file, "_ws.expert.severity > "+strconv.Itoa(chat), intended[name])
		})
	}
}

// remarks wants no frame to match a filter, but for those of which every remark is about closing or allowed.
func remarks(t *testing.T, tshark, file, filter string, allowed []string) {
	t.Helper()
	c := exec.Command(tshark, "-r", file, "-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE",
		"-o", "smtp.decryption:TRUE", // else it remarks that it did not decode a login
		"-Y", filter, "-T", "fields", "-E", "aggregator=|", "-E", "separator=/t", "-e", "frame.number", "-e", "_ws.expert.severity", "-e", "_ws.expert.message")
	var out, complaint bytes.Buffer
	c.Stdout, c.Stderr = &out, &complaint
	if err := c.Run(); err != nil {
		t.Fatalf("tshark: %v\n%s", err, complaint.String())
	}
	for line := range strings.Lines(complaint.String()) {
		if !strings.HasPrefix(line, "Running as user") {
			t.Errorf("tshark says of the file: %s", line)
		}
	}
	for line := range strings.Lines(out.String()) {
		cells := strings.Split(strings.TrimRight(line, "\n"), "\t")
		messages := strings.Split(cells[2], "|")
		for i, severity := range strings.Split(cells[1], "|") {
			n, _ := strconv.Atoi(severity)
			if (n > chat || severity == "") && !about(messages[min(i, len(messages)-1)], connectionCloses) && !about(messages[min(i, len(messages)-1)], allowed) {
				t.Errorf("%s: frame %s: %q", filter, cells[0], messages)
			}
		}
	}
}

func about(message string, words []string) bool {
	for _, w := range words {
		if strings.Contains(message, w) {
			return true
		}
	}
	return false
}

// TestTsharkResolvesNames: the names of the devices stand in the file, and the links and explanations with them.
func TestTsharkResolvesNames(t *testing.T) {
	english(t)
	tshark := layerstest.Program(t, "tshark")
	file := filepath.Join(t.TempDir(), "first-mail.pcapng")
	if _, complaint, status := mailwire(t, nil, "run", "first-mail", "--quiet", "--write", file); status != 0 {
		t.Fatal(complaint)
	}
	out, err := exec.Command(tshark, "-r", file, "-N", "n", "-o", "nameres.use_external_name_resolver:FALSE", "-Y", "tcp.flags.syn == 1", "-T", "fields", "-e", "ip.src_host", "-e", "ip.dst_host", "-e", "frame.interface_name", "-e", "frame.comment").Output()
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(out), "\n")
	cells := strings.Split(first, "\t")
	if len(cells) < 4 || cells[0] != "ana" || cells[1] != "mail" || cells[2] != "ana-r1" || !strings.HasPrefix(cells[3], "mailwire: ") {
		t.Errorf("the SYN: %q", first)
	}
}
