package link

import "mailwire/layers"

// Subtypes that are told apart.
const (
	wifiAssociationRequest    = 0
	wifiAssociationResponse   = 1
	wifiReassociationRequest  = 2
	wifiReassociationResponse = 3
	wifiProbeRequest          = 4
	wifiProbeResponse         = 5
	wifiBeacon                = 8
	wifiDisassociation        = 10
	wifiAuthentication        = 11
	wifiDeauthentication      = 12
	wifiAction                = 13
	wifiActionNoAck           = 14

	wifiBlockAckRequest = 8
	wifiBlockAck        = 9
	wifiPSPoll          = 10
	wifiRTS             = 11
	wifiCTS             = 12
	wifiACK             = 13
	wifiCFEnd           = 14 // with an acknowledgment: 15
)

var wifiKinds = [4]string{"management", "control", "data", "extension"}

// wifiNames are the subtypes of the first three kinds (IEEE 802.11 table 9-1).
var wifiNames = [3][16]string{
	{"association request", "association response", "reassociation request", "reassociation response", "probe request", "probe response",
		"timing advertisement", "", "beacon", "ATIM", "disassociation", "authentication", "deauthentication", "action", "action without ACK"},
	{2: "trigger", 3: "TACK", 4: "beamforming report poll", 5: "NDP announcement", 6: "control extension", 7: "control wrapper", 8: "block ACK request",
		9: "block ACK", 10: "PS-Poll", 11: "RTS", 12: "CTS", 13: "ACK", 14: "CF-End", 15: "CF-End and CF-ACK"},
	{"data", "data and CF-ACK", "data and CF-Poll", "data, CF-ACK and CF-Poll", "null", "CF-ACK", "CF-Poll", "CF-ACK and CF-Poll",
		"QoS data", "QoS data and CF-ACK", "QoS data and CF-Poll", "QoS data, CF-ACK and CF-Poll", "QoS null", "", "QoS CF-Poll", "QoS CF-ACK and CF-Poll"},
}

// wifiName is the name of a frame's subtype, or its number.
func wifiName(kind, subtype uint8) string {
	if int(kind) < len(wifiNames) && wifiNames[kind][subtype] != "" {
		return wifiNames[kind][subtype]
	}
	return wifiKinds[kind] + " " + layers.Uint(subtype).String()
}

// wifiReason is why somebody leaves or is sent away (IEEE 802.11 table 9-49).
func wifiReason(n uint16) layers.Value {
	names := [...]string{1: "unspecified", 2: "authentication no longer valid", 3: "leaving", 4: "inactivity", 5: "too many stations",
		6: "frame before authentication", 7: "frame before association", 8: "leaving the network", 9: "not authenticated", 13: "invalid element",
		14: "MIC failure", 15: "4-way handshake timeout", 16: "group key handshake timeout", 17: "handshake element differs", 18: "invalid group cipher",
		19: "invalid pairwise cipher", 20: "invalid AKMP", 23: "802.1X authentication failed", 24: "cipher rejected", 34: "poor channel", 36: "leaving the network",
		45: "cipher not supported by the peer"}
	if int(n) < len(names) {
		return layers.Uint(n).Named(names[n])
	}
	return layers.Uint(n)
}

// wifiStatus is how a request ended (IEEE 802.11 table 9-50).
func wifiStatus(n uint16) layers.Value {
	names := [...]string{0: "successful", 1: "unspecified failure", 10: "capabilities not supported", 11: "reassociation denied", 12: "denied",
		13: "algorithm not supported", 14: "wrong sequence", 15: "challenge failed", 16: "timeout", 17: "too many stations", 18: "rates not supported",
		30: "try again later", 31: "robust management violation", 37: "declined", 40: "invalid element", 43: "invalid AKMP", 53: "invalid PMKID",
		72: "invalid RSN element", 76: "anti-clogging token required", 77: "group not supported", 123: "unknown password identifier",
		126: "hash to element"}
	if int(n) < len(names) {
		return layers.Uint(n).Named(names[n])
	}
	return layers.Uint(n)
}

// wifiAlgorithm is how a station shows who it is before it joins (IEEE 802.11 §9.4.1.1).
func wifiAlgorithm(n uint16) layers.Value {
	v := layers.Uint(n)
	switch n {
	case 0:
		return v.Named("open system")
	case 1:
		return v.Named("shared key")
	case 2:
		return v.Named("fast transition")
	case 3:
		return v.Named("SAE")
	}
	return v
}
