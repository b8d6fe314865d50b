package text

import (
	"fmt"
	"strings"
	"time"

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
	deviceMails    []string
	devicesBytes   int64
}

// showLedger writes what an act cost under a strategy, and what is where after it.
func (f *Face) showLedger(l *trace.Ledger) {
	f.endFold()
	if len(f.ledger) == 0 || f.ledger[len(f.ledger)-1].strategy != l.Strategy {
		f.ledger = append(f.ledger, total{strategy: l.Strategy})
		f.blank()
		f.line(0, f.action.Sprint(f.strategy(l.Strategy)))
	}
	f.blankBefore = false
	t := &f.ledger[len(f.ledger)-1]
	t.add(l)
	f.paragraph(2, f.strong.Sprint(terminal.Safe(f.Lexicon.Line(l.Note))), "")
	places := []string{f.label("ledger.server") + " " + f.holding(l.Server)}
	for i := range l.Devices {
		places = append(places, terminal.Safe(l.Devices[i].Device)+" "+f.holding(l.Devices[i].Holding))
	}
	f.paragraph(4, f.label("ledger.holds")+" "+strings.Join(places, ", "), "")
	for i := range l.Devices {
		d := &l.Devices[i]
		if d.PacketsIn+d.PacketsOut > 0 {
			f.paragraph(4, terminal.Safe(d.Device)+": "+f.label("ledger.cost", layers.A("packets", f.number(d.PacketsIn+d.PacketsOut)), layers.A("sent", f.number(int(d.BytesOut))),
				layers.A("received", f.number(int(d.BytesIn))), layers.A("trips", f.number(d.RoundTrips)), layers.A("seconds", layers.String(duration(d.Connected)))), "")
		}
		if d.Note.ID != "" {
			f.paragraph(4, terminal.Safe(d.Device)+": "+terminal.Safe(f.Lexicon.Line(d.Note)), "")
		}
	}
}

func (t *total) add(l *trace.Ledger) {
	t.server = l.Server
	t.deviceMails, t.devicesBytes = nil, 0
	for i := range l.Devices {
		d := &l.Devices[i]
		t.packets += d.PacketsIn + d.PacketsOut
		t.trips += d.RoundTrips
		t.sent += d.BytesOut
		t.received += d.BytesIn
		t.connected += d.Connected
		t.deviceMails = append(t.deviceMails, fmt.Sprint(d.Messages))
		t.devicesBytes += d.Bytes
	}
}

func (f *Face) strategy(name string) string { return f.label("strategy." + name) }

func (f *Face) holding(h trace.Holding) string {
	return f.label("ledger.holding", layers.A("messages", f.number(h.Messages)), layers.A("size", layers.String(f.size(h.Bytes))))
}

// size is a number of bytes with the unit that people would choose; units are those of the SI.
func (f *Face) size(n int64) string {
	switch {
	case n < 10_000:
		return f.number(int(n)).Name() + " B"
	case n < 1_000_000:
		return fmt.Sprintf("%d kB", (n+500)/1000)
	}
	point := "."
	if f.number(1000).Name() != "1,000" {
		point = ","
	}
	return fmt.Sprintf("%d%s%d MB", n/1_000_000, point, n%1_000_000/100_000)
}

// endLedger writes the table for the board: a strategy a line, each figure the sum of its acts.
func (f *Face) endLedger() {
	if len(f.ledger) == 0 {
		return
	}
	f.blank()
	columns := []string{"packets", "sent", "received", "trips", "connected", "server", "devices"}
	widths := make([]int, len(columns))
	rows := [][]string{{""}}
	for _, c := range columns {
		rows[0] = append(rows[0], f.label("board."+c))
	}
	for i := range f.ledger {
		t := &f.ledger[i]
		rows = append(rows, []string{f.strategy(t.strategy), f.number(t.packets).Name(), f.size(t.sent), f.size(t.received), f.number(t.trips).Name(), duration(t.connected),
			f.number(t.server.Messages).Name(), strings.Join(t.deviceMails, "+") + " " + f.size(t.devicesBytes)})
	}
	for _, row := range rows {
		for i, cell := range row[1:] {
			widths[i] = max(widths[i], len([]rune(cell))+2)
		}
	}
	for i, row := range rows {
		var line string
		for j, cell := range row[1:] {
			line += padLeft(cell, widths[j])
		}
		if i > 0 {
			f.line(0, f.strong.Sprint(row[0]))
			f.line(2, line)
		} else {
			f.line(2, f.faint.Sprint(line))
		}
	}
	f.ledger = nil
	f.blankBefore = false
}
