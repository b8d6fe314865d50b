package anonymize

import (
	"strings"
	"sync"
)

// What may stay. Everything here is a word of a protocol, or one that everybody uses: it tells nothing of anybody.

// A wordSet is some of these words, in lower case. It is made when it is first asked: a program that only might replace words
// does not pay for them at its start.
type wordSet func() map[string]bool

func set(words string) wordSet {
	return sync.OnceValue(func() map[string]bool {
		m := map[string]bool{}
		for _, w := range strings.Fields(words) {
			m[w] = true
		}
		return m
	})
}

func (s wordSet) has(word string) bool { return s()[word] }

// common are the words of names that everybody has: domains at the top, and folders.
var common = set(`com org net edu gov mil int arpa in-addr ip6 local localhost localdomain invalid inbox sent drafts trash junk spam archive
	_tcp _udp _smtp _imap _imaps _pop3 _pop3s _submission _submissions`)

// services are the first labels that many hosts have.
var services = set(`mail smtp imap pop pop3 www mx ns dns`)

// spoken are the words of replies.
var spoken = set(`ok ready service server esmtp smtp lmtp pop3 imap imap4 imap4rev1 imap4rev2 hello hi pleased to meet you greetings welcome at your
	sender recipient recipients accepted accept okay queued queue as for delivery delivered mail message messages end data with input start enter on a line
	by itself go ahead please closing connection channel transmission bye goodbye logout login logged in out authentication authenticated successful
	succeeded success failed failure failures required requires unsupported supported rejected reject relay relaying denied not allowed permitted
	user unknown mailbox unavailable full no such here address domain does exist command commands unrecognized unrecognised syntax error errors
	parameter parameters argument arguments bad sequence of invalid too many large long size exceeds limit fixed maximum temporary temporarily permanent
	problem try again later timeout timed is are was has have been be will the this that and or an it its from
	maildrop locked lock octets octet bytes byte new visible deleted marked list listing follows top completed complete done begin tls starttls now
	negotiation started selected select examined examine closed close fetch store copy move search expunge expunged noop idle idling terminated
	capability capabilities namespace unlimited flags permitted predicted next uid uids valid read write only first unseen recent exists
	reset state rset vrfy expn help ehlo helo auth plain cram md5 digest ntlm gssapi xoauth2 oauthbearer anonymous external scram sha 1 256
	user pass apop stat uidl dele retr quit capa stls sasl resp codes respcodes pipelining expire never delay implementation
	8bitmime 7bit binarymime chunking dsn enhancedstatuscodes etrn smtputf8 xclient xforward deliverby turn verp requiretls burl
	postmaster daemon account password username send more text authorization authenticate cannot could any all nothing can do
	status report content disposition transfer encoding type version mime`)

// verbs are the commands of SMTP and POP3; a word that is none is replaced.
var verbs = set(`helo ehlo lhlo mail rcpt data bdat rset vrfy expn help noop quit auth starttls turn etrn send soml saml xclient xforward atrn burl
	user pass apop stat list retr dele uidl top stls capa last xtnd utf8 lang`)

// mechanisms of SASL.
var mechanisms = set(`plain login cram-md5 digest-md5 ntlm gssapi gss-spnego xoauth2 oauthbearer anonymous external scram-sha-1 scram-sha-1-plus
	scram-sha-256 scram-sha-256-plus kerberos_v4 skey otp srp x-plain-submit msn`)

// parameters of MAIL and RCPT, and their values.
var parameters = set(`size body ret envid auth notify orcpt smtputf8 by holdfor holduntil mt-priority rrvs requiretls
	7bit 8bitmime binarymime hdrs never success failure delay rfc822 utf-8`)

// imapWords are the atoms of IMAP.
var imapWords = set(`nil capability noop logout starttls authenticate login select examine create delete rename subscribe unsubscribe list lsub status append
	check close expunge search fetch store copy uid idle done namespace id enable move unselect getquota getquotaroot setquota quota quotaroot
	getacl setacl deleteacl listrights myrights acl rights sort thread xlist compress deflate getmetadata setmetadata metadata genurlauth urlfetch
	ok no bad bye preauth alert badcharset parse permanentflags read-only read-write trycreate uidnext uidvalidity unseen appenduid copyuid uidnotsticky
	highestmodseq nomodseq modified closed unavailable authenticationfailed authorizationfailed expired privacyrequired contactadmin noperm inuse
	expungeissued corruption servorbug clientbug cannot limit overquota alreadyexists nonexistent notsaved hasnochildren haschildren capability
	exists recent flags envelope internaldate rfc822 rfc822.size rfc822.header rfc822.text body body.peek bodystructure binary binary.peek binary.size
	header header.fields header.fields.not text mime changedsince unchangedsince vanished modseq x-gm-msgid x-gm-thrid x-gm-labels
	+flags -flags flags.silent +flags.silent -flags.silent silent
	all answered bcc before cc deleted draft flagged from keyword larger new not old on or recent seen sentbefore senton sentsince since smaller subject
	to unanswered undeleted undraft unflagged unkeyword unseen charset utf-8 us-ascii return min max count save partial
	messages storage message reference references orderedsubject
	imap4 imap4rev1 imap4rev2 auth sasl-ir literal+ literal- unselect children special-use uidplus condstore qresync esearch searchres within enable
	list-extended list-status acl quota id idle login-referrals mailbox-referrals namespace logindisabled move binary catenate urlauth
	sort=display thread=references thread=orderedsubject multiappend context=search context=sort i18nlevel=1 xlist x-gm-ext-1 utf8=accept utf8=only
	compress=deflate appendlimit notify filters metadata xapplepushservice unauthenticate preview preview=fuzzy savedate objectid rights= xyzzy
	\answered \flagged \deleted \seen \draft \recent \* \noselect \noinferiors \marked \unmarked \haschildren \hasnochildren \nonexistent
	\subscribed \remote \all \archive \drafts \junk \sent \trash \important
	$forwarded $mdnsent $junk $notjunk $phishing nonjunk junk
	inbox sent drafts trash spam archive imapv1 name version vendor os os-version support-url`)

// mimeWords are those of Content-Type and its like.
var mimeWords = set(`text plain html enriched richtext calendar csv css xml multipart mixed alternative related digest report signed encrypted parallel form-data
	message rfc822 partial external-body delivery-status disposition-notification global application octet-stream pdf zip msword postscript
	pkcs7-signature x-pkcs7-signature pkcs7-mime pgp-signature pgp-encrypted ms-tnef image jpeg jpg gif png bmp tiff svg audio mpeg wav video mp4
	charset utf-8 us-ascii ascii iso-8859-1 iso-8859-2 iso-8859-15 windows-1252 windows-1251 gb2312 gbk gb18030 big5 iso-2022-jp shift_jis koi8-r euc-kr
	boundary name filename format flowed fixed delsp yes no 7bit 8bit binary quoted-printable base64 x-uuencode attachment inline
	creation-date modification-date read-date size micalg protocol report-type type start method request reply nil iso utf 8859 1 2 15 windows 1252 us 1.0`)

// headerNames are the fields of a mail's header that are known; the name of any other is replaced.
var headerNames = set(`date from sender reply-to to cc bcc message-id in-reply-to references subject comments keywords received return-path
	resent-date resent-from resent-sender resent-to resent-cc resent-bcc resent-message-id delivered-to x-original-to envelope-to x-envelope-to x-envelope-from
	delivery-date mime-version content-type content-transfer-encoding content-id content-description content-disposition content-language content-location
	content-class content-md5 content-length lines status x-status list-id list-unsubscribe list-unsubscribe-post list-post list-help list-subscribe list-owner
	list-archive precedence priority importance sensitivity x-priority x-msmail-priority x-mailer x-mimeole user-agent organization errors-to
	disposition-notification-to return-receipt-to auto-submitted thread-topic thread-index accept-language x-originating-ip x-sender
	authentication-results received-spf dkim-signature domainkey-signature arc-seal arc-message-signature arc-authentication-results
	x-spam-status x-spam-flag x-spam-score x-spam-level x-spam-checker-version x-virus-scanned x-mozilla-status x-mozilla-status2 x-mozilla-keys
	x-uidl x-enigmail-version x-accept-language newsgroups path xref followup-to expires supersedes distribution x-antivirus x-antivirus-status
	x-ms-has-attach x-ms-tnef-correlator x-ms-exchange-organization-scl x-google-smtp-source x-gm-message-state x-received x-forwarded-to x-forwarded-for`)

// receivedWords are those that join the parts of a Received field.
var receivedWords = set(`from by with for via id helo ehlo smtp esmtp esmtps esmtpa esmtpsa lmtp lmtps http https tcp tls cipher bits verified unknown local`)

// dateWords are those of a date.
var dateWords = set(`mon tue wed thu fri sat sun jan feb mar apr may jun jul aug sep oct nov dec gmt ut utc est edt cst cdt mst mdt pst pdt cet cest bst am pm
	monday tuesday wednesday thursday friday saturday sunday z`)

var monthNames = set(`jan feb mar apr may jun jul aug sep oct nov dec`)

// isDate tells a text that holds nothing but a date: a month's name, days, numbers, times and zones.
func isDate(b []byte) bool {
	month := false
	for at := 0; at < len(b); {
		end := wordEnd(b, at)
		if end == at {
			if !strings.ContainsRune(" ,:+-()\t\r\n.\"", rune(b[at])) {
				return false
			}
			at++
			continue
		}
		w := b[at:end]
		if !allDigits(w, 4) && !dateWords.has(lower(w)) {
			return false
		}
		month = month || monthNames.has(lower(w))
		at = end
	}
	return month && len(b) < 100
}
