// Package session keeps people signed in: a cookie with a random id, and on the server the
// principal that the id stands for. It must not know what a principal may do, nor the pages.
package session

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"

	"ringback/models/websessions"
)

// Time is how long a person stays signed in, unless the deadline of the session is set.
const Time = 12 * time.Hour

// entryPrincipal is the entry of a session that names the principal.
const entryPrincipal = "signed_in"

// Store keeps the sessions of people who signed in, for all processes.
type Store interface {
	WebSession(ctx context.Context, id string) (data []byte, found bool, err error)
	SaveWebSession(ctx context.Context, session websessions.Session) error
	DeleteWebSession(ctx context.Context, id string) error
}

// Manager begins, reads and ends sessions.
type Manager struct{ *scs.SessionManager }

// New returns the manager of sessions. The cookie holds a random id and no token, and the
// store a hash of that id. Scripts cannot read the cookie, and requests of other sites
// that change something do not carry it. The public URL is as browsers reach this service.
func New(store Store, publicURL string, logger *slog.Logger) *Manager {
	sessions := scs.New()
	sessions.Lifetime = Time
	sessions.Store = adapter{store}
	sessions.HashTokenInStore = true
	sessions.Cookie.Name = "ringback_session"
	if strings.HasPrefix(publicURL, "https://") {
		// The prefix keeps neighbouring hosts from setting the cookie.
		sessions.Cookie.Name, sessions.Cookie.Secure = "__Host-ringback_session", true
	}
	sessions.ErrorFunc = func(w http.ResponseWriter, r *http.Request, err error) {
		logger.ErrorContext(r.Context(), "session failed", "error", err)
		http.Error(w, http.StatusText(http.StatusServiceUnavailable), http.StatusServiceUnavailable)
	}
	return &Manager{sessions}
}

// Begin signs in the principal of this name for as long as the duration. The context is
// one that LoadAndSave made. A new id keeps a session that somebody else prepared in this
// browser from being used.
func (m *Manager) Begin(ctx context.Context, name string, duration time.Duration) error {
	if err := m.RenewToken(ctx); err != nil {
		return fmt.Errorf("beginning a session: %w", err)
	}
	m.SetDeadline(ctx, m.Deadline(ctx).Add(duration-Time))
	m.Put(ctx, entryPrincipal, name)
	return nil
}

// Name returns the name of the principal who signed in, empty if nobody has. The context
// is one that LoadAndSave made.
func (m *Manager) Name(ctx context.Context) string { return m.GetString(ctx, entryPrincipal) }

// NameOf is Name for a request that passed no LoadAndSave. It changes nothing.
func (m *Manager) NameOf(r *http.Request) (string, error) {
	cookie, err := r.Cookie(m.Cookie.Name)
	if err != nil || cookie.Value == "" {
		return "", nil
	}
	ctx, err := m.Load(r.Context(), cookie.Value)
	if err != nil {
		return "", fmt.Errorf("reading a session: %w", err)
	}
	return m.Name(ctx), nil
}

// adapter adapts a Store to scs, which also wants methods without a context and never
// calls them.
type adapter struct{ Store }

func (s adapter) FindCtx(ctx context.Context, id string) ([]byte, bool, error) {
	return s.WebSession(ctx, id)
}

func (s adapter) CommitCtx(ctx context.Context, id string, data []byte, expiresAt time.Time) error {
	return s.SaveWebSession(ctx, websessions.Session{ID: id, Data: data, ExpiresAt: expiresAt})
}

func (s adapter) DeleteCtx(ctx context.Context, id string) error {
	return s.DeleteWebSession(ctx, id)
}

func (s adapter) Find(id string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), id)
}

func (s adapter) Commit(id string, data []byte, expiresAt time.Time) error {
	return s.CommitCtx(context.Background(), id, data, expiresAt)
}

func (s adapter) Delete(id string) error {
	return s.DeleteCtx(context.Background(), id)
}
