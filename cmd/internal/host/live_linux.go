package host

import (
	"context"
	"encoding/binary"
	"errors"
	"net"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"mailwire/layers"
	"mailwire/layers/capture"
)

const (
	snapLength   = 262144
	socketBuffer = 16 << 20 // bytes that the kernel keeps for us while we are busy, if it may
	lookForDrops = 4096     // frames between two questions for what was dropped, where there is no pause
)

// A Live is a live interface as a source of frames, by a packet socket (packet(7)).
type Live struct {
	ctx     context.Context
	idle    Idle
	file    *os.File // the socket, so that the runtime waits for it
	conn    syscall.RawConn
	at      layers.Interface
	frame   layers.Frame
	space   []byte // for a frame, behind room for what is put in front of it
	control []byte
	remarks []capture.Remark
	told    bool // the interface was

	// Of the last frame received.
	receive func(fd uintptr) bool
	length  int // on the cable, less what is put in front; -1: there is no frame, but something to tell
	meta    int // bytes of control
	from    *unix.SockaddrLinklayer
	err     error

	sinceLook int
	dropped   uint64
	ended     bool
}

// headroom is for a VLAN tag that the kernel took out of the frame, or for the header of a cooked frame.
const headroom = 20

// Capture begins to capture on an interface, or with the name [Any] on all. The error is one of this package
// ([ErrNoInterface], [ErrNoRight], [ErrDown]) or of the system.
func Capture(ctx context.Context, name string, idle Idle) (*Live, error) {
	index := 0
	if name != Any {
		i, err := net.InterfaceByName(name)
		if err != nil {
			return nil, ErrNoInterface
		}
		if i.Flags&net.FlagUp == 0 {
			return nil, ErrDown
		}
		index = i.Index
	}
	l := &Live{ctx: ctx, idle: idle, space: make([]byte, headroom+snapLength), control: make([]byte, 256)}
	l.at.Name = name
	if err := l.open(index); err != nil {
		return nil, err
	}
	l.receive = l.receiveFrom
	context.AfterFunc(ctx, func() { l.file.SetReadDeadline(time.Unix(1, 0)) })
	return l, nil
}

// open makes the socket. Only when it is bound it is known what kind of link the interface is; where that has no header
// that we read, or there are several kinds, the kernel leaves it out and a cooked one stands for it.
func (l *Live) open(index int) error {
	l.at.LinkType = layers.LinkTypeSLL2
	if index != 0 {
		fd, hardware, err := bind(unix.SOCK_RAW, index)
		if err != nil {
			return err
		}
		if link, ok := linkTypeOf(hardware); ok {
			l.at.LinkType = link
			return l.use(fd)
		}
		unix.Close(fd)
	}
	fd, _, err := bind(unix.SOCK_DGRAM, index)
	if err != nil {
		return err
	}
	return l.use(fd)
}

// bind makes a packet socket and tells the hardware type of the interface.
func bind(kind, index int) (fd int, hardware uint16, err error) {
	// Without a protocol it receives nothing until it is bound: no frame of another interface slips in.
	fd, err = unix.Socket(unix.AF_PACKET, kind|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		if errors.Is(err, unix.EPERM) || errors.Is(err, unix.EACCES) {
			err = ErrNoRight
		}
		return -1, 0, err
	}
	if unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, socketBuffer) != nil {
		unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, socketBuffer) // as much as is allowed
	}
	err = errors.Join(
		unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1),
		unix.SetsockoptInt(fd, unix.SOL_PACKET, unix.PACKET_AUXDATA, 1),
		unix.Bind(fd, &unix.SockaddrLinklayer{Protocol: network(unix.ETH_P_ALL), Ifindex: index}),
	)
	if err == nil {
		var name unix.Sockaddr
		if name, err = unix.Getsockname(fd); err == nil {
			hardware = name.(*unix.SockaddrLinklayer).Hatype
		}
	}
	if err != nil {
		unix.Close(fd)
		return -1, 0, err
	}
	return fd, hardware, nil
}

// network puts a number into the byte order of the network.
func network(n uint16) uint16 {
	var b [2]byte
	binary.BigEndian.PutUint16(b[:], n)
	return binary.NativeEndian.Uint16(b[:])
}

// linkTypeOf says how frames of a type of hardware (ARPHRD_…) begin.
func linkTypeOf(hardware uint16) (layers.LinkType, bool) {
	switch hardware {
	case unix.ARPHRD_ETHER, unix.ARPHRD_LOOPBACK:
		return layers.LinkTypeEthernet, true
	case unix.ARPHRD_NONE, unix.ARPHRD_RAWIP, unix.ARPHRD_TUNNEL, unix.ARPHRD_TUNNEL6, unix.ARPHRD_SIT:
		return layers.LinkTypeRaw, true
	case unix.ARPHRD_IEEE80211_RADIOTAP:
		return linkTypeRadiotap, true
	}
	return 0, false
}

// linkTypeRadiotap is LINKTYPE_IEEE802_11_RADIOTAP.
const linkTypeRadiotap layers.LinkType = 127

func (l *Live) use(fd int) (err error) {
	l.file = os.NewFile(uintptr(fd), l.at.Name)
	l.conn, err = l.file.SyscallConn()
	return err
}

// Close ends the capturing.
func (l *Live) Close() error { return l.file.Close() }

// Next waits for the next frame, or for something to tell. It ends with [ErrStopped], or with [ErrDown] when the interface does; what was counted
// then stands in the remarks.
func (l *Live) Next() (*layers.Frame, error) {
	l.remarks = l.remarks[:0]
	if l.ended {
		return nil, ErrStopped
	}
	l.tellInterface()
	for {
		if l.sinceLook++; l.sinceLook >= lookForDrops {
			l.tellDrops()
		}
		l.err = nil
		err := l.conn.Read(l.receive)
		if err == nil {
			err = l.err
		}
		if err != nil {
			return nil, l.end(err)
		}
		if l.length < 0 {
			return nil, nil
		}
		if l.isCopy() {
			continue
		}
		l.fill()
		return &l.frame, nil
	}
}

// receiveFrom takes a frame from the socket. It returns false when there is none and the socket is to be waited for.
func (l *Live) receiveFrom(fd uintptr) bool {
	for {
		n, meta, _, from, err := unix.Recvmsg(int(fd), l.space[headroom:], l.control, unix.MSG_TRUNC)
		switch {
		case err == unix.EINTR:
			continue
		case err == unix.EAGAIN:
			if l.tellDrops() {
				l.length = -1
				return true
			}
			l.err = l.idle()
			return l.err != nil
		case err != nil:
			l.err = err
			return true
		}
		l.length, l.meta = n, meta
		l.from, _ = from.(*unix.SockaddrLinklayer)
		return true
	}
}

// isCopy says whether the frame is the first of the two that the loopback interface delivers of each, going out and coming
// in.
func (l *Live) isCopy() bool {
	return l.from != nil && l.from.Hatype == unix.ARPHRD_LOOPBACK && l.from.Pkttype == unix.PACKET_OUTGOING
}

// fill makes the frame of what was received.
func (l *Live) fill() {
	at, vlan, tagged := l.readControl()
	start := headroom
	switch {
	case l.at.LinkType == layers.LinkTypeSLL2:
		start = 0
		l.cook()
	case tagged && l.at.LinkType == layers.LinkTypeEthernet && l.length >= 12:
		// The kernel has taken the tag out; on the cable it stands behind the two addresses.
		start = headroom - 4
		copy(l.space[start:], l.space[headroom:headroom+12])
		copy(l.space[start+12:], vlan[:])
	}
	l.frame.Number++
	l.frame.Time = at
	l.frame.Interface = &l.at
	l.frame.Length = headroom - start + l.length
	l.frame.Data = l.space[start : headroom+min(l.length, snapLength)]
	l.frame.Comment = ""
}

// cook writes the header of LINKTYPE_LINUX_SLL2 in front of a frame without a header.
func (l *Live) cook() {
	h := l.space[:headroom]
	clear(h)
	if l.from == nil {
		return
	}
	binary.NativeEndian.PutUint16(h, l.from.Protocol) // it comes in the byte order of the network
	binary.BigEndian.PutUint32(h[4:], uint32(l.from.Ifindex))
	binary.BigEndian.PutUint16(h[8:], l.from.Hatype)
	h[10] = l.from.Pkttype
	h[11] = min(l.from.Halen, 8)
	copy(h[12:], l.from.Addr[:h[11]])
}

// readControl reads what the kernel tells beside a frame: when it came, and the VLAN tag that it took out.
func (l *Live) readControl() (at time.Time, tag [4]byte, tagged bool) {
	rest := l.control[:l.meta]
	for len(rest) > 0 {
		header, data, next, err := unix.ParseOneSocketControlMessage(rest)
		if err != nil {
			break
		}
		rest = next
		switch {
		case header.Level == unix.SOL_SOCKET && header.Type == unix.SCM_TIMESTAMPNS && len(data) >= 16:
			at = time.Unix(int64(binary.NativeEndian.Uint64(data)), int64(binary.NativeEndian.Uint64(data[8:]))).UTC()
		case header.Level == unix.SOL_PACKET && header.Type == unix.PACKET_AUXDATA && len(data) >= 20:
			// struct tpacket_auxdata: status, three more of 4 and 2 bytes, then the tag and its type
			status := binary.NativeEndian.Uint32(data)
			if tagged = status&unix.TP_STATUS_VLAN_VALID != 0; !tagged {
				continue
			}
			kind := uint16(unix.ETH_P_8021Q)
			if status&unix.TP_STATUS_VLAN_TPID_VALID != 0 {
				kind = binary.NativeEndian.Uint16(data[18:])
			}
			binary.BigEndian.PutUint16(tag[:], kind)
			binary.BigEndian.PutUint16(tag[2:], binary.NativeEndian.Uint16(data[16:]))
		}
	}
	if at.IsZero() {
		at = time.Now().UTC()
	}
	return at, tag, tagged
}

// tellInterface tells where the frames come from, before the first.
func (l *Live) tellInterface() {
	if l.told {
		return
	}
	l.told = true
	l.remarks = append(l.remarks, capture.Remark{Kind: capture.RemarkInterface, Values: []layers.Arg{
		layers.A("name", layers.String(l.at.Name)), layers.A("link-type", layers.Uint(l.at.LinkType)),
		layers.A("snap-length", layers.Int(snapLength)), layers.A("system", layers.String(system())),
	}})
}

// system is what runs on this computer: "Linux 6.1.0".
func system() string {
	var name unix.Utsname
	if unix.Uname(&name) != nil {
		return "Linux"
	}
	return unix.ByteSliceToString(name.Sysname[:]) + " " + unix.ByteSliceToString(name.Release[:])
}

// tellDrops asks the kernel how many frames it dropped since the last time, and tells if there were some.
func (l *Live) tellDrops() bool {
	l.sinceLook = 0
	dropped := l.drops()
	if dropped == 0 {
		return false
	}
	l.dropped += dropped
	l.remarks = append(l.remarks, l.counted(dropped, capture.Dropped(l.at.Name, dropped)))
	return true
}

// drops asks the kernel, which begins to count anew.
func (l *Live) drops() (dropped uint64) {
	l.conn.Control(func(fd uintptr) {
		if s, err := unix.GetsockoptTpacketStats(int(fd), unix.SOL_PACKET, unix.PACKET_STATISTICS); err == nil {
			dropped = uint64(s.Drops)
		}
	})
	return dropped
}

// counted is the remark on how many frames came, and how many of them were dropped.
func (l *Live) counted(dropped uint64, note layers.Note) capture.Remark {
	return capture.Remark{Kind: capture.RemarkStatistics, Note: note, Values: []layers.Arg{
		layers.A("interface", layers.String(l.at.Name)), layers.A("received", layers.Uint(uint64(l.frame.Number)+l.dropped)), layers.A("dropped", layers.Uint(dropped)),
	}}
}

// end tells what was counted in all and says why it ends.
func (l *Live) end(err error) error {
	l.ended = true
	l.dropped += l.drops()
	note := capture.Dropped(l.at.Name, l.dropped)
	if l.dropped == 0 {
		note = layers.N("capture.none-dropped", layers.A("interface", layers.String(l.at.Name)), layers.A("received", layers.Int(l.frame.Number)))
	}
	l.remarks = append(l.remarks, l.counted(l.dropped, note))
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return ErrStopped
	case errors.Is(err, unix.ENETDOWN), errors.Is(err, unix.ENXIO), errors.Is(err, unix.ENODEV):
		return ErrDown
	}
	return err
}

// Names is empty: nobody tells any.
func (l *Live) Names() []capture.Name { return nil }

// Secrets is empty: nobody tells any.
func (l *Live) Secrets() []capture.Secrets { return nil }

// Remarks tells the interface before its first frame, what was dropped when it was, and at the end what was counted.
func (l *Live) Remarks() []capture.Remark { return l.remarks }
