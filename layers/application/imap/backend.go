package imap

import (
	"time"

	"mailwire/layers/application/sasl"
)

// A Backend knows the accounts. Calls to it and to what it returns are synchronous: they come from within
// [Server.Receive], [Server.Wake] and [Server.Expire] alone.
//
// An error that is a *[Refusal] reaches the client with its code and text; any other becomes NO [SERVERBUG].
type Backend interface {
	// Login returns the account of user. A wrong user or password is ErrAuthentication.
	Login(user, password string) (Account, error)
}

// A SecretBackend is a [Backend] that can tell a user's secret. With it the server offers CRAM-MD5 (RFC 2195) and SCRAM
// (RFC 5802), in which the password itself does not cross the network.
type SecretBackend interface {
	Backend
	// Secret returns the secret of user: see [sasl.Verifier].
	Secret(user string) (secret sasl.Secret, ok bool)
	// Open returns the account of a user whom the mechanism has verified.
	Open(user string) (Account, error)
}

// An Account is what one user finds behind a login. Names of mailboxes are UTF-8, their levels are separated by
// [Delimiter], and INBOX is always written "INBOX". Names that reach it are at most [MailboxNameMax] bytes, valid UTF-8
// without control characters, wildcards or empty levels.
type Account interface {
	// Mailboxes lists all mailboxes. The engine sorts, and adds the names that are only levels above others.
	Mailboxes() ([]MailboxInfo, error)
	// Create makes a mailbox; ErrAlreadyExists. Levels above it that are missing need not be made (RFC 3501 §6.3.3).
	// Special is what it is for, one of [SpecialUses], or ""; ErrUseAttr when no mailbox can be that (RFC 6154 §3).
	Create(name, special string) error
	// Delete removes a mailbox and its messages; ErrNonexistent. INBOX never reaches it. What has inferior names may
	// stay as a name that cannot be selected (§6.3.4).
	Delete(name string) error
	// Rename renames a mailbox and all inferior names; ErrNonexistent, ErrAlreadyExists. From INBOX: its messages move
	// to the new name and INBOX stays, empty (§6.3.5).
	Rename(from, to string) error
	// Subscribe adds name to the subscribed names, or takes it off. The mailbox need not exist (§6.3.6).
	Subscribe(name string, on bool) error
	// Status counts without selecting and without changing \Recent; ErrNonexistent.
	Status(name string) (MailboxStatus, error)
	// Append puts messages into a mailbox, all or none (RFC 3502), and returns their UIDs; ErrNonexistent, ErrOverQuota.
	// They must be stored safely on return.
	Append(name string, messages ...NewMessage) (uidValidity uint32, uids []uint32, err error)
	// Quota tells how much the account holds and may hold. A limit of 0 is none.
	Quota() (Quota, error)
	// Open selects a mailbox; ErrNonexistent. Every session has a Mailbox of its own. Without readOnly the messages that
	// are recent become recent for this session alone (§2.3.2).
	Open(name string, readOnly bool) (Mailbox, error)
}

// A Mailbox is a mailbox as one session has selected it.
type Mailbox interface {
	// UIDValidity never changes while the UIDs hold (§2.3.1.1).
	UIDValidity() uint32
	// UIDNext is greater than every UID given so far.
	UIDNext() uint32
	// HighestModSeq is the mod-sequence of the last change, a removal included (RFC 7162 §3.1.2.1); 0 when the mailbox
	// keeps none.
	HighestModSeq() uint64
	// Vanished lists the UIDs of messages that were removed by changes with greater mod-sequences than since, or more
	// of the UIDs that are gone where that is not known any more (§3.2.6).
	Vanished(since uint64) Set
	// Keywords lists the flags without backslash that are in use in the mailbox.
	Keywords() []string
	// Messages lists all messages in ascending order of UID, and is asked for once, after Open.
	Messages() ([]MessageInfo, error)
	// News returns what has changed since Messages or the last News, in order, whoever caused it, this session included:
	// a new message, new flags, a removed message. The engine compares it with what the client has been told.
	// ErrNonexistent says that the mailbox has been deleted: the session ends.
	News() ([]Change, error)
	// Body is the whole message, which the engine does not change; ErrExpunged.
	Body(uid uint32) ([]byte, error)
	// Store changes the flags of a message and returns those it has now, with its mod-sequence; ErrExpunged. Flags are
	// canonical. What does not change the flags does not change the mod-sequence (RFC 7162 §3.1.11).
	Store(uid uint32, op StoreOp, flags []string) (now []string, modSeq uint64, err error)
	// Expunge removes these messages. A UID that is gone already is passed over.
	Expunge(uids []uint32) error
	// Copy puts copies of the messages, in this order, at the end of another mailbox, all or none, with their flags and
	// internal date, and returns their new UIDs; ErrNonexistent, ErrExpunged, ErrOverQuota.
	Copy(uids []uint32, to string) (uidValidity uint32, copies []uint32, err error)
	// Move does the same and removes the messages here (RFC 6851 §3.3: nobody sees a message twice or not at all).
	Move(uids []uint32, to string) (uidValidity uint32, copies []uint32, err error)
	// Close ends the selection. It removes nothing.
	Close()
}

// Delimiter separates the levels of a mailbox name.
const Delimiter = '/'

// MailboxNameMax is how long a mailbox name may be, in bytes of UTF-8.
const MailboxNameMax = 512

// A MailboxInfo is what LIST tells of a mailbox.
type MailboxInfo struct {
	Name       string
	NoSelect   bool   // a name with inferior names, without messages of its own
	Special    string // \Sent, \Drafts, \Trash, \Junk, \Archive, \All, \Flagged (RFC 6154), or ""
	Subscribed bool   // LSUB lists it; one that is subscribed but does not exist has NonExistent too
	// NonExistent says that the name is subscribed only: LIST leaves it out.
	NonExistent bool
}

// A MailboxStatus is what STATUS tells of a mailbox.
type MailboxStatus struct {
	Messages, Recent, UIDNext, UIDValidity, Unseen uint32
	Deleted                                        uint32 // messages with \Deleted
	Size, DeletedSize                              int64  // bytes of all messages, and of those
	HighestModSeq                                  uint64 // 0 when the mailbox keeps none
}

// A NewMessage is what APPEND brings.
type NewMessage struct {
	Flags        []string // canonical, never \Recent
	InternalDate time.Time
	Body         []byte // nobody changes it any more
}

// A Quota is how much an account holds and may hold (RFC 9208 §3).
type Quota struct {
	Storage, StorageLimit   int64 // bytes
	Messages, MessagesLimit int64
}

// SpecialUses lists what a mailbox may be made for (RFC 6154 §2, RFC 8457 §3).
var SpecialUses = []string{`\All`, `\Archive`, `\Drafts`, `\Flagged`, `\Important`, `\Junk`, `\Sent`, `\Trash`}

// A MessageInfo is what the engine keeps of a message while its mailbox is selected.
type MessageInfo struct {
	UID          uint32
	Flags        []string // canonical (see CanonicalFlag), without \Recent; kept, so not to be changed
	Recent       bool     // this session is the first that is told of it (RFC 3501 §2.3.2)
	InternalDate time.Time
	Size         int64  // bytes of the message, line ends included (RFC822.SIZE)
	ModSeq       uint64 // mod-sequence of its last change (RFC 7162 §3.1); 0 when the mailbox keeps none
}

// A Change is one piece of news from a mailbox: a message that is new or has other flags now, or one that is gone.
type Change struct {
	MessageInfo      // UID alone when Expunged
	Expunged    bool // the message has been removed
}

// A StoreOp says what STORE does with the flags it names (RFC 3501 §6.4.6).
type StoreOp uint8

// The forms of STORE.
const (
	ReplaceFlags StoreOp = iota // FLAGS
	AddFlags                    // +FLAGS
	RemoveFlags                 // -FLAGS
)

// Apply returns flags as they are after the operation, without changing its arguments.
func (op StoreOp) Apply(flags, named []string) []string {
	var result []string
	if op != ReplaceFlags {
		for _, f := range flags {
			if op == AddFlags || !HasFlag(named, f) {
				result = append(result, f)
			}
		}
	}
	if op != RemoveFlags {
		for _, f := range named {
			if !HasFlag(result, f) {
				result = append(result, f)
			}
		}
	}
	return result
}

// A Refusal is why something is not done, with the response code (RFC 3501 §7.1, RFC 5530) that goes with it.
type Refusal struct {
	Code string // such as "NONEXISTENT"; "" for none
	Text string // English, one line, for people
}

func (r *Refusal) Error() string { return "imap: " + r.Text }

// Refusals that a backend returns.
var (
	ErrAuthentication = &Refusal{"AUTHENTICATIONFAILED", "Invalid credentials"}
	ErrNonexistent    = &Refusal{"NONEXISTENT", "No such mailbox"}
	ErrAlreadyExists  = &Refusal{"ALREADYEXISTS", "Mailbox already exists"}
	ErrExpunged       = &Refusal{"EXPUNGEISSUED", "Some of the messages no longer exist"}
	ErrOverQuota      = &Refusal{"OVERQUOTA", "Mailbox is full"}
	ErrLimit          = &Refusal{"LIMIT", "That is more than an account may have"}
	ErrUseAttr        = &Refusal{"USEATTR", "No mailbox can be used for that"}
	ErrCannot         = &Refusal{"CANNOT", "Mailbox name is not permitted"}
	ErrReadOnly       = &Refusal{"", "Mailbox is read-only"}
)
