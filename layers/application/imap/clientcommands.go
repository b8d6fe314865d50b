package imap

import (
	"time"

	"mailwire/layers/application/message"
)

// Capability asks what the server can do.
func (c *Client) Capability() (tag string) { return c.plain("CAPABILITY") }

// Noop does nothing, and gives the server an occasion to tell news.
func (c *Client) Noop() (tag string) { return c.plain("NOOP") }

// Logout ends the session.
func (c *Client) Logout() (tag string) { return c.plain("LOGOUT") }

// StartTLS asks to go on encrypted. After its Done with OK the owner does the handshake and calls Secured; commands behind
// it wait until then.
func (c *Client) StartTLS() (tag string) {
	r := c.issue("STARTTLS", c.encoder("STARTTLS"))
	r.barrier = true
	return r.tag
}

// Select opens a mailbox. Every message that is recent stops being so for other sessions.
func (c *Client) Select(mailbox string) (tag string) { return c.open("SELECT", mailbox) }

// Examine opens a mailbox for reading alone.
func (c *Client) Examine(mailbox string) (tag string) { return c.open("EXAMINE", mailbox) }

func (c *Client) open(name, mailbox string) string {
	r := c.issue(name, c.encoder(name).SP().Mailbox(mailbox))
	r.mailbox = mailbox
	return r.tag
}

// Create makes a mailbox.
func (c *Client) Create(mailbox string) (tag string) { return c.about("CREATE", mailbox) }

// Delete removes a mailbox with all its messages.
func (c *Client) Delete(mailbox string) (tag string) { return c.about("DELETE", mailbox) }

// Subscribe adds a name to those that LSUB lists.
func (c *Client) Subscribe(mailbox string) (tag string) { return c.about("SUBSCRIBE", mailbox) }

// Unsubscribe takes a name off again.
func (c *Client) Unsubscribe(mailbox string) (tag string) { return c.about("UNSUBSCRIBE", mailbox) }

// Rename gives a mailbox another name.
func (c *Client) Rename(from, to string) (tag string) {
	return c.issue("RENAME", c.encoder("RENAME").SP().Mailbox(from).SP().Mailbox(to)).tag
}

// List asks for the mailboxes whose names fit: "*" is any characters, "%" any but the delimiter.
func (c *Client) List(reference, pattern string) (tag string) {
	return c.list("LIST", reference, pattern)
}

// Lsub asks for the subscribed names that fit.
func (c *Client) Lsub(reference, pattern string) (tag string) {
	return c.list("LSUB", reference, pattern)
}

func (c *Client) list(name, reference, pattern string) string {
	return c.issue(name, c.encoder(name).SP().ListMailbox(reference).SP().ListMailbox(pattern)).tag
}

// Status asks for counts of a mailbox that need not be selected: MESSAGES, RECENT, UIDNEXT, UIDVALIDITY, UNSEEN.
func (c *Client) Status(mailbox string, items ...string) (tag string) {
	e := c.encoder("STATUS").SP().Mailbox(mailbox).SP()
	return c.issue("STATUS", e.list(len(items), func(i int) { e.Atom(items[i]) })).tag
}

// Append puts a message into a mailbox. A zero date leaves the internal date to the server.
func (c *Client) Append(mailbox string, flags []string, date time.Time, body []byte) (tag string) {
	e := c.encoder("APPEND").SP().Mailbox(mailbox).SP()
	if len(flags) > 0 {
		e.Flags(flags).SP()
	}
	if !date.IsZero() {
		e.DateTime(date).SP()
	}
	return c.issue("APPEND", e.Literal(body)).tag
}

// Namespace asks under which prefixes mailboxes are found.
func (c *Client) Namespace() (tag string) { return c.plain("NAMESPACE") }

// Identify tells the server who the client is, and asks the same of it (RFC 2971); without fields it only asks.
func (c *Client) Identify(fields ...message.Param) (tag string) {
	return c.issue("ID", c.encoder("ID").SP().params(fields)).tag
}

// Enable asks the server to use extensions that change what it says (RFC 5161).
func (c *Client) Enable(capabilities ...string) (tag string) {
	e := c.encoder("ENABLE")
	for _, w := range capabilities {
		e.SP().Atom(w)
	}
	return c.issue("ENABLE", e).tag
}

// Check asks for a checkpoint of the selected mailbox.
func (c *Client) Check() (tag string) { return c.plain("CHECK") }

// Close leaves the selected mailbox and removes what is marked \Deleted, silently.
func (c *Client) Close() (tag string) { return c.plain("CLOSE") }

// Unselect leaves the selected mailbox and removes nothing.
func (c *Client) Unselect() (tag string) { return c.plain("UNSELECT") }

// Expunge removes what is marked \Deleted, by whomever.
func (c *Client) Expunge() (tag string) { return c.plain("EXPUNGE") }

// UIDExpunge removes those among the messages that are marked \Deleted (RFC 4315).
func (c *Client) UIDExpunge(uids Set) (tag string) {
	return c.issue("UID EXPUNGE", c.encoder("UID EXPUNGE").SP().Atom(uids.String())).tag
}

// Search asks for the sequence numbers of the messages that fit.
func (c *Client) Search(key SearchKey) (tag string) { return c.search("SEARCH", key) }

// UIDSearch asks for their UIDs.
func (c *Client) UIDSearch(key SearchKey) (tag string) { return c.search("UID SEARCH", key) }

func (c *Client) search(name string, key SearchKey) string {
	e := c.encoder(name)
	if !key.isASCII() {
		e.Atom(" CHARSET UTF-8")
	}
	return c.issue(name, e.SP().SearchKey(key)).tag
}

func (k *SearchKey) isASCII() bool {
	for i := range k.Keys {
		if !k.Keys[i].isASCII() {
			return false
		}
	}
	for i := range len(k.Text) {
		if k.Text[i] >= 0x80 {
			return false
		}
	}
	return true
}

// Fetch asks for items of messages by sequence number.
func (c *Client) Fetch(numbers Set, items ...FetchItem) (tag string) {
	return c.fetch("FETCH", numbers, items)
}

// UIDFetch asks for items of messages by UID.
func (c *Client) UIDFetch(uids Set, items ...FetchItem) (tag string) {
	return c.fetch("UID FETCH", uids, items)
}

func (c *Client) fetch(name string, set Set, items []FetchItem) string {
	e := c.encoder(name).SP().Atom(set.String()).SP()
	if len(items) == 1 {
		e.FetchItem(items[0])
	} else {
		e.list(len(items), func(i int) { e.FetchItem(items[i]) })
	}
	return c.issue(name, e).tag
}

// Store changes flags of messages by sequence number. Silent asks the server not to tell the outcome.
func (c *Client) Store(numbers Set, op StoreOp, silent bool, flags ...string) (tag string) {
	return c.store("STORE", numbers, op, silent, flags)
}

// UIDStore changes flags of messages by UID.
func (c *Client) UIDStore(uids Set, op StoreOp, silent bool, flags ...string) (tag string) {
	return c.store("UID STORE", uids, op, silent, flags)
}

func (c *Client) store(name string, set Set, op StoreOp, silent bool, flags []string) string {
	return c.issue(name, c.storing(name, set, op, silent, flags)).tag
}

func (c *Client) storing(name string, set Set, op StoreOp, silent bool, flags []string) *Encoder {
	return c.encoder(name).SP().Atom(set.String()).SP().storeOp(op, silent).SP().Flags(flags)
}

// storeOp writes what STORE is to do.
func (e *Encoder) storeOp(op StoreOp, silent bool) *Encoder {
	e.Atom([...]string{"FLAGS", "+FLAGS", "-FLAGS"}[op])
	if silent {
		e.Atom(".SILENT")
	}
	return e
}

// Copy puts copies of messages, by sequence number, into another mailbox.
func (c *Client) Copy(numbers Set, to string) (tag string) { return c.transfer("COPY", numbers, to) }

// UIDCopy does it by UID.
func (c *Client) UIDCopy(uids Set, to string) (tag string) { return c.transfer("UID COPY", uids, to) }

// Move moves messages, by sequence number, into another mailbox (RFC 6851).
func (c *Client) Move(numbers Set, to string) (tag string) { return c.transfer("MOVE", numbers, to) }

// UIDMove does it by UID.
func (c *Client) UIDMove(uids Set, to string) (tag string) { return c.transfer("UID MOVE", uids, to) }

func (c *Client) transfer(name string, set Set, to string) string {
	return c.issue(name, c.encoder(name).SP().Atom(set.String()).SP().Mailbox(to)).tag
}

// Idle asks to be told news at once (RFC 2177). Commands behind it wait until EndIdle. The client begins anew in time.
func (c *Client) Idle() (tag string) {
	r := c.issue("IDLE", c.encoder("IDLE"))
	r.barrier = true
	return r.tag
}

// EndIdle ends IDLE: at once, or as soon as the server has taken it.
func (c *Client) EndIdle() {
	for _, r := range c.queue {
		if r.name != "IDLE" {
			continue
		}
		if !c.idling {
			r.done = true
			return
		}
		c.idling = false
		c.waitingSince = c.now
		c.out = append(c.out, "DONE\r\n"...)
		return
	}
}

func (c *Client) plain(name string) string { return c.issue(name, c.encoder(name)).tag }

func (c *Client) about(name, mailbox string) string {
	return c.issue(name, c.encoder(name).SP().Mailbox(mailbox)).tag
}
