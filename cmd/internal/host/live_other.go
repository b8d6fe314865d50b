//go:build !linux

package host

import (
	"context"

	"mailwire/layers"
	"mailwire/layers/capture"
)

// A Live is a live interface as a source of frames; on this system there is none.
type Live struct{}

// Capture returns [ErrNotHere].
func Capture(ctx context.Context, name string, idle Idle) (*Live, error) { return nil, ErrNotHere }

// Next returns [ErrNotHere].
func (*Live) Next() (*layers.Frame, error) { return nil, ErrNotHere }

// Names is empty.
func (*Live) Names() []capture.Name { return nil }

// Secrets is empty.
func (*Live) Secrets() []capture.Secrets { return nil }

// Remarks is empty.
func (*Live) Remarks() []capture.Remark { return nil }

// Close does nothing.
func (*Live) Close() error { return nil }
