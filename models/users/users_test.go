package users_test

import (
	"sync"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/internal/fault"
	"ringback/internal/ids"
	"ringback/models"
	"ringback/models/accounts"
	"ringback/models/audit"
	"ringback/models/modeltest"
	"ringback/models/users"
)

const sampleEmail = "Person@Example.com "

// firstAdmin makes an account with its first admin.
func firstAdmin(t *testing.T, s *models.Store, email string) (audit.Actor, users.User) {
	t.Helper()
	actor := modeltest.Actor(t, s)
	user, err := s.CreateFirstAdmin(t.Context(), actor, users.User{Email: email, Name: "Sample admin", PasswordHash: "hash"})
	require.NoError(t, err)
	return audit.Actor{AccountID: actor.AccountID, TokenID: user.ID, Name: user.Name}, user
}

func requireReason(t *testing.T, reason string, err error) {
	t.Helper()
	var f *fault.Error
	require.ErrorAs(t, err, &f)
	require.Equal(t, reason, f.Reason.Code)
}

func invite(t *testing.T, s *models.Store, actor audit.Actor, email string, grant users.Grant) (users.Link, []byte) {
	t.Helper()
	link := users.Link{Purpose: users.Invitation, SecretHash: []byte(ids.New("secret")), Email: email, Grant: grant}
	require.NoError(t, s.CreateLink(t.Context(), actor, &link))
	return link, link.SecretHash
}

func TestTheFirstAdminOfAnAccount(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		actor, user := firstAdmin(t, s, sampleEmail)
		found, err := s.UserByEmail(t.Context(), " person@EXAMPLE.com")
		require.NoError(t, err)
		require.Equal(t, user, found)
		_, err = s.CreateFirstAdmin(t.Context(), actor, users.User{Email: "other@example.com"})
		requireReason(t, "has_users", err)
		member, err := s.Member(t.Context(), actor.AccountID, user.ID)
		require.NoError(t, err)
		require.Equal(t, accounts.RoleAdmin, member.Role)
		requireReason(t, "last_admin", s.RemoveMember(t.Context(), actor, user.ID))
		requireReason(t, "last_admin", s.ChangeMember(t.Context(), actor, user.ID, users.Grant{Role: accounts.RoleViewer}))
	})
}

// manyAtOnce uses a link eight times at once and returns how many times that worked.
func manyAtOnce(t *testing.T, use func() error) (worked int) {
	t.Helper()
	errs := make([]error, 8)
	var together sync.WaitGroup
	for i := range errs {
		together.Go(func() { errs[i] = use() })
	}
	together.Wait()
	for _, err := range errs {
		if err == nil {
			worked++
			continue
		}
		requireReason(t, "link_not_usable", err)
	}
	return worked
}

func TestALinkIsUsedOnceAlsoByManyAtOnce(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		actor, _ := firstAdmin(t, s, "admin@example.com")
		_, hash := invite(t, s, actor, sampleEmail, users.Grant{Role: accounts.RoleEditor})
		require.Equal(t, 1, manyAtOnce(t, func() error {
			_, _, err := s.Accept(t.Context(), "req", hash, users.User{Name: "Sample", PasswordHash: "hash"})
			return err
		}))
		reset := users.Link{Purpose: users.Reset, SecretHash: []byte("reset"), Email: sampleEmail}
		require.NoError(t, s.CreateLink(t.Context(), actor, &reset))
		require.Equal(t, 1, manyAtOnce(t, func() error {
			_, err := s.ResetPassword(t.Context(), "req", reset.SecretHash, "other")
			return err
		}))
		members, _, err := s.Members(t.Context(), actor.AccountID, models.Page{})
		require.NoError(t, err)
		require.Len(t, members, 2)
		entries, _, err := s.Audit(t.Context(), actor.AccountID, audit.Filter{Entity: "invitation"}, models.Page{})
		require.NoError(t, err)
		require.Equal(t, "accepted", entries[0].Action)
		require.Equal(t, "Sample", entries[0].ActorName)
		require.Equal(t, "Sample admin", entries[1].ActorName)
	})
}

// A link that an admin has seen opens nobody's account: a user who exists must be verified.
func TestAnInvitationDoesNotSpeakForAUserWhoExists(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		_, victim := firstAdmin(t, s, "victim@example.com")
		actor, attacker := firstAdmin(t, s, "attacker@example.com")
		_, hash := invite(t, s, actor, "victim@example.com", users.Grant{Role: accounts.RoleViewer})
		for _, as := range []users.User{{Name: "New", PasswordHash: "other"}, {ID: attacker.ID}} {
			_, _, err := s.Accept(t.Context(), "req", hash, as)
			requireReason(t, "link_not_usable", err)
		}
		_, _, err := s.Accept(t.Context(), "req", hash, users.User{ID: victim.ID})
		require.NoError(t, err)
		kept, err := s.User(t.Context(), victim.ID)
		require.NoError(t, err)
		require.Equal(t, victim, kept, "the password is the same")
		only, err := s.IsOnlyOf(t.Context(), actor.AccountID, victim.ID)
		require.NoError(t, err)
		require.False(t, only)
		link := users.Link{Purpose: users.Invitation, SecretHash: []byte("again"), Email: "victim@example.com", Grant: users.Grant{Role: accounts.RoleAdmin}}
		requireReason(t, "user_exists", s.CreateLink(t.Context(), actor, &link))
	})
}

func TestLinksEnd(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		actor, user := firstAdmin(t, s, sampleEmail)
		_, first := invite(t, s, actor, "new@example.com", users.Grant{Role: accounts.RoleViewer})
		_, second := invite(t, s, actor, "new@example.com", users.Grant{Role: accounts.RoleViewer})
		_, err := s.UsableLink(t.Context(), users.Invitation, first)
		requireReason(t, "link_not_usable", err)
		reset := users.Link{Purpose: users.Reset, SecretHash: []byte("reset"), Email: user.Email}
		require.NoError(t, s.CreateLink(t.Context(), actor, &reset))
		_, err = s.UsableLink(t.Context(), users.Invitation, reset.SecretHash)
		requireReason(t, "link_not_usable", err)

		clock.Advance(2*time.Hour - time.Second)
		_, err = s.UsableLink(t.Context(), users.Reset, reset.SecretHash)
		require.NoError(t, err)
		clock.Advance(time.Second)
		_, err = s.ResetPassword(t.Context(), "req", reset.SecretHash, "other")
		requireReason(t, "link_not_usable", err)

		clock.Advance(70*time.Hour - time.Second)
		open, _, err := s.Invitations(t.Context(), actor.AccountID, models.Page{})
		require.NoError(t, err)
		require.Len(t, open, 1)
		clock.Advance(time.Second)
		_, err = s.UsableLink(t.Context(), users.Invitation, second)
		requireReason(t, "link_not_usable", err)
		requireReason(t, "no_such_invitation", s.RevokeInvitation(t.Context(), actor, open[0].ID))
	})
}

func begin(t *testing.T, s *models.Store, actor audit.Actor, userID string) users.Session {
	t.Helper()
	session := users.Session{ID: ids.New(ids.SignIn), UserID: userID, AccountID: actor.AccountID, Address: "192.0.2.1"}
	require.NoError(t, s.BeginSession(t.Context(), actor, &session))
	return session
}

func TestANewPasswordEndsTheOtherSessions(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		actor, user := firstAdmin(t, s, sampleEmail)
		mine, others := begin(t, s, actor, user.ID), begin(t, s, actor, user.ID)
		reset := users.Link{Purpose: users.Reset, SecretHash: []byte("reset"), Email: user.Email}
		require.NoError(t, s.CreateLink(t.Context(), actor, &reset))
		require.NoError(t, s.SetPassword(t.Context(), actor, user.ID, "new hash", mine.ID))
		_, err := s.Access(t.Context(), mine.ID)
		require.NoError(t, err)
		_, err = s.Access(t.Context(), others.ID)
		requireReason(t, "no_such_session", err)
		_, err = s.ResetPassword(t.Context(), "req", reset.SecretHash, "another")
		requireReason(t, "link_not_usable", err)
		entries, _, err := s.Audit(t.Context(), actor.AccountID, audit.Filter{Entity: "user"}, models.Page{Limit: 1})
		require.NoError(t, err)
		require.Equal(t, map[string]audit.Change{"password": {To: "changed"}}, entries[0].Changes)
	})
}

func TestSessionsOfUsersEnd(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		actor, user := firstAdmin(t, s, sampleEmail)
		idle, used := begin(t, s, actor, user.ID), begin(t, s, actor, user.ID)
		for range 11 {
			clock.Advance(time.Hour)
			_, err := s.Access(t.Context(), used.ID)
			require.NoError(t, err)
		}
		clock.Advance(time.Hour)
		_, err := s.Access(t.Context(), idle.ID)
		requireReason(t, "no_such_session", err)
		open, _, err := s.SessionsOf(t.Context(), user.ID, models.Page{})
		require.NoError(t, err)
		require.Len(t, open, 1)
		require.Equal(t, "192.0.2.1", open[0].Address)
		_, err = s.Access(t.Context(), used.ID)
		require.NoError(t, err)
		for range 70 {
			clock.Advance(11 * time.Hour)
			if _, err = s.Access(t.Context(), used.ID); err != nil {
				break
			}
		}
		requireReason(t, "no_such_session", err)
		require.Greater(t, clock.Since(used.CreatedAt), 29*24*time.Hour)

		begin(t, s, actor, user.ID)
		require.NoError(t, s.EndSessions(t.Context(), actor, user.ID, ""))
		open, _, err = s.SessionsOf(t.Context(), user.ID, models.Page{})
		require.NoError(t, err)
		require.Empty(t, open)
	})
}

func TestPreferencesBelongToOneUser(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		_, me := firstAdmin(t, s, "me@example.com")
		_, other := firstAdmin(t, s, "other@example.com")
		chosen := users.Preferences{Language: "ru", Theme: "dark", TimeZone: "Europe/Moscow"}
		require.NoError(t, s.Prefer(t.Context(), me.ID, chosen))
		for id, want := range map[string]users.Preferences{me.ID: chosen, other.ID: {}} {
			stored, err := s.User(t.Context(), id)
			require.NoError(t, err)
			require.Equal(t, want, stored.Preferences)
		}
		requireReason(t, "no_such_user", s.Prefer(t.Context(), "usr_none", chosen))
	})
}

func TestG9_UsersOfOtherAccountsAreNotFound(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		mine, me := firstAdmin(t, s, "me@example.com")
		theirs, them := firstAdmin(t, s, "them@example.com")
		theirSession := begin(t, s, theirs, them.ID)
		theirSite := modeltest.SiteOf(t, s, theirs)
		link, _ := invite(t, s, theirs, "new@example.com", users.Grant{Role: accounts.RoleViewer})
		_, err := s.Member(t.Context(), mine.AccountID, them.ID)
		requireReason(t, "no_such_user", err)
		requireReason(t, "no_such_user", s.ChangeMember(t.Context(), mine, them.ID, users.Grant{Role: accounts.RoleViewer}))
		requireReason(t, "no_such_user", s.RemoveMember(t.Context(), mine, them.ID))
		requireReason(t, "no_such_invitation", s.RevokeInvitation(t.Context(), mine, link.ID))
		requireReason(t, "no_such_session", s.EndSession(t.Context(), mine, me.ID, theirSession.ID))
		requireReason(t, "no_such_account", s.ActIn(t.Context(), audit.Actor{TokenID: them.ID}, theirSession.ID, mine.AccountID))
		requireReason(t, "no_such_site", s.ChangeMember(t.Context(), mine, me.ID, users.Grant{Role: accounts.RoleAdmin, Sites: map[string]accounts.Role{theirSite.ID: accounts.RoleViewer}}))
	})
}

func TestAMemberWhoIsRemovedIsSignedOut(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		actor, _ := firstAdmin(t, s, "admin@example.com")
		site := modeltest.SiteOf(t, s, actor)
		_, hash := invite(t, s, actor, sampleEmail, users.Grant{Sites: map[string]accounts.Role{site.ID: accounts.RoleViewer}})
		user, _, err := s.Accept(t.Context(), "req", hash, users.User{Name: "Sample", PasswordHash: "hash"})
		require.NoError(t, err)
		session := begin(t, s, actor, user.ID)
		access, err := s.Access(t.Context(), session.ID)
		require.NoError(t, err)
		member, ok := access.In(actor.AccountID)
		require.True(t, ok)
		require.Equal(t, users.Grant{Sites: map[string]accounts.Role{site.ID: accounts.RoleViewer}}, member.Grant)
		require.NoError(t, s.ChangeMember(t.Context(), actor, user.ID, users.Grant{Role: accounts.RoleEditor, Sites: map[string]accounts.Role{}}))
		require.NoError(t, s.RemoveMember(t.Context(), actor, user.ID))
		_, err = s.Access(t.Context(), session.ID)
		requireReason(t, "no_such_session", err)
		kept, err := s.User(t.Context(), user.ID)
		require.NoError(t, err)
		require.Equal(t, user.ID, kept.ID)
	})
}
