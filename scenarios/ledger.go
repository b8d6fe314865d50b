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
	connected             time.Duration // of a meter: what was taken already
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

// meterDevices puts a meter at the cable of every device, if a ledger is kept.
func (r *run) meterDevices() {
	if !r.scenario.Ledger {
		return
	}
	for _, p := range r.scenario.People {
		for _, d := range p.Devices {
			if r.meter(d.Host) == nil {
				r.meters = append(r.meters, &meter{device: d.Host})
			}
		}
	}
}

func (r *run) meter(device string) *meter {
	for _, m := range r.meters {
		if m.device == device {
			return m
		}
	}
	return nil
}

// A row is a line of the ledger. It is shown when the next act begins, so that the frames that close its connections are
// in it, and takes all that the meters have counted since the row before: no frame is in two rows or in none.
type row struct {
	act     *Act
	person  *Person
	failure *mail.Failure
}

// openRow begins the row of an act, if a ledger is kept.
func (r *run) openRow(a *Act) {
	if r.scenario.Ledger {
		r.row = &row{act: a, person: r.scenario.person(a.Who)}
	}
}

// end notes how the act ended.
func (w *row) end(f *mail.Failure) {
	if w != nil {
		w.failure = f
	}
}

// closeRow shows what the act has cost, and what is where now.
func (r *run) closeRow() {
	w := r.row
	if w == nil {
		return
	}
	r.row = nil
	e := &trace.Ledger{Act: w.act.Does, Note: r.sentence(w.act), Server: r.serverHolding(w.person)}
	if w.failure != nil {
		e.Failure = w.failure.Note
	}
	for _, d := range w.person.Devices {
		agent := r.agent(w.person.Name, d.Host)
		if d.Host == w.act.On {
			e.Strategy = d.Reads
		}
		cost := r.meter(d.Host).take(agent.Connected())
		e.Devices = append(e.Devices, trace.DeviceRow{
			Device: d.Host, Holding: agent.Holding(), PacketsOut: cost.packetsOut, PacketsIn: cost.packetsIn,
			BytesOut: cost.bytesOut, BytesIn: cost.bytesIn, RoundTrips: cost.roundTrips, Connected: cost.connected,
			Note: offline(agent),
		})
	}
	r.show(e)
}

// take returns what was counted since it was taken last. Connected is how long the device has been connected in all.
func (m *meter) take(connected time.Duration) figures {
	cost := m.figures
	cost.connected = connected - m.connected
	m.figures = figures{connected: connected}
	return cost
}

// offline says what can be read on a device without the network.
func offline(a mail.UserAgent) layers.Note {
	return layers.N("mail.offline", layers.A("readable", layers.Int(a.Holding().Messages)), layers.A("known", layers.Int(a.Known())))
}

func (r *run) serverHolding(p *Person) trace.Holding {
	store := r.stores[domainOf(p.Address)]
	if store == nil {
		return trace.Holding{}
	}
	account, ok := store.Lookup(p.Address)
	if !ok {
		return trace.Holding{}
	}
	h := account.Holding()
	return trace.Holding{Messages: h.Messages, Bytes: h.Bytes}
}
