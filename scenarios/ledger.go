package scenarios

import (
	"time"

	"mailwire/layers"
	"mailwire/layers/trace"
	"mailwire/sim/mail"
	"mailwire/sim/network"
)

// A meter counts the frames at a device's own cable.
type meter struct {
	device string
	figures
	asked bool // the device has sent data that is not answered yet
}

// Figures are what a meter shows.
type figures struct {
	packetsOut, packetsIn int
	bytesOut, bytesIn     int64
	roundTrips            int
	connected             time.Duration
}

// count counts a frame at its tap, if it is at the device's cable.
func (m *meter) count(c *network.Crossing) {
	switch m.device {
	case c.From.Device.Name():
		m.packetsOut++
		m.bytesOut += int64(len(c.Data))
		m.asked = m.asked || speaks(c)
	case c.To.Device.Name():
		m.packetsIn++
		m.bytesIn += int64(len(c.Data))
		if m.asked && speaks(c) {
			m.asked = false
			m.roundTrips++
		}
	}
}

const flagSYN = 0x02

var isSYN = network.TCPFlags(flagSYN)

// speaks says whether a frame carries something to answer, or an answer: data, or a step of the handshake.
func speaks(c *network.Crossing) bool { return network.TCPData(c) || network.UDP(c) || isSYN(c) }

// A row is a line of the ledger while its act goes on.
type row struct {
	run    *run
	act    *Act
	person *Person
	before []figures
}

// openRow notes the figures before an act; nil when nobody keeps a ledger.
func (r *run) openRow(a *Act) *row {
	if !r.scenario.Ledger {
		return nil
	}
	row := &row{run: r, act: a, person: r.scenario.person(a.Who)}
	for _, d := range row.person.Devices {
		row.before = append(row.before, r.figures(row.person, d.Host))
	}
	return row
}

// figures are those of a device now. The first question makes its meter.
func (r *run) figures(p *Person, device string) figures {
	for _, m := range r.meters {
		if m.device == device {
			f := m.figures
			f.connected = r.agent(p.Name, device).Connected()
			return f
		}
	}
	r.meters = append(r.meters, &meter{device: device})
	return figures{}
}

// close shows what the act has cost, and what is where now.
func (w *row) close(failure *mail.Failure) {
	if w == nil {
		return
	}
	r := w.run
	e := &trace.Ledger{Act: w.act.Does, Note: r.sentence(w.act), Server: w.serverHolding()}
	if failure != nil {
		e.Failure = failure.Note
	}
	for i, d := range w.person.Devices {
		agent := r.agent(w.person.Name, d.Host)
		if d.Host == w.act.On {
			e.Strategy = d.Reads
		}
		now, before := r.figures(w.person, d.Host), w.before[i]
		e.Devices = append(e.Devices, trace.DeviceRow{
			Device: d.Host, Holding: agent.Holding(),
			PacketsOut: now.packetsOut - before.packetsOut, PacketsIn: now.packetsIn - before.packetsIn,
			BytesOut: now.bytesOut - before.bytesOut, BytesIn: now.bytesIn - before.bytesIn,
			RoundTrips: now.roundTrips - before.roundTrips, Connected: now.connected - before.connected,
			Note: offline(agent),
		})
	}
	r.show(e)
}

// offline says what can be read on a device without the network.
func offline(a *mail.Agent) layers.Note {
	return layers.N("mail.offline", layers.A("readable", layers.Int(a.Holding().Messages)), layers.A("known", layers.Int(a.Known())))
}

func (w *row) serverHolding() trace.Holding {
	store := w.run.stores[domainOf(w.person.Address)]
	if store == nil {
		return trace.Holding{}
	}
	account, ok := store.Lookup(w.person.Address)
	if !ok {
		return trace.Holding{}
	}
	h := account.Holding()
	return trace.Holding{Messages: h.Messages, Bytes: h.Bytes}
}
