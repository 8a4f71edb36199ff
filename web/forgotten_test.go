package web_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/models/notices"
	"ringback/web"
)

// mailed returns the e-mails that wait to be sent.
func (w *world) mailed() []notices.Notice {
	w.t.Helper()
	due, err := w.store.DueNotices(w.t.Context(), []notices.Channel{notices.Mail}, 50, time.Hour)
	require.NoError(w.t, err)
	return due
}

// linkIn returns the path of the link in a text.
func linkIn(text string) string {
	_, link, _ := strings.Cut(text, "https://ringback.example.com")
	path, _, _ := strings.Cut(link, "\n")
	return path
}

func TestAForgottenPasswordIsSetByAMailedLink(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.Equal(t, 404, w.browse("/forgot", "").Code, "without e-mails there is no such page")
	require.NotContains(t, w.browse("/login", "").Body.String(), `href="/forgot"`)
	w.as(func(o *web.Options) { o.Mails = true })
	require.Contains(t, w.browse("/login", "").Body.String(), `href="/forgot"`)
	known := w.submit("/forgot?language=ru", url.Values{"email": {" Admin@Example.com"}})
	unknown := w.submit("/forgot?language=ru", url.Values{"email": {"nobody@example.com"}})
	require.Equal(t, 200, known.Code)
	require.Equal(t, known.Body.String(), unknown.Body.String(), "the answer shows nothing of who is known")
	mails := w.mailed()
	require.Len(t, mails, 1)
	to, subject, text := mails[0].MailContent()
	require.Equal(t, adminEmail, to)
	require.Equal(t, "Новый пароль для Ringback", subject)
	require.Equal(t, start.Add(2*time.Hour), mails[0].EndsAt.UTC())
	in := w.submit(linkIn(text), url.Values{"password": {"quite another password"}})
	require.Equal(t, 303, in.Code)
	w.signInAs(adminEmail, "quite another password")
	require.Equal(t, 422, w.submit("/forgot", url.Values{"email": {"nobody"}}).Code)
}

// TestG6_ForgottenPasswordsAreLimited checks that nobody fills somebody's inbox. The limit is
// the same for an address that no user has.
func TestG6_ForgottenPasswordsAreLimited(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.as(func(o *web.Options) { o.Mails = true })
	for _, email := range []string{adminEmail, "nobody@example.com"} {
		for range 3 {
			require.Equal(t, 200, w.submit("/forgot", url.Values{"email": {email}}).Code)
		}
		require.Equal(t, 429, w.submit("/forgot", url.Values{"email": {email}}).Code)
	}
	require.Len(t, w.mailed(), 2, "two of one account at a time")
}

func TestInvitationsAreMailed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.Equal(t, false, w.must("POST", "/invitations", `{"email":"first@example.com","role":"viewer"}`)["mailed"])
	require.Empty(t, w.mailed())
	w.as(func(o *web.Options) { o.Mails = true })
	made := w.must("POST", "/invitations", `{"email":"Second@Example.com","role":"viewer"}`)
	require.Equal(t, true, made["mailed"])
	mails := w.mailed()
	require.Len(t, mails, 1)
	to, subject, text := mails[0].MailContent()
	require.Equal(t, "second@example.com", to)
	require.Equal(t, "Invitation to Default", subject)
	require.Equal(t, pathOf(made["url"].(string)), linkIn(text))
	require.NotContains(t, w.log.String(), linkIn(text))
}
