package store

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"mailwire/layers/application/imap"
)

// TestIdleSessionIsSmall: what a session has sent and fetched is not kept while it waits in IDLE.
func TestIdleSessionIsSmall(t *testing.T) {
	const sessions, limit = 300, 20 << 10
	s, _ := bobs(t, 20)
	long := strings.Repeat("A long line of a mail, again and again.\r\n", 5000)
	measure := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	all := make([]*imap.Server, sessions)
	before := measure()
	for i := range all {
		all[i] = imap.NewServer(monday, imap.Config{Backend: s.IMAP(nil)})
		say(all[i], "a LOGIN bob secret|b SELECT INBOX|")
		if i%10 == 0 {
			say(all[i], fmt.Sprintf("c APPEND Nowhere {%d+}|%s|", len(long), long))
		}
		say(all[i], "d FETCH 1:* (FLAGS ENVELOPE BODY.PEEK[])|e IDLE|")
		for _, more := all[i].Next(); more; _, more = all[i].Next() {
		}
	}
	if each := int64(measure()-before) / sessions; each > limit {
		t.Errorf("an idle session takes %d bytes", each)
	} else {
		t.Logf("an idle session takes %d bytes", each)
	}
	runtime.KeepAlive(all)
}
