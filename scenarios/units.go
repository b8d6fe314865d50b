package scenarios

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// longest is the longest time that a file can name: the clock of the world covers 292 years in all.
const longest = 10 * 365 * 24 * time.Hour

// longestStory is how long all waits of a file may be together.
const longestStory = 100 * 365 * 24 * time.Hour

// parseDuration reads 20m, 1.5s, 3d: a Go duration, and days; at most ten years.
func parseDuration(s string) (time.Duration, bool) {
	if days, ok := strings.CutSuffix(s, "d"); ok {
		n, err := strconv.ParseUint(days, 10, 16)
		d := time.Duration(n) * 24 * time.Hour
		return d, err == nil && d <= longest
	}
	d, err := time.ParseDuration(s)
	return d, err == nil && d >= 0 && d <= longest
}

// parseDate reads a time as RFC 3339 writes it. Outside 1970 to 2099 the 32-bit clocks of protocols and captures fail.
func parseDate(s string) (time.Time, bool) {
	t, err := time.Parse(time.RFC3339, s)
	year := t.UTC().Year()
	return t, err == nil && year >= 1970 && year < 2100
}

// parseSize reads 640, 640kB, 2 MB, 2MiB: bytes, with the units of the SI and those of powers of two.
func parseSize(s string) (int64, bool) {
	return parseUnit(s, []unit{{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"kB", 1e3}, {"MB", 1e6}, {"B", 1}, {"", 1}})
}

// parseRate reads 100Mbit/s, 10 Gbit/s: bits a second.
func parseRate(s string) (int64, bool) {
	n, ok := parseUnit(s, []unit{{"kbit/s", 1e3}, {"Mbit/s", 1e6}, {"Gbit/s", 1e9}, {"bit/s", 1}})
	return n, ok && n > 0
}

// parsePercent reads 5% or 0.25% as parts in a million.
func parsePercent(s string) (int, bool) {
	digits, ok := strings.CutSuffix(s, "%")
	whole, decimals, _ := strings.Cut(digits, ".")
	n, err := strconv.ParseUint(whole+(decimals + "0000")[:4], 10, 31)
	return int(n), ok && whole != "" && err == nil && len(decimals) <= 4 && n <= 1_000_000
}

type unit struct {
	name string
	of   int64
}

func parseUnit(s string, units []unit) (int64, bool) {
	for _, u := range units {
		digits, ok := strings.CutSuffix(s, u.name)
		if !ok {
			continue
		}
		n, err := strconv.ParseInt(strings.TrimSpace(digits), 10, 64)
		return n * u.of, err == nil && n >= 0 && n <= math.MaxInt64/u.of
	}
	return 0, false
}
