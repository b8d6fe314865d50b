package smtp

import "strings"

var dialogues = []struct {
	name   string
	script []string
	want   []string
}{
	{"LMTP answers for each recipient", []string{
		"S: 220 mail.example.net LMTP", "C: LHLO a", "S: 250 x", "C: MAIL FROM:<a@b.example>", "S: 250 ok", "C: RCPT TO:<c@d.example>", "S: 250 ok",
		"C: RCPT TO:<e@d.example>", "S: 250 ok", "C: DATA", "S: 354 go", "C: x", "C: .", "S: 250 2.0.0 ok", "S: 452 4.2.2 full",
		"C: MAIL FROM:<a@b.example>", "S: 250 ok", "C: RCPT TO:<c@d.example>", "S: 250 ok", "C: RCPT TO:<e@d.example>", "S: 250 ok",
		"C: BDAT 3 LAST", "C< abc", "S: 250 ok", "S: 250 ok", "C: QUIT", "S: 221 bye",
	}, []string{
		"S greeting 220 | greeting", "C command LHLO | lhlo", "S reply 250 | ehlo.reply", "C command MAIL | mail", "S reply 250 | mail.accepted",
		"C command RCPT | rcpt", "S reply 250 | rcpt.accepted", "C command RCPT | rcpt.another", "S reply 250 | rcpt.accepted",
		"C command DATA | data", "S reply 354 | 354", "C data 6 | data.content", "S reply 250 | lmtp.accepted enhanced.2.0.0",
		"S reply 452 | lmtp.refused enhanced.4.2.2", "C command MAIL | mail", "S reply 250 | mail.accepted",
		"C command RCPT | rcpt", "S reply 250 | rcpt.accepted", "C command RCPT | rcpt.another", "S reply 250 | rcpt.accepted",
		"C command BDAT | bdat bdat.last", "C data 3 | bdat.chunk", "S reply 250 | lmtp.accepted", "S reply 250 | lmtp.accepted",
		"C command QUIT | quit", "S reply 221 | 221",
	}},
	{"a mail behind a refused DATA", []string{
		"S: 220 mail.example.net ESMTP", "C: DATA", "S: 503 no recipients", "C: Hello, Bob", "S: 500 what", "C: .", "S: 500 what",
		"C: QUIT", "S: 221 bye",
	}, []string{
		"S greeting 220 | greeting", "C command DATA | data", "S reply 503 | 503",
		"C data 12 | data.unwanted", "S reply 500 | 500", "C data 3 | data.unwanted", "S reply 500 | 500",
		"C command QUIT | quit", "S reply 221 | 221",
	}},
	{"a login behind a refused AUTH", []string{
		"S: 220 mail.example.net ESMTP", "C: AUTH LOGIN", "S: 503 not here", "C: bHVw", "S: 500 what", "C: bHVwaW5l", "S: 500 what",
		"C: QUIT", "S: 221 bye",
	}, []string{
		"S greeting 220 | greeting", "C command AUTH | auth sasl.login", "S reply 503 | 503",
		"C auth secret=0+4 | auth.unwanted", "S reply 500 | 500", "C auth secret=0+8 | auth.unwanted", "S reply 500 | 500",
		"C command QUIT | quit", "S reply 221 | 221",
	}},
	{"a mail", []string{
		"S: 220 mail.example.net ESMTP",
		"C: EHLO ana.example.net",
		"S: 250-mail.example.net", "S: 250-SIZE 1000", "S: 250 X-NEW",
		"C: MAIL FROM:<ana@example.net> SIZE=100",
		"S: 250 2.1.0 OK",
		"C: RCPT TO:<bob@example.org>",
		"S: 250 2.1.5 OK",
		"C: DATA",
		"S: 354 Go",
		"C: Subject: x", "C: ", "C: ..hidden", "C: .",
		"S: 250 2.0.0 OK",
		"C: QUIT",
		"S: 221 2.0.0 Bye",
	}, []string{
		"S greeting 220 | greeting",
		"C command EHLO | ehlo",
		"S reply 250 | ehlo.reply cap.size cap.x",
		"C command MAIL | mail param.size",
		"S reply 250 | mail.accepted enhanced.2.1.0",
		"C command RCPT | rcpt",
		"S reply 250 | rcpt.accepted enhanced.2.1.5",
		"C command DATA | data",
		"S reply 354 | 354",
		"C data 27 | data.content data.dots",
		"S reply 250 | data.accepted enhanced.2.0.0",
		"C command QUIT | quit",
		"S reply 221 | 221 enhanced.2.0.0",
	}},
	{"two recipients, one refused, in one go", []string{
		"S: 220 mail.example.net ESMTP",
		"C: MAIL FROM:<>", "C: RCPT TO:<a@example.net>", "C: RCPT TO:<b@elsewhere.example>", "C: DATA",
		"S: 250 OK", "S: 250 OK", "S: 550 5.7.1 Relaying denied", "S: 354 Go",
		"C: .", "S: 554 5.6.0 Nothing in it",
		"C: MAIL FROM:<a@example.net>", "S: 250 OK", "C: MAIL FROM:<a@example.net>", "S: 503 5.5.1 Nested MAIL",
	}, []string{
		"S greeting 220 | greeting",
		"C command MAIL | mail.null-sender",
		"C command RCPT | rcpt pipelining",
		"C command RCPT | rcpt.another",
		"C command DATA | data",
		"S reply 250 | mail.accepted",
		"S reply 250 | rcpt.accepted",
		"S reply 550 | rcpt.relay-denied enhanced.5.7.1",
		"S reply 354 | 354",
		"C data 3 | data.content",
		"S reply 554 | data.refused enhanced.5.6.0",
		"C command MAIL | mail",
		"S reply 250 | mail.accepted",
		"C command MAIL | mail mail.second",
		"S reply 503 | 503 enhanced.5.5.1",
	}},
	{"refused DATA is followed by a command", []string{
		"S: 220 x", "C: DATA", "S: 503 5.5.1 MAIL first", "C: RSET", "S: 250 OK",
	}, []string{
		"S greeting 220 | greeting",
		"C command DATA | data",
		"S reply 503 | 503 enhanced.5.5.1",
		"C command RSET | rset",
		"S reply 250 | rset.done",
	}},
	{"chunks with a dot alone in them", []string{
		"S: 220 x",
		"C: BDAT 5", "C: .", "C< ..", "S: 250 5 octets",
		"C: BDAT 3 LAST", "C< ab", "C< c", "S: 250 OK", "C: BDAT x", "S: 501 5.5.4 Size", "C: QUIT", "S: 221 Bye",
	}, []string{
		"S greeting 220 | greeting",
		"C command BDAT | bdat",
		"C data 5 | bdat.chunk",
		"S reply 250 | bdat.accepted",
		"C command BDAT | bdat bdat.last",
		"C data 3 | bdat.chunk",
		"S reply 250 | data.accepted",
		"C command BDAT | bdat syntax",
		"S reply 501 | 501 enhanced.5.5.4",
		"C command QUIT | quit",
		"S reply 221 | 221",
	}},
	{"AUTH PLAIN with its response at once", []string{
		"S: 220 x", "C: AUTH PLAIN AGFuYQBzZWNyZXQ=", "S: 235 2.7.0 Welcome", "C: RSET", "S: 250 OK",
	}, []string{
		"S greeting 220 | greeting",
		"C command AUTH secret=11+16 | auth sasl.plain sasl.credentials sasl.cleartext",
		"S reply 235 | 235 enhanced.2.7.0",
		"C command RSET | rset",
		"S reply 250 | rset.done",
	}},
	{"AUTH LOGIN, then a response that is no command", []string{
		"S: 220 x", "C: auth login", "S: 334 VXNlcm5hbWU6", "C: YW5h", "S: 334 UGFzc3dvcmQ6", "C: c2VjcmV0", "S: 535 5.7.8 No", "C: QUIT", "S: 221 Bye",
	}, []string{
		"S greeting 220 | greeting",
		"C command AUTH | auth sasl.login",
		"S auth 334 | 334 sasl.login.user",
		"C auth | sasl.user",
		"S auth 334 | 334 sasl.login.password",
		"C auth secret=0+8 | sasl.credentials sasl.cleartext",
		"S reply 535 | 535 enhanced.5.7.8",
		"C command QUIT | quit",
		"S reply 221 | 221",
	}},
	{"an unknown mechanism, given up", []string{
		"S: 220 x", "C: AUTH X-OWN", "S: 334 Zm9v", "C: Zm9v", "S: 334 Zm9v", "C: *", "S: 501 5.7.0 Cancelled", "C: NOOP", "S: 250 OK",
	}, []string{
		"S greeting 220 | greeting",
		"C command AUTH | auth sasl.mechanism",
		"S auth 334 | 334 sasl.challenge",
		"C auth secret=0+4 | sasl.response",
		"S auth 334 | 334 sasl.challenge",
		"C auth | sasl.cancel",
		"S reply 501 | 501 enhanced.5.7.0",
		"C command NOOP | noop",
		"S reply 250 | 250",
	}},
	{"CRAM-MD5 keeps the password off the wire", []string{
		"S: 220 x", "C: AUTH CRAM-MD5", "S: 334 PDFAeD4=", "C: YW5hIDAwMTEyMjMz", "S: 235 OK",
	}, []string{
		"S greeting 220 | greeting",
		"C command AUTH | auth sasl.cram-md5",
		"S auth 334 | 334 sasl.cram-md5.challenge",
		"C auth secret=0+16 | sasl.digest",
		"S reply 235 | 235",
	}},
	{"a server that ends at LF.LF", []string{
		"S: 220 x", "C: DATA", "S: 354 Go", "C< a\n.\n", "S: 250 OK", "C: MAIL FROM:<x@example.org>", "S: 250 OK",
	}, []string{
		"S greeting 220 | greeting",
		"C command DATA | data",
		"S reply 354 | 354",
		"C data 4 | data.content data.smuggling",
		"S reply 250 | data.accepted",
		"C command MAIL | mail",
		"S reply 250 | mail.accepted",
	}},
	{"a smuggled end inside a mail", []string{
		"S: 220 x", "C: DATA", "S: 354 Go", "C< a\r\n.\nMAIL FROM:<evil@example.org>\r\n.\r\n", "S: 250 OK",
	}, []string{
		"S greeting 220 | greeting",
		"C command DATA | data",
		"S reply 354 | 354",
		"C data 38 | data.content data.dots data.smuggling",
		"S reply 250 | data.accepted",
	}},
	{"what is no command", []string{
		"S: 220 x", "C: XYZZY now", "S: 500 5.5.2 What", "C: Subject: hi", "S: 500 What", "C< quit\n", "S: 221 Bye",
	}, []string{
		"S greeting 220 | greeting",
		"C command XYZZY | private",
		"S reply 500 | 500 enhanced.5.5.2",
		"C command SUBJECT: | not-a-command",
		"S reply 500 | 500",
		"C command QUIT | quit bare-lf",
		"S reply 221 | 221",
	}},
	{"it begins in the midst of a mail", []string{
		"C: ZGF0YQ== and more", "C: .", "S: 250 OK", "C: QUIT", "S: 221 Bye",
	}, []string{
		"C data 22 | data.middle",
		"S reply 250 | data.accepted",
		"C command QUIT | quit",
		"S reply 221 | 221",
	}},
	{"the client alone", []string{
		"C: EHLO x", "C: MAIL FROM:<a@example.net>", "C: RCPT TO:<b@example.net>", "C: DATA", "C: hi", "C: .", "C: QUIT",
	}, []string{
		"C command EHLO | ehlo",
		"C command MAIL | mail pipelining",
		"C command RCPT | rcpt",
		"C command DATA | data",
		"C data 7 | data.content",
		"C command QUIT | quit",
	}},
	{"LMTP answers once for each recipient", []string{
		"S: 220 x", "C: LHLO y", "S: 250 x", "C: MAIL FROM:<a@example.net>", "S: 250 OK", "C: RCPT TO:<b@example.net>", "S: 250 OK",
		"C: RCPT TO:<c@example.net>", "S: 250 OK", "C: DATA", "S: 354 Go", "C: .", "S: 250 OK", "S: 452 Full", "C: QUIT", "S: 221 Bye",
	}, []string{
		"S greeting 220 | greeting",
		"C command LHLO | lhlo", "S reply 250 | ehlo.reply",
		"C command MAIL | mail", "S reply 250 | mail.accepted",
		"C command RCPT | rcpt", "S reply 250 | rcpt.accepted",
		"C command RCPT | rcpt.another", "S reply 250 | rcpt.accepted",
		"C command DATA | data", "S reply 354 | 354",
		"C data 3 | data.content", "S reply 250 | lmtp.accepted", "S reply 452 | lmtp.refused",
		"C command QUIT | quit", "S reply 221 | 221",
	}},
	{"a server goes away", []string{
		"S: 220 x", "C: NOOP", "S: 250 OK", "S: 421 4.3.2 Going down", "C< QUI",
	}, []string{
		"S greeting 220 | greeting", "C command NOOP | noop", "S reply 250 | 250",
		"S reply 421 | 421 reply.unasked enhanced.4.3.2", "C command QUI incomplete | cut",
	}},
	{"an address without brackets, a parameter with a sign of equality, and letters in a verb", []string{
		"S: 220 x", "C: EHLO [2001:db8::1]", "S: 250 x", "C: MAIL FROM:a@b.example", "S: 250 ok", "C: RCPT TO:<c@d.example> ORCPT=rfc822;a=b@d.example", "S: 250 ok", "C: NOOP é", "S: 500 no",
	}, []string{
		"S greeting 220 | greeting", "C command EHLO | ehlo ehlo.literal syntax.overlooked", "S reply 250 | ehlo.reply", "C command MAIL | mail syntax.overlooked",
		"S reply 250 | mail.accepted", "C command RCPT | rcpt param.orcpt syntax.overlooked", "S reply 250 | rcpt.accepted", "C command NOOP | noop syntax", "S reply 500 | 500",
	}},
	{"bare line ends in a mail", []string{
		"S: 220 x", "C: DATA", "S: 354 Go", "C< a\nb\rc\r", "C< \nd\r\n.\r\n", "S: 250 OK",
	}, []string{
		"S greeting 220 | greeting", "C command DATA | data", "S reply 354 | 354", "C data 13 | data.content data.bare", "S reply 250 | data.accepted",
	}},
	{"a mail that is no text of lines", []string{
		"S: 220 x", "C: MAIL FROM:<a@b.example> BODY=BINARYMIME", "S: 250 ok", "C: RCPT TO:<c@d.example>", "S: 250 ok", "C: BDAT 3 LAST", "C< a\n\r", "S: 250 ok",
	}, []string{
		"S greeting 220 | greeting", "C command MAIL | mail mail.binary", "S reply 250 | mail.accepted", "C command RCPT | rcpt", "S reply 250 | rcpt.accepted",
		"C command BDAT | bdat bdat.last", "C data 3 | bdat.chunk", "S reply 250 | data.accepted",
	}},
	{"a line that is too long", []string{
		"S: 220 x", "C: NOOP " + strings.Repeat("x", 3000), "S: 500 Line too long", "C: NOOP", "S: 250 ok",
	}, []string{
		"S greeting 220 | greeting", "C command NOOP | noop line-too-long", "S reply 500 | 500", "C command NOOP | noop", "S reply 250 | 250",
	}},
	{"a client that does not wait, though nobody offered it, and goes on behind NOOP", []string{
		"S: 220 x", "C: EHLO a", "S: 250-x", "S: 250 HELP", "C: NOOP", "C: RSET", "S: 250 ok", "S: 250 ok",
	}, []string{
		"S greeting 220 | greeting", "C command EHLO | ehlo", "S reply 250 | ehlo.reply cap.help", "C command NOOP | noop",
		"C command RSET | rset pipelining pipelining.unoffered pipelining.last", "S reply 250 | 250", "S reply 250 | rset.done",
	}},
	{"a group as it should be", []string{
		"S: 220 x", "C: EHLO a", "S: 250-x", "S: 250 PIPELINING", "C: RSET", "C: MAIL FROM:<a@b.example>", "C: NOOP", "S: 250 ok", "S: 250 ok", "S: 250 ok",
	}, []string{
		"S greeting 220 | greeting", "C command EHLO | ehlo", "S reply 250 | ehlo.reply cap.pipelining", "C command RSET | rset",
		"C command MAIL | mail pipelining", "C command NOOP | noop", "S reply 250 | rset.done", "S reply 250 | mail.accepted", "S reply 250 | 250",
	}},
}
