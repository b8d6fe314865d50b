// Package pop3 is being furnished.
package pop3
