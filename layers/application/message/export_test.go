package message

// Nested is the mail of RFC 9051 §6.4.5.1's example, for the tests that ask others about it.
var Nested = nested
