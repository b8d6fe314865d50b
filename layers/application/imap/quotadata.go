package imap

// A QuotaResource is what a quota root limits (RFC 9208 §5): STORAGE in units of 1024 bytes, MESSAGE in messages.
type QuotaResource struct {
	Name         string // upper case
	Usage, Limit int64
}

// A QuotaData is what QUOTA tells of a quota root (RFC 9208 §4.2.1).
type QuotaData struct {
	Root      string
	Resources []QuotaResource
}

// A QuotaRootData is what QUOTAROOT tells: which quota roots hold for a mailbox (RFC 9208 §4.2.2).
type QuotaRootData struct {
	Mailbox string
	Roots   []string
}

func (d *Decoder) quotaRootArgument(to *Command) bool { return d.SP() && d.Astring(&to.QuotaRoot) }

// setQuotaArguments is quota-root-name SP "(" [resource SP limit …] ")".
func (d *Decoder) setQuotaArguments(to *Command) bool {
	return d.quotaRootArgument(to) && d.SP() && d.List(func() bool {
		var r QuotaResource
		ok := len(to.Limits) < itemsMax && d.Keyword(&r.Name) && d.SP() && d.Number64(&r.Limit)
		to.Limits = append(to.Limits, r)
		return ok
	})
}

// quota is what follows QUOTA.
func (d *Decoder) quota(to *QuotaData) bool {
	return d.SP() && d.Astring(&to.Root) && d.SP() && d.List(func() bool {
		var r QuotaResource
		ok := d.Keyword(&r.Name) && d.SP() && d.Number64(&r.Usage) && d.SP() && d.Number64(&r.Limit)
		to.Resources = append(to.Resources, r)
		return ok
	})
}

// quotaRoot is what follows QUOTAROOT.
func (d *Decoder) quotaRoot(to *QuotaRootData) bool {
	if !d.SP() || !d.Mailbox(&to.Mailbox) {
		return false
	}
	for d.more() {
		var root string
		if !d.Astring(&root) {
			return false
		}
		to.Roots = append(to.Roots, root)
	}
	return true
}
