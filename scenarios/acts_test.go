package scenarios

import (
	"testing"
	"time"
)

func TestSpoken(t *testing.T) {
	for _, c := range []struct {
		d    time.Duration
		want string
	}{
		{20 * time.Minute, "20 min"},
		{90 * time.Second, "1 min 30 s"},
		{10 * time.Hour, "10 h"},
		{76 * time.Hour, "3 d 4 h"},
		{1500 * time.Millisecond, "1 s 500 ms"},
		{5 * time.Second, "5 s"},
	} {
		if got := spoken(c.d); got != c.want {
			t.Errorf("spoken(%v) = %q, want %q", c.d, got, c.want)
		}
	}
}

func TestPercent(t *testing.T) {
	for _, c := range []struct {
		text string
		want int
		back string
	}{{"5%", 50_000, "5"}, {"0.25%", 2_500, "0.25"}, {"100%", 1_000_000, "100"}} {
		n, ok := parsePercent(c.text)
		if !ok || n != c.want || percentOf(n) != c.back {
			t.Errorf("%s: %d, %v, %q; want %d, %q", c.text, n, ok, percentOf(n), c.want, c.back)
		}
	}
	for _, bad := range []string{"5", "%", "101%", "-1%", "1.23456%", "x%", ".5%"} {
		if n, ok := parsePercent(bad); ok {
			t.Errorf("%s is read as %d", bad, n)
		}
	}
}

func TestUnits(t *testing.T) {
	for text, want := range map[string]int64{"640": 640, "640 kB": 640_000, "2MiB": 2 << 20, "10 MB": 10_000_000} {
		if n, ok := parseSize(text); !ok || n != want {
			t.Errorf("%s is %d, %v; want %d", text, n, ok, want)
		}
	}
	for _, bad := range []string{"", "-1", "MB", "9999999999999999MiB", "1 GB"} {
		if n, ok := parseSize(bad); ok {
			t.Errorf("%q is read as the size %d", bad, n)
		}
	}
	if n, ok := parseRate("100Mbit/s"); !ok || n != 100_000_000 {
		t.Errorf("100Mbit/s is %d, %v", n, ok)
	}
	for _, bad := range []string{"0bit/s", "100", "fast"} {
		if n, ok := parseRate(bad); ok {
			t.Errorf("%q is read as the rate %d", bad, n)
		}
	}
	if d, ok := parseDuration("3d"); !ok || d != 72*time.Hour {
		t.Errorf("3d is %v, %v", d, ok)
	}
}
