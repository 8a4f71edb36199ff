package cabinet

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"

	"ringback/models/websessions"
)

// sessionTime is how long a person stays signed in.
const sessionTime = 12 * time.Hour

// operatorSessionTime is how long the operator stays signed in. The operator may do
// everything in every account, so a browser is trusted with that for less time.
const operatorSessionTime = time.Hour

// signedIn is the entry of a session that names who signed in.
const signedIn = "signed_in"

// SessionStore keeps the sessions of people who signed in, for all processes.
type SessionStore interface {
	WebSession(ctx context.Context, id string) (data []byte, found bool, err error)
	SaveWebSession(ctx context.Context, session websessions.Session) error
	DeleteWebSession(ctx context.Context, id string) error
}

// newSessions returns the manager of sessions. The cookie holds a random id and no token,
// and the store a hash of that id. Scripts cannot read the cookie, and requests that other
// sites send do not carry it.
func newSessions(store SessionStore, publicURL string, logger *slog.Logger) *scs.SessionManager {
	sessions := scs.New()
	sessions.Lifetime = sessionTime
	sessions.Store = sessionStore{store}
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
	return sessions
}

// sessionStore adapts a SessionStore to the manager, which also wants methods without a
// context and never calls them.
type sessionStore struct{ SessionStore }

func (s sessionStore) FindCtx(ctx context.Context, id string) ([]byte, bool, error) {
	return s.WebSession(ctx, id)
}

func (s sessionStore) CommitCtx(ctx context.Context, id string, data []byte, expiresAt time.Time) error {
	return s.SaveWebSession(ctx, websessions.Session{ID: id, Data: data, ExpiresAt: expiresAt})
}

func (s sessionStore) DeleteCtx(ctx context.Context, id string) error {
	return s.DeleteWebSession(ctx, id)
}

func (s sessionStore) Find(id string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), id)
}

func (s sessionStore) Commit(id string, data []byte, expiresAt time.Time) error {
	return s.CommitCtx(context.Background(), id, data, expiresAt)
}

func (s sessionStore) Delete(id string) error {
	return s.DeleteCtx(context.Background(), id)
}
