package text

import (
	"fmt"
	"time"

	"github.com/charmbracelet/x/ansi"

	"mailwire/cmd/internal/terminal"
	"mailwire/layers"
	"mailwire/layers/trace"
)

// A total is what all acts under one strategy cost, and what was where at the end.
type total struct {
	strategy       string
	packets, trips int
	sent, received int64
	connected      time.Duration
	server         trace.Holding
	devices        []trace.DeviceRow
}

func (t *total) add(l *trace.Ledger) {
	t.server, t.devices = l.Server, append(t.devices[:0], l.Devices...)
	for i := range l.Devices {
		d := &l.Devices[i]
		t.packets += d.PacketsIn + d.PacketsOut
		t.trips += d.RoundTrips
		t.sent += d.BytesOut
		t.received += d.BytesIn
		t.connected += d.Connected
	}
}

// showLedger writes what an act cost under a strategy, and what is where after it.
func (f *Face) showLedger(l *trace.Ledger) {
	f.endFold()
	if len(f.ledger) == 0 {
		f.blank()
		f.paragraph(0, f.label("ledger.legend"), "")
	}
	if len(f.ledger) == 0 || f.ledger[len(f.ledger)-1].strategy != l.Strategy {
		f.ledger = append(f.ledger, total{strategy: l.Strategy})
		f.blankBefore = false
		f.blank()
		f.line(0, f.action.paint(f.strategy(l.Strategy)))
		f.tableRow(ledgerWidths(len(l.Devices)), f.ledgerHeader(l.Devices), true)
	}
	f.blankBefore = false
	row := &total{}
	row.add(l)
	f.ledger[len(f.ledger)-1].add(l)
	f.paragraph(2, terminal.Safe(f.Lexicon.Line(l.Note)), "")
	if l.Failure.ID != "" {
		f.prose(4, &f.alarm, []byte(f.label("ledger.failed", layers.A("why", layers.String(terminal.Safe(f.Lexicon.Line(l.Failure)))))), "")
	}
	f.tableRow(ledgerWidths(len(l.Devices)), f.ledgerCells(row), false)
}

// ledgerWidths are the widths of the columns: what is stored on the server and on each device, then the cost.
func ledgerWidths(devices int) []int {
	widths := []int{11}
	for range devices {
		widths = append(widths, 11)
	}
	return append(widths, 7, 7, 8, 6, 8)
}

func (f *Face) ledgerHeader(devices []trace.DeviceRow) []string {
	cells := []string{f.label("ledger.server")}
	for i := range devices {
		cells = append(cells, terminal.Safe(devices[i].Device))
	}
	for _, name := range []string{"packets", "sent", "received", "trips", "connected"} {
		cells = append(cells, f.label("ledger."+name))
	}
	return cells
}

func (f *Face) ledgerCells(t *total) []string {
	cells := []string{f.holding(t.server)}
	for i := range t.devices {
		cells = append(cells, f.holding(t.devices[i].Holding))
	}
	if t.packets == 0 {
		return append(cells, f.glyphs.rule)
	}
	return append(cells, grouped(t.packets, f.comma), f.size(t.sent), f.size(t.received), grouped(t.trips, f.comma), string(f.appendSeconds(nil, t.connected)))
}

func (f *Face) tableRow(widths []int, cells []string, header bool) {
	var line string
	for i, cell := range cells {
		line += padLeft(ansi.Truncate(cell, widths[i], ""), widths[i]+1)
	}
	if header {
		line = f.faint.paint(line)
	}
	f.line(0, line)
}

// holding is a number of mails with their size: "3 (2.9 MB)".
func (f *Face) holding(h trace.Holding) string {
	if h.Bytes == 0 {
		return fmt.Sprint(h.Messages)
	}
	return fmt.Sprintf("%d %8s", h.Messages, "("+f.size(h.Bytes)+")")
}

func (f *Face) strategy(name string) string { return f.label("strategy." + name) }

// endLedger writes the table for the board: a strategy a line, each cost the sum of its acts.
func (f *Face) endLedger() {
	if len(f.ledger) == 0 {
		return
	}
	f.blankBefore = false
	f.blank()
	f.line(0, f.strong.paint(f.label("ledger.board")))
	widths := ledgerWidths(len(f.ledger[0].devices))
	for i := range f.ledger {
		if i == 0 || !sameDevices(f.ledger[i].devices, f.ledger[i-1].devices) {
			f.tableRow(widths, f.ledgerHeader(f.ledger[i].devices), true)
		}
		f.line(0, f.action.paint(f.strategy(f.ledger[i].strategy)))
		f.tableRow(widths, f.ledgerCells(&f.ledger[i]), false)
	}
	f.ledger = nil
}

func sameDevices(a, b []trace.DeviceRow) bool {
	for i := range min(len(a), len(b)) {
		if a[i].Device != b[i].Device {
			return false
		}
	}
	return len(a) == len(b)
}
