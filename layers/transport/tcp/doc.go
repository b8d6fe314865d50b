// Package tcp is the Transmission Control Protocol (RFC 9293) as a machine of segments and events.
//
// A [Conn] is one end of one connection: segments go in by Receive, what may be sent now comes out by NextSegment, the
// program's bytes go through Write and Read, time passes through Deadline and Expire, and Next tells what happened. A
// [Stack] is all connections of a host: it finds the connection that a segment belongs to, opens new ones for its
// listeners, and answers what fits nothing with a reset. A [Segment] is the form on the wire; a [Header] is the same
// for people to read.
//
// Modelled: every state and arrow of RFC 9293 §3.3.2 with passive, active and simultaneous open, half-close and
// simultaneous close; MSS (§3.7.1); initial numbers by RFC 6528; the retransmission timer of RFC 6298; slow start,
// congestion avoidance and fast retransmit (RFC 5681) with NewReno (RFC 6582) or SACK-based recovery (RFC 2018, 6675),
// limited transmit (RFC 3042) and the initial window of RFC 6928; window scale, timestamps and PAWS (RFC 7323); delayed
// acknowledgement, Nagle's algorithm, silly-window avoidance on both sides, persist probes, keep-alive; the challenge
// acknowledgements of RFC 5961; TIME-WAIT and its reuse.
//
// Not modelled: data on a SYN (it is sent again after the handshake), urgent data (read as ordinary data), ECN, path
// MTU probing, RACK-TLP, D-SACK, authentication, Fast Open, Multipath TCP.
package tcp
