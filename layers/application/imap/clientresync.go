package imap

// SelectWith opens a mailbox with parameters: CONDSTORE, or QRESYNC, which the server must have enabled (RFC 7162).
func (c *Client) SelectWith(mailbox string, options SelectOptions) (tag string) {
	return c.openWith("SELECT", mailbox, options)
}

// ExamineWith does the same for reading alone.
func (c *Client) ExamineWith(mailbox string, options SelectOptions) (tag string) {
	return c.openWith("EXAMINE", mailbox, options)
}

func (c *Client) openWith(name, mailbox string, options SelectOptions) string {
	r := c.issue(name, c.encoder(name).SP().Mailbox(mailbox).selectParams(options))
	r.mailbox = mailbox
	return r.tag
}

// CreateFor makes a mailbox for a purpose, such as \Sent, at a server that can CREATE-SPECIAL-USE (RFC 6154 §3).
func (c *Client) CreateFor(mailbox, use string) (tag string) {
	return c.issue("CREATE", c.encoder("CREATE").SP().Mailbox(mailbox).Atom(" (USE (").Atom(use).Atom("))")).tag
}

// ListWith asks for mailboxes by several patterns, with options of what is listed and what is told (RFC 5258). A server
// tells STATUS of each, where options say so, in a response of its own behind that of LIST (RFC 5819).
func (c *Client) ListWith(options ListOptions, reference string, patterns ...string) (tag string) {
	e := c.encoder("LIST").SP().listSelection(options).ListMailbox(reference).SP()
	if len(patterns) == 1 {
		e.ListMailbox(patterns[0])
	} else {
		e.list(len(patterns), func(i int) { e.ListMailbox(patterns[i]) })
	}
	return c.issue("LIST", e.listReturn(options)).tag
}

// UIDFetchChanged asks for items of those among the messages that have changed since a mod-sequence; with vanished also
// which of the UIDs are gone since, for which the server must have enabled QRESYNC (RFC 7162 §3.1.4.1, §3.2.6).
func (c *Client) UIDFetchChanged(uids Set, since uint64, vanished bool, items ...FetchItem) (tag string) {
	e := c.encoder("UID FETCH").SP().Atom(uids.String()).SP()
	e.list(len(items), func(i int) { e.FetchItem(items[i]) })
	e.Atom(" (CHANGEDSINCE ").ModSeq(since)
	if vanished {
		e.Atom(" VANISHED")
	}
	return c.issue("UID FETCH", e.Special(')')).tag
}

// UIDStoreUnchanged changes flags of those among the messages that have not changed since a mod-sequence. The code
// MODIFIED of the outcome names the others (RFC 7162 §3.1.3).
func (c *Client) UIDStoreUnchanged(uids Set, since uint64, op StoreOp, silent bool, flags ...string) (tag string) {
	e := c.encoder("UID STORE").SP().Atom(uids.String()).Atom(" (UNCHANGEDSINCE ").ModSeq(since).Atom(") ").storeOp(op, silent)
	return c.issue("UID STORE", e.SP().Flags(flags)).tag
}

// SearchFor asks for results of choice about the messages that fit, by sequence number (RFC 4731). They come as ESEARCH.
func (c *Client) SearchFor(results SearchReturn, key SearchKey) (tag string) {
	return c.searchFor("SEARCH", results, key)
}

// UIDSearchFor does it by UID.
func (c *Client) UIDSearchFor(results SearchReturn, key SearchKey) (tag string) {
	return c.searchFor("UID SEARCH", results, key)
}

func (c *Client) searchFor(name string, results SearchReturn, key SearchKey) string {
	e := c.encoder(name).searchReturn(&results)
	if !key.isASCII() {
		e.Atom(" CHARSET UTF-8")
	}
	return c.issue(name, e.SP().SearchKey(key)).tag
}

// UIDSort asks for the UIDs of the messages that fit, in an order (RFC 5256).
func (c *Client) UIDSort(by []SortKey, key SearchKey) (tag string) {
	return c.issue("UID SORT", c.encoder("UID SORT").SP().sortCriteria(by).Atom(" UTF-8 ").SearchKey(key)).tag
}

// UIDThread asks for the UIDs of the messages that fit, put together by what answers what: by one of
// [ThreadAlgorithms] that the server can.
func (c *Client) UIDThread(algorithm string, key SearchKey) (tag string) {
	return c.issue("UID THREAD", c.encoder("UID THREAD").SP().Atom(algorithm).Atom(" UTF-8 ").SearchKey(key)).tag
}

// GetQuotaRoot asks which quota roots hold for a mailbox, and how full they are (RFC 9208 §4.1.2).
func (c *Client) GetQuotaRoot(mailbox string) (tag string) { return c.about("GETQUOTAROOT", mailbox) }

// A modSeqs gathers what the server has told of mod-sequences since a command was completed last.
type modSeqs struct {
	greatest uint64 // of messages
	told     bool   // HIGHESTMODSEQ has been told, and counts alone
}

// settle finds up to where all changes are known, once a command is complete (RFC 7162 §6): not before, because messages
// are not told in the order of their changes.
func (m *modSeqs) settle(s *Selection) {
	if !m.told {
		s.HighestModSeq = max(s.HighestModSeq, m.greatest)
	}
	*m = modSeqs{}
}
