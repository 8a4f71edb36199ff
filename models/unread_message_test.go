package models_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/internal/unread"
	"ringback/models"
	"ringback/models/modeltest"
	"ringback/models/received"
	"ringback/models/websites"
)

// unreadOf stores a message of a site that cannot be read.
func unreadOf(t *testing.T, s *models.Store, siteID, body string) received.UnreadMessage {
	t.Helper()
	m := received.UnreadMessage{
		SiteID: siteID, Source: "callrail", Method: "POST", Query: "event=post_call", ContentType: "application/json", Body: []byte(body),
		Reason: unread.Defect{Code: unread.BadTime, Field: "start_time"}, ReceivedAt: modeltest.Start,
	}
	_, err := s.StoreUnread(t.Context(), &m)
	require.NoError(t, err)
	return m
}

func unreadBodies(t *testing.T, s *models.Store, site websites.Site) []string {
	t.Helper()
	found, err := s.OldestUnread(t.Context(), received.UnreadFilter{AccountID: site.AccountID, SiteID: site.ID}, "", 100)
	require.NoError(t, err)
	bodies := []string{}
	for _, m := range found {
		bodies = append(bodies, string(m.Body))
	}
	return bodies
}

func TestG2_AnUnreadMessageThatComesAgainIsOne(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, _ *clockwork.FakeClock) {
		site := modeltest.Site(t, s)
		first := unreadOf(t, s, site.ID, "a\x00\xff")
		isNew, err := s.StoreUnread(t.Context(), new(first))
		require.NoError(t, err)
		require.False(t, isNew)
		unreadOf(t, s, site.ID, "another")
		require.Equal(t, []string{"a\x00\xff", "another"}, unreadBodies(t, s, site))

		require.NoError(t, s.StillUnread(t.Context(), first, unread.Defect{Code: unread.Missing, Field: "id"}))
		stored, err := s.UnreadMessage(t.Context(), site.AccountID, site.ID, first.ID)
		require.NoError(t, err)
		require.Equal(t, unread.Defect{Code: unread.Missing, Field: "id"}, stored.Reason)
		require.Equal(t, first.Body, stored.Body)
		require.Equal(t, modeltest.Start, stored.ReceivedAt)
		byCode := received.UnreadFilter{AccountID: site.AccountID, SiteID: site.ID, Code: unread.Missing}
		listed, _, err := s.UnreadMessages(t.Context(), byCode, models.Page{})
		require.NoError(t, err)
		require.Len(t, listed, 1)
		require.Empty(t, listed[0].Body, "a list has no bodies")
		require.NoError(t, s.RemoveRead(t.Context(), site.ID, first.ID))
		require.Equal(t, []string{"another"}, unreadBodies(t, s, site))
	})
}

func TestAForgottenVisitorsUnreadMessagesAreErased(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, _ *clockwork.FakeClock) {
		sh := shopWith(t, s, 1)
		w := web{s: s, plan: sh.plan(t)}
		mine := visitor(1)
		seen := view(mine, "hit-1", modeltest.Start, fromAd)
		seen.VisitorIDs = map[string]string{"bizible": "7059e81415f34f7bbaf40fe32fdcba21"}
		session := w.sees(t, seen).SessionID
		require.NoError(t, s.LinkIdentities(t.Context(), sh.site.ID, "visitor/"+mine, "phone/"+modeltest.Caller, "email/mine@example.com"))
		w.sends(t, view(mine, "lead-1", modeltest.Start.Add(time.Minute), home), conversion.Lead{Phone: "+12025550199", Email: "other@example.com"})
		for n, body := range []string{
			`{"visitor": "` + mine + `"}`, `{"session": "` + session + `"}`, "custom=%7B%22_biz_uid%22%3A%227059e81415f34f7bbaf40fe32fdcba21%22%7D",
			`{"from": "(202) 555-0123"`, `{"mail": "mine@EXAMPLE.com"`,
		} {
			unreadOf(t, s, sh.site.ID, fmt.Sprint(body, n))
		}
		const theirs = `{"from": "+12025550199", "mail": "other@example.com"`
		unreadOf(t, s, sh.site.ID, theirs)
		neighbour := modeltest.Site(t, s)
		unreadOf(t, s, neighbour.ID, `{"from": "+12025550123"`)

		require.NoError(t, s.ForgetVisitor(t.Context(), sh.site.ID, mine))
		require.Equal(t, []string{theirs}, unreadBodies(t, s, sh.site), "what a visitor writes erases nobody's messages")
		require.Len(t, unreadBodies(t, s, neighbour), 1, "another site's stay")
	})
}

func TestUnreadMessagesAreDeletedAfterTheDaysOfTheirSite(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		sh := shopWith(t, s, 1)
		sh.keeps(t, 30)
		unreadOf(t, s, sh.site.ID, "old")
		clock.Advance(30 * 24 * time.Hour)
		sh.pruned(t)
		require.Equal(t, []string{"old"}, unreadBodies(t, s, sh.site))
		clock.Advance(10 * time.Minute)
		sh.pruned(t)
		require.Empty(t, unreadBodies(t, s, sh.site))
	})
}
