package relay

import (
	"context"
	"errors"
	"log/slog"
	"sync"

	"go.temporal.io/api/serviceerror"

	"ringback/models"
)

// trouble is what stands between the relay and Temporal, in words for the log;
// empty: nothing.
type trouble string

const (
	noTrouble    trouble = ""
	unreachable  trouble = "Temporal does not answer"
	busy         trouble = "Temporal has no capacity"
	noNamespace  trouble = "the Temporal namespace does not exist"
	noPermission trouble = "Temporal refuses the credentials"
)

// state is whether Temporal takes signals. It logs each change once, however
// many rows wait.
type state struct {
	log *slog.Logger

	mu  sync.Mutex
	now trouble
}

func (s *state) away() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now != noTrouble
}

// saw takes the outcome of one call. An error that is about its own row says
// nothing about Temporal.
func (s *state) saw(ctx context.Context, signal models.Signal, err error) {
	if rowsOwn(err) {
		s.log.LogAttrs(ctx, slog.LevelError, "relay.refused", slog.Int64("seq", signal.Seq), slog.Any("error", err))
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	next := troubleOf(err)
	if next == s.now {
		return
	}
	s.now = next
	if next == noTrouble {
		s.log.LogAttrs(ctx, slog.LevelInfo, "relay.recovered")
		return
	}
	s.log.LogAttrs(ctx, slog.LevelError, "relay.away", slog.String("trouble", string(next)), slog.Any("error", err))
}

// rowsOwn says whether Temporal refused this one signal: it would refuse it
// again, and takes others.
func rowsOwn(err error) bool {
	var invalid *serviceerror.InvalidArgument
	return errors.As(err, &invalid)
}

func troubleOf(err error) trouble {
	var (
		namespace  *serviceerror.NamespaceNotFound
		notFound   *serviceerror.NotFound // as older servers say it
		permission *serviceerror.PermissionDenied
		exhausted  *serviceerror.ResourceExhausted
	)
	switch {
	case err == nil:
		return noTrouble
	case errors.As(err, &namespace), errors.As(err, &notFound):
		return noNamespace
	case errors.As(err, &permission):
		return noPermission
	case errors.As(err, &exhausted):
		return busy
	default:
		return unreachable
	}
}
