package relay

import (
	"context"
	"errors"
	"log/slog"
	"sync"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

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

// rowsOwn reports whether an error is about this one signal, and says nothing about
// the others: every error is, that is none of Temporal being away. So one
// workflow that is stuck, or a row that the server cannot digest, stops nobody.
func rowsOwn(err error) bool { return err != nil && troubleOf(err) == noTrouble }

func troubleOf(err error) trouble {
	switch {
	case err == nil:
		return noTrouble
	case is[*serviceerror.NamespaceNotFound](err), is[*serviceerror.NotFound](err), is[*serviceerror.NamespaceInvalidState](err):
		return noNamespace // NotFound: as older servers say it
	case is[*serviceerror.PermissionDenied](err), status.Code(err) == codes.Unauthenticated:
		return noPermission
	case exhausted(err):
		return busy
	case is[*serviceerror.Unavailable](err), is[*serviceerror.NamespaceUnavailable](err), is[*serviceerror.NamespaceNotActive](err),
		is[*serviceerror.DeadlineExceeded](err), is[*serviceerror.Canceled](err),
		errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return unreachable
	default:
		return noTrouble
	}
}

func is[E error](err error) bool {
	var wanted E
	return errors.As(err, &wanted)
}

// exhausted reports whether Temporal has no capacity for anybody. That one
// workflow gets more signals than it takes is that workflow's own trouble.
func exhausted(err error) bool {
	var e *serviceerror.ResourceExhausted
	return errors.As(err, &e) && e.Cause != enumspb.RESOURCE_EXHAUSTED_CAUSE_BUSY_WORKFLOW
}
