package openapi_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/require"

	"ringback/internal/bursts"
	"ringback/internal/fault"
	"ringback/models/accounts"
	"ringback/web/internal/auth"
	"ringback/web/internal/openapi"
	"ringback/web/internal/reqctx"
	"ringback/web/internal/viewing"
)

// anybody lets every request in.
type anybody struct{}

func (anybody) Authenticate(context.Context, auth.Credentials) (auth.Principal, error) {
	return auth.Principal{AccountID: "acc_1", Role: accounts.RoleViewer}, nil
}

func (anybody) NameOf(*http.Request) (string, error) { return "", nil }

// sends returns the answer of an operation whose file is written by a function.
func sends(guard *viewing.Guard, write func(io.Writer) error) *httptest.ResponseRecorder {
	return answers(guard, func(context.Context, *struct{}) (*openapi.File, error) {
		return &openapi.File{Type: "text/csv", Name: "sample.csv", Write: write}, nil
	})
}

// answers returns the answer of an operation that is handled by a function.
func answers(guard *viewing.Guard, handle func(context.Context, *struct{}) (*openapi.File, error)) *httptest.ResponseRecorder {
	e := echo.New()
	e.Use(reqctx.Identify)
	g := openapi.New(e, "test", openapi.Access{Authenticator: anybody{}, Sessions: anybody{}, Viewers: guard}, slog.New(slog.DiscardHandler)).Group(openapi.Group{Name: "Files"})
	openapi.AddFile(g, openapi.Operation{ID: "read-file", Route: "GET /file", Access: auth.Viewer}, "text/csv", handle)
	answer := httptest.NewRecorder()
	e.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, openapi.Root+"/file", http.NoBody))
	return answer
}

// onePlace returns a guard that answers one request of an account at once.
func onePlace() *viewing.Guard {
	clock := clockwork.NewRealClock() // fake in a bubble
	return viewing.NewGuard(viewing.Options{PerAccount: 1, Clock: clock, Bursts: bursts.New(clock), HeldBack: func() {}})
}

// TestG6_TheTurnOfAFileEndsWhenItIsWritten asks for the account's only place while a file is
// written, and afterwards.
func TestG6_TheTurnOfAFileEndsWhenItIsWritten(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		guard := onePlace()
		free := func() error {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			_, end, err := guard.Begin(ctx, "acc_1")
			if err == nil {
				end()
			}
			return err
		}
		answer := sends(guard, func(w io.Writer) error {
			require.ErrorIs(t, free(), context.DeadlineExceeded)
			_, err := io.WriteString(w, "a,b\n")
			return err
		})
		require.Equal(t, "a,b\n", answer.Body.String())
		require.Equal(t, `attachment; filename="sample.csv"`, answer.Header().Get("Content-Disposition"))
		require.NoError(t, free())
	})
}

func TestAnErrorBeforeTheFirstPartOfAFileIsAnsweredAsOne(t *testing.T) {
	t.Parallel()
	answer := sends(onePlace(), func(w io.Writer) error {
		_, err := io.WriteString(w, "a,b\n")
		return errors.Join(fault.New(fault.Unavailable, "reports_being_built"), err)
	})
	require.Equal(t, http.StatusServiceUnavailable, answer.Code)
	require.Equal(t, "application/problem+json", answer.Header().Get("Content-Type"))
}

// TestAFileThatBreaksOffIsNotTakenForWhole lets an error come after a part has been sent.
func TestAFileThatBreaksOffIsNotTakenForWhole(t *testing.T) {
	t.Parallel()
	guard := onePlace()
	require.PanicsWithValue(t, http.ErrAbortHandler, func() {
		sends(guard, func(w io.Writer) error {
			_, err := io.WriteString(w, strings.Repeat("a,b\n", 20_000))
			return errors.Join(errors.New("the connection to the database is gone"), err)
		})
	})
	_, end, err := guard.Begin(t.Context(), "acc_1")
	require.NoError(t, err, "its turn has ended")
	end()
}

// TestG6_TheTurnOfAFileEndsIfThereIsNone has a handler that fails, and one that panics.
func TestG6_TheTurnOfAFileEndsIfThereIsNone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		guard := onePlace()
		answer := answers(guard, func(context.Context, *struct{}) (*openapi.File, error) {
			return nil, fault.New(fault.NotFound, "no_such_site")
		})
		require.Equal(t, http.StatusNotFound, answer.Code)
		require.Panics(t, func() {
			answers(guard, func(context.Context, *struct{}) (*openapi.File, error) { panic("a bug") })
		})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, end, err := guard.Begin(ctx, "acc_1")
		require.NoError(t, err, "its turn has ended")
		end()
	})
}
