package relay

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"ringback/models/outbox"
)

// outage is why Temporal takes no signals, in words for the log. It is empty if it
// takes them.
type outage string

const (
	noOutage     outage = ""
	unreachable  outage = "Temporal does not answer"
	busy         outage = "Temporal has no capacity"
	noNamespace  outage = "the Temporal namespace does not exist"
	noPermission outage = "Temporal refuses the credentials"
	noAttributes outage = "the Temporal namespace does not have Ringback's search attributes yet; a worker adds them when it starts"
)

// availability holds whether Temporal takes signals. It logs each change once,
// however many rows wait.
type availability struct {
	log *slog.Logger

	mu  sync.Mutex
	now outage
}

func (a *availability) away() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.now != noOutage
}

// record takes the outcome of one call. An error that only concerns its own row
// does not change the availability.
func (a *availability) record(ctx context.Context, signal outbox.Signal, err error) {
	if isRowError(err) {
		a.log.LogAttrs(ctx, slog.LevelError, "relay.refused", slog.Int64("seq", signal.Seq), slog.Any("error", err))
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	next := outageOf(err)
	if next == a.now {
		return
	}
	a.now = next
	if next == noOutage {
		a.log.LogAttrs(ctx, slog.LevelInfo, "relay.recovered")
		return
	}
	a.log.LogAttrs(ctx, slog.LevelError, "relay.away", slog.String("outage", string(next)), slog.Any("error", err))
}

// isRowError reports whether an error concerns this one signal only. That is every
// error which does not show that Temporal is away, so that one stuck workflow, or
// a row that the server cannot handle, stops no other.
func isRowError(err error) bool { return err != nil && outageOf(err) == noOutage }

func outageOf(err error) outage {
	switch {
	case err == nil:
		return noOutage
	case is[*serviceerror.NamespaceNotFound](err), is[*serviceerror.NotFound](err), is[*serviceerror.NamespaceInvalidState](err):
		return noNamespace // older servers answer NotFound
	case lacksAttributes(err):
		return noAttributes
	case is[*serviceerror.PermissionDenied](err), status.Code(err) == codes.Unauthenticated:
		return noPermission
	case exhausted(err):
		return busy
	case is[*serviceerror.Unavailable](err), is[*serviceerror.NamespaceUnavailable](err), is[*serviceerror.NamespaceNotActive](err),
		is[*serviceerror.DeadlineExceeded](err), is[*serviceerror.Canceled](err),
		errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return unreachable
	default:
		return noOutage
	}
}

// lacksAttributes reports whether the namespace lacks a search attribute. That is so
// for all rows, from the start of the first web process until the first worker has
// registered the attributes. The server has no error of its own for it
// (docs/facts/temporal.md).
func lacksAttributes(err error) bool {
	var invalid *serviceerror.InvalidArgument
	return errors.As(err, &invalid) && (strings.Contains(invalid.Message, "no mapping defined for search attribute") ||
		strings.HasPrefix(invalid.Message, "search attribute ") && strings.HasSuffix(invalid.Message, " is not defined"))
}

func is[E error](err error) bool {
	var wanted E
	return errors.As(err, &wanted)
}

// exhausted reports whether Temporal has no capacity at all. If only one workflow
// gets more signals than it can take, that concerns its own rows.
func exhausted(err error) bool {
	var e *serviceerror.ResourceExhausted
	return errors.As(err, &e) && e.Cause != enumspb.RESOURCE_EXHAUSTED_CAUSE_BUSY_WORKFLOW
}
