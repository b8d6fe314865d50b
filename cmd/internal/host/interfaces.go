package host

import (
	"errors"
	"net"
	"slices"
)

// Any is the name that stands for all interfaces at once.
const Any = "any"

// The reasons for which an interface cannot be captured on, beside what the system says.
var (
	ErrNoInterface = errors.New("host: no such interface")
	ErrNoRight     = errors.New("host: capturing is not permitted")
	ErrNotHere     = errors.New("host: no capturing on this system")
	ErrDown        = errors.New("host: the interface is down")
)

// An Interface is one that can be captured on.
type Interface struct {
	Name      string
	Up        bool
	Addresses []string // with their prefix lengths
}

// Interfaces lists those of this computer, in the order of their numbers.
func Interfaces() ([]Interface, error) {
	all, err := net.Interfaces()
	if err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(a, b net.Interface) int { return a.Index - b.Index })
	var list []Interface
	for _, i := range all {
		one := Interface{Name: i.Name, Up: i.Flags&net.FlagUp != 0}
		if addresses, err := i.Addrs(); err == nil {
			for _, a := range addresses {
				one.Addresses = append(one.Addresses, a.String())
			}
		}
		list = append(list, one)
	}
	return list, nil
}

// Addresses lists the addresses of this computer under which others of its network reach it: those of IPv4, or those of
// both versions.
func Addresses(four bool) (all []string) {
	list, err := net.InterfaceAddrs()
	if err != nil {
		return nil
	}
	for _, a := range list {
		ip, ok := a.(*net.IPNet)
		if ok && ip.IP.IsGlobalUnicast() && (!four || ip.IP.To4() != nil) {
			all = append(all, ip.IP.String())
		}
	}
	return all
}
