package message

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

var bounce = Report{
	From: "Mail Delivery System <postmaster@example.net>", To: "ana@example.net", Subject: "Not delivered", Date: monday, MessageID: "r1@example.net",
	InReplyTo: "1@example.net", Text: "Bob has no mailbox here.",
	Delivery: &DeliveryStatus{EnvelopeID: "QQ314159", ReportingMTA: Typed{"dns", "mail.example.net"}, ReceivedFrom: Typed{"dns", "ana-laptop"}, Arrival: monday,
		Recipients: []RecipientStatus{
			{Original: Typed{"rfc822", "bob@example.org"}, Final: AddressOf("b@example.org"), Action: Failed, Status: "5.1.1", RemoteMTA: Typed{"dns", "mx.example.org"},
				Diagnostic: Typed{"smtp", "550 5.1.1 <b@example.org>:\r\n no such user"}, LastAttempt: monday.Add(time.Minute), LogID: "q7"},
			{Final: AddressOf("eve@example.org"), Action: Delayed, Status: "4.4.1", RetryUntil: monday.Add(24 * time.Hour)},
		}},
	Original: []byte("From: ana@example.net\r\nSubject: Lunch\r\n\r\nAt noon?\r\n"),
}

// A report on delivery, byte by byte: its three parts, the groups of fields, and the header alone of the mail.
func TestDeliveryReport(t *testing.T) {
	b, err := bounce.Build()
	if err != nil {
		t.Fatal(err)
	}
	stem := "mailwire-" + digest("r1@example.net")
	want := lines(
		"Date: "+monday.Format(DateLayout),
		"From: Mail Delivery System <postmaster@example.net>",
		"To: ana@example.net",
		"Subject: Not delivered",
		"Message-ID: <r1@example.net>",
		"In-Reply-To: <1@example.net>",
		"References: <1@example.net>",
		"Auto-Submitted: auto-replied",
		"MIME-Version: 1.0",
		"Content-Type: multipart/report;",
		"\treport-type=delivery-status;",
		"\tboundary="+stem,
		"",
		"--"+stem,
		"Content-Type: text/plain; charset=us-ascii",
		"Content-Transfer-Encoding: 7bit",
		"",
		"Bob has no mailbox here.",
		"",
		"--"+stem,
		"Content-Type: message/delivery-status",
		"Content-Transfer-Encoding: 7bit",
		"",
		"Original-Envelope-Id: QQ314159",
		"Reporting-MTA: dns; mail.example.net",
		"Received-From-MTA: dns; ana-laptop",
		"Arrival-Date: "+monday.Format(DateLayout),
		"",
		"Original-Recipient: rfc822; bob@example.org",
		"Final-Recipient: rfc822; b@example.org",
		"Action: failed",
		"Status: 5.1.1",
		"Remote-MTA: dns; mx.example.org",
		"Diagnostic-Code: smtp; 550 5.1.1 <b@example.org>: no such user",
		"Last-Attempt-Date: "+monday.Add(time.Minute).Format(DateLayout),
		"Final-Log-ID: q7",
		"",
		"Final-Recipient: rfc822; eve@example.org",
		"Action: delayed",
		"Status: 4.4.1",
		"Will-Retry-Until: "+monday.Add(24*time.Hour).Format(DateLayout),
		"",
		"--"+stem,
		"Content-Type: text/rfc822-headers",
		"Content-Transfer-Encoding: 7bit",
		"",
		"From: ana@example.net",
		"Subject: Lunch",
		"",
		"--"+stem+"--",
	)
	if string(b) != want {
		t.Errorf("got:\n%s\nwant:\n%s", b, want)
	}
	r, ok := Parse(b).Report()
	if !ok || r.Type != "delivery-status" || r.Text != "Bob has no mailbox here.\r\n" || r.Original.Decoded("Subject") != "Lunch" {
		t.Errorf("read back: %+v, %v", r, ok)
	}
	expect := *bounce.Delivery
	expect.Recipients = append([]RecipientStatus{}, expect.Recipients...)
	expect.Recipients[0].Diagnostic.Value = "550 5.1.1 <b@example.org>: no such user"
	equalTimes(&expect, r.Delivery)
	if !reflect.DeepEqual(r.Delivery, &expect) {
		t.Errorf("status read back:\n%+v\nwant\n%+v", r.Delivery, &expect)
	}
}

// equalTimes lets times that are equal be compared with ==.
func equalTimes(want, got *DeliveryStatus) {
	settle := func(want, got *time.Time) {
		if want.Equal(*got) {
			*got = *want
		}
	}
	settle(&want.Arrival, &got.Arrival)
	for i := range got.Recipients {
		settle(&want.Recipients[i].LastAttempt, &got.Recipients[i].LastAttempt)
		settle(&want.Recipients[i].RetryUntil, &got.Recipients[i].RetryUntil)
	}
}

// RET=FULL brings the whole mail back, and addresses that are not ASCII have types of their own (RFC 6533).
func TestReportsThatReturnAll(t *testing.T) {
	r := bounce
	r.Return = ReturnFull
	b, err := r.Build()
	m := Parse(b)
	if err != nil || len(m.Root.Parts) != 3 || m.Root.Parts[2].Message == nil || string(m.BodyBytes(m.Root.Parts[2])) != string(r.Original) {
		t.Fatalf("%v\n%s", err, b)
	}
	if got, _ := m.Report(); got.Original.Decoded("Subject") != "Lunch" || got.Part != m.Root.Parts[2] {
		t.Errorf("read back %+v", got)
	}
	r.Delivery = &DeliveryStatus{ReportingMTA: Typed{"dns", "m"}, Recipients: []RecipientStatus{{Final: AddressOf("josé@example.org"), Action: Failed, Status: "5.1.1"}}}
	r.Original = []byte("Subject: é\r\n\r\nx\r\n")
	for back, types := range map[Return]string{
		ReturnHeader: "text/plain message/global-delivery-status message/global-headers", ReturnFull: "text/plain message/global-delivery-status message/global"} {
		r.Return = back
		b, err = r.Build()
		var got []string
		for _, p := range Parse(b).Root.Parts {
			got = append(got, p.Type.String())
		}
		if err != nil || strings.Join(got, " ") != types {
			t.Errorf("%v: %v, want %s", err, got, types)
		}
		if read, _ := Parse(b).Report(); read.Delivery.Recipients[0].Final != (Typed{"utf-8", "josé@example.org"}) || read.Original.Decoded("Subject") != "é" {
			t.Errorf("read back %+v", read.Delivery)
		}
	}
	r.Original = nil
	if b, err = r.Build(); err != nil || len(Parse(b).Root.Parts) != 2 {
		t.Errorf("without the mail: %v\n%s", err, b)
	}
}

func TestReportsThatCannotBe(t *testing.T) {
	for _, change := range []func(r *Report){
		func(r *Report) { r.Delivery = nil },
		func(r *Report) { r.Delivery = &DeliveryStatus{} },
		func(r *Report) { r.Delivery = &DeliveryStatus{ReportingMTA: Typed{"dns", "m"}} },
		func(r *Report) {
			r.Delivery = &DeliveryStatus{ReportingMTA: Typed{"dns", "m"}, Recipients: []RecipientStatus{{Final: AddressOf("a@b")}}}
		},
		func(r *Report) { r.Disposition = &Disposition{} },
		func(r *Report) { r.Delivery, r.Disposition = nil, &Disposition{} },
		func(r *Report) { r.Date = time.Time{} },
		func(r *Report) { r.To = "nobody" },
	} {
		r := bounce
		if change(&r); r.To != "" {
			if b, err := r.Build(); err == nil {
				t.Errorf("built:\n%s", b)
			}
		}
	}
}

// A status as other servers write it.
func TestDeliveryStatusOfOthers(t *testing.T) {
	s := ParseDeliveryStatus([]byte("REPORTING-MTA: DNS;cs.utk.edu (x)\nX-Postfix-Queue-ID: 123\n\n\nfinal-recipient: RFC822; <a@b>\naction: Failed (x)\nstatus: 4.0.0 (unknown)\n" +
		"diagnostic-code: smtp;\n 426 connection timed out\n\nX-Nobody: here\n\nOriginal-Recipient: rfc822;c@d\n"))
	if s.ReportingMTA != (Typed{"DNS", "cs.utk.edu (x)"}) || len(s.Further) != 1 || s.Further[0].Value != "123" || len(s.Recipients) != 2 {
		t.Fatalf("%+v", s)
	}
	if r := s.Recipients[0]; r.Action != Failed || r.Status != "4.0.0" || r.Diagnostic != (Typed{"smtp", "426 connection timed out"}) || r.Final.Value != "<a@b>" {
		t.Errorf("%+v", r)
	}
	for _, empty := range []string{"", "\n\n\n", "x", strings.Repeat("\n", 100000)} {
		if s := ParseDeliveryStatus([]byte(empty)); len(s.Recipients) != 0 {
			t.Errorf("%q: %+v", empty, s)
		}
	}
}

func TestReceipt(t *testing.T) {
	r := Report{From: "bob@example.org", To: "ana@example.net", Subject: "Read", Date: monday, MessageID: "d1@example.org", Text: "Bob saw it.",
		Disposition: &Disposition{ReportingUA: "laptop.example.org; mailwire", Original: AddressOf("bob@example.org"), Final: AddressOf("bob@example.org"), MessageID: "1@example.net",
			Type: "displayed", Modifiers: []string{"error"}, Error: []string{"half of it"}}}
	b, err := r.Build()
	if err != nil {
		t.Fatal(err)
	}
	facts := lines("Reporting-UA: laptop.example.org; mailwire", "Original-Recipient: rfc822; bob@example.org", "Final-Recipient: rfc822; bob@example.org",
		"Original-Message-ID: <1@example.net>", "Disposition: manual-action/MDN-sent-manually; displayed/error", "Error: half of it")
	m := Parse(b)
	if got := string(m.BodyBytes(m.Root.Parts[1])); got != facts || m.Root.Type.Params.Get("report-type") != "disposition-notification" {
		t.Errorf("got:\n%s", b)
	}
	if got, ok := m.Report(); !ok || !reflect.DeepEqual(got.Disposition, r.Disposition) {
		t.Errorf("read back %+v", got.Disposition)
	}
	for _, c := range []struct {
		value string
		want  Disposition
	}{
		{"automatic-action/MDN-sent-automatically; deleted", Disposition{Automatic: true, SentByRule: true, Type: "deleted"}},
		{"Manual-Action / mdn-sent-automatically (x) ; Displayed / a, b", Disposition{SentByRule: true, Type: "displayed", Modifiers: []string{"a", "b"}}},
		{"rubbish", Disposition{}}, {"", Disposition{}},
	} {
		if got := ParseDisposition([]byte("Disposition: " + c.value + "\r\n")); !reflect.DeepEqual(got, &c.want) {
			t.Errorf("%q: %+v", c.value, got)
		}
	}
}

func TestWhoMayBeAnswered(t *testing.T) {
	for _, c := range []struct{ header, reversePath, field string }{
		{"", "ana@example.net", ""}, {"", "", "Return-Path"}, {"Auto-Submitted: no (x)\r\n", "a@b", ""}, {"auto-submitted: Auto-Replied; a=b\r\n", "a@b", "auto-submitted"},
		{"Precedence: Bulk\r\n", "a@b", "Precedence"}, {"Precedence: first-class\r\n", "a@b", ""}, {"List-Id: <x>\r\n", "a@b", "List-Id"},
		{"", "owner-list@x", "Return-Path"}, {"", "list-request@x", "Return-Path"}, {"", "MAILER-DAEMON@x", "Return-Path"},
	} {
		h, _ := ParseHeader([]byte(c.header))
		if ok, field := MayAnswer(h, c.reversePath); ok != (c.field == "") || field != c.field {
			t.Errorf("%q from <%s>: %v, %q", c.header, c.reversePath, ok, field)
		}
	}
	if MayReport("") || !MayReport("ana@example.net") {
		t.Error("reports are for everybody but the null path")
	}
	for _, c := range []struct {
		value, reversePath string
		to                 int
		ask                bool
	}{{"ana@example.net", "ana@EXAMPLE.net", 1, false}, {"ana@example.net", "", 0, false}, {"ana@example.net", "eve@example.net", 1, true}, {"a@b, c@d", "a@b", 2, true}} {
		h, _ := ParseHeader([]byte("Disposition-Notification-To: " + c.value + "\r\n"))
		if r := h.ReceiptRequest(c.reversePath); len(r.To) != c.to || r.Ask != c.ask {
			t.Errorf("%s from <%s>: %+v", c.value, c.reversePath, r)
		}
	}
}
