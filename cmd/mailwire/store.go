package main

import (
	"crypto/tls"
	"errors"
	"path/filepath"

	"mailwire/cmd/internal/host"
	"mailwire/cmd/internal/maildir"
	"mailwire/layers"
	"mailwire/scenarios"
)

// A keptStore is the folder that --store names, or nothing.
type keptStore struct {
	dir   string
	store *maildir.Store
}

// openStore opens the folder; "" for none.
func openStore(dir string) (*keptStore, error) {
	if dir == "" {
		return &keptStore{}, nil
	}
	store, err := maildir.Open(dir)
	if err != nil {
		return nil, storeFault(dir, err)
	}
	return &keptStore{dir, store}, nil
}

func (k *keptStore) close() {
	if k.store != nil {
		k.store.Close() // only a lock: what was kept is safe already
	}
}

// disk is what keeps the mails; nil when nothing does.
func (k *keptStore) disk() scenarios.Disk {
	if k.store == nil {
		return nil
	}
	return k.store
}

// certificate is made for this run, or with a store once and for all: who has told a mail program to trust it need not do
// so again.
func (k *keptStore) certificate(names ...string) (tls.Certificate, error) {
	if k.store == nil {
		return host.Certificate(names...)
	}
	certificate, err := host.KeptCertificate(filepath.Join(k.dir, "certificate.pem"), names...)
	if err != nil {
		return certificate, storeFault(k.dir, err)
	}
	return certificate, nil
}

// storeFault says what is wrong with a store, and what to do.
func storeFault(dir string, err error) error {
	var damage *maildir.Damage
	switch {
	case errors.Is(err, maildir.ErrInUse):
		return failed(layers.N("cli.store.in-use", word("dir", dir)), layers.N("cli.store.in-use.hint"))
	case errors.As(err, &damage) && damage.Line > 0:
		return failed(layers.N("cli.store.damaged.line", word("file", damage.Path), layers.A("line", layers.Int(damage.Line))), layers.N("cli.store.damaged.hint"))
	case errors.As(err, &damage):
		return failed(layers.N("cli.store.damaged."+string(damage.Reason), word("file", damage.Path)), layers.N("cli.store.damaged.hint"))
	}
	return failed(layers.N("cli.store.failed", word("dir", dir), word("error", cause(err))), layers.N("cli.store.failed.hint"))
}
