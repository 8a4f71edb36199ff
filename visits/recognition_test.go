package visits_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ringback/conversion"
	"ringback/visits"
)

// seenAs is a session of a visitor with an id of one system.
func seenAs(session, visitor, system, id string) visits.Recognizable {
	return visits.Recognizable{
		SessionID: session, VisitorID: visitor, LastActivityAt: clock("12:00"), VisitorIDs: map[string]string{system: id},
	}
}

func TestM4_SessionInWhichTheIDWasSeen(t *testing.T) {
	t.Parallel()
	ids := map[string]string{"bizible": "b-1", "rtbhouse": "r-1"}
	newest, older := seenAs("ses_2", "v-1", "rtbhouse", "r-1"), seenAs("ses_1", "v-1", "bizible", "b-1")
	found, is := visits.Recognize([]visits.Recognizable{seenAs("ses_3", "v-1", "bizible", "b-2"), newest, older}, ids)
	require.True(t, is)
	require.Equal(t, visits.Recognition{SessionID: "ses_2", VisitorID: "v-1", Match: conversion.VisitorMatch{
		System: "rtbhouse", LastActivityAt: clock("12:00"), Candidates: 1,
	}}, found, "the newest with one of the ids; both sessions are the same visitor's")

	found, is = visits.Recognize([]visits.Recognizable{newest, seenAs("ses_1", "v-2", "bizible", "b-1")}, ids)
	require.True(t, is)
	require.Equal(t, "ses_2", found.SessionID)
	require.Empty(t, found.VisitorID, "it may be another visitor's")
	require.True(t, found.Match.Ambiguous)
	require.Equal(t, 2, found.Match.Candidates)

	_, is = visits.Recognize([]visits.Recognizable{seenAs("ses_1", "v-1", "rtbhouse", "b-1")}, ids)
	require.False(t, is, "the id is of another system")
	_, is = visits.Recognize(nil, ids)
	require.False(t, is)
}

// Whatever was seen: a certain visitor is the only one with one of the ids.
func TestM4_ACertainVisitorIsTheOnlyOne(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		ids := map[string]string{"bizible": "1"}
		var sessions []visits.Recognizable
		owners := map[string]bool{}
		for n := range rapid.IntRange(0, 6).Draw(t, "sessions") {
			x := seenAs(fmt.Sprint("ses_", n), rapid.SampledFrom([]string{"a", "b"}).Draw(t, "visitor"), "bizible",
				rapid.SampledFrom([]string{"1", "2"}).Draw(t, "id"))
			if sessions = append(sessions, x); x.VisitorIDs["bizible"] == "1" {
				owners[x.VisitorID] = true
			}
		}
		found, is := visits.Recognize(sessions, ids)
		require.Equal(t, len(owners) > 0, is)
		require.Equal(t, len(owners) == 1, found.VisitorID != "")
		require.Equal(t, len(owners) > 1, found.Match.Ambiguous)
	})
}
