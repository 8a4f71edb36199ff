package models_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/models"
	"ringback/models/modeltest"
	"ringback/models/websites"
)

// linkedTo returns the visits and the person's visitor ids of a call from a phone
// number without a session.
func (w web) linkedTo(t *testing.T, externalID, phone string, at time.Time) ([]conversion.Visit, models.Case) {
	t.Helper()
	call := started(at)
	call.Caller = phone
	c, err := w.s.Case(t.Context(), accept(t, w.s, w.plan.Site, externalID, call).ConversionID)
	require.NoError(t, err)
	history, err := models.VisitsOf(t.Context(), w.s, c.Conversion)
	require.NoError(t, err)
	return history, c
}

// writes stores a visit with an id of RTB House, and a form of it.
func (w web) writes(t *testing.T, visitor string, at time.Time, lead conversion.Lead) string {
	t.Helper()
	session := w.comes(t, visitor, at, fromAd, map[string]string{"rtbhouse": "id-of-" + visitor})
	w.sends(t, view(visitor, "form-of-"+visitor+at.Format("-150405"), at.Add(time.Second), home), lead)
	return session
}

func sessionsOf(visits []conversion.Visit) map[string]conversion.Evidence {
	linked := map[string]conversion.Evidence{}
	for _, v := range visits {
		linked[v.ID] = v.Evidence
	}
	return linked
}

func TestR8_ANumberInAFormIsAClaim(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, _ *clockwork.FakeClock) {
		w, at := webOf(t, s), modeltest.Start
		writer := w.writes(t, visitor(1), at, conversion.Lead{Phone: modeltest.Caller})
		visits, c := w.linkedTo(t, "claimed", modeltest.Caller, at.Add(time.Hour))
		require.Equal(t, map[string]conversion.Evidence{writer: conversion.EvidenceForm}, sessionsOf(visits))
		require.Empty(t, c.PersonIDs, "nobody's id is delivered because somebody wrote a number")

		_, err := s.UpdateSite(t.Context(), modeltest.ActorOf(w.plan.Site), w.plan.Site.ID, func(site *websites.Site) error {
			site.LinkByForms = false
			return nil
		})
		require.NoError(t, err)
		visits, _ = w.linkedTo(t, "switched off", modeltest.Caller, at.Add(time.Hour))
		require.Empty(t, visits)
	})
}

func TestR8_NoNumberOfClaimsTakesAVisitorFromWhoCalled(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, _ *clockwork.FakeClock) {
		w, at := webOf(t, s), modeltest.Start
		for n := range 10 {
			w.writes(t, visitor(n), at, conversion.Lead{Phone: modeltest.Caller})
		}
		caller := w.comes(t, "visitor-who-called", at, fromAd, map[string]string{"rtbhouse": "r-true", "bizible": "b-true"})
		w.rings(t, "certain", calls(at.Add(time.Minute), bizible("b-true")))
		for n := range 10 {
			w.writes(t, visitor(20+n), at.Add(2*time.Minute), conversion.Lead{Phone: modeltest.Caller})
		}
		visits, c := w.linkedTo(t, "later", modeltest.Caller, at.Add(24*time.Hour))
		require.Equal(t, map[string]conversion.Evidence{caller: conversion.EvidenceCall}, sessionsOf(visits))
		require.Equal(t, "r-true", c.PersonIDs["rtbhouse"])
		require.Equal(t, conversion.EvidenceCall, c.PersonEvidence["rtbhouse"])
	})
}

func TestR8_TheFirstClaimStands(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, _ *clockwork.FakeClock) {
		w, at := webOf(t, s), modeltest.Start
		first := w.writes(t, visitor(1), at, conversion.Lead{Phone: modeltest.Caller, Email: "person@example.com"})
		for n := range 20 {
			w.writes(t, visitor(2+n), at.Add(time.Minute), conversion.Lead{Phone: modeltest.Caller, Email: "person@example.com"})
		}
		visits, _ := w.linkedTo(t, "x", modeltest.Caller, at.Add(time.Hour))
		require.Equal(t, map[string]conversion.Evidence{first: conversion.EvidenceForm}, sessionsOf(visits))
		require.Equal(t, []string{first}, w.historyOf(t, w.by(func(c *models.Conversion) {
			c.Kind, c.Phone, c.Email = conversion.KindLead, modeltest.Caller, "person@example.com"
		})))

		require.NoError(t, s.ForgetVisitor(t.Context(), w.plan.Site.ID, visitor(1)))
		visits, _ = w.linkedTo(t, "y", modeltest.Caller, at.Add(time.Hour))
		require.Empty(t, visits, "a claim that did not stand does not become one")
	})
}

func TestR8_AFormWithContactsOfTwoPeopleJoinsNobody(t *testing.T) {
	t.Parallel()
	const phone, email = "+12025550101", "b@example.com"
	for name, tie := range map[string]func(w web, t *testing.T, at time.Time) (string, string){
		"who wrote in forms": func(w web, t *testing.T, at time.Time) (string, string) {
			t.Helper()
			return w.writes(t, visitor(1), at, conversion.Lead{Phone: phone}), w.writes(t, visitor(2), at, conversion.Lead{Email: email})
		},
		"of whom one called": func(w web, t *testing.T, at time.Time) (string, string) {
			t.Helper()
			a, b := w.comes(t, visitor(1), at, fromAd, nil), w.writes(t, visitor(2), at, conversion.Lead{Email: email})
			w.called(t, visitor(1), phone)
			return a, b
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			modeltest.EachAt(t, func(t *testing.T, s *models.Store, _ *clockwork.FakeClock) {
				w, at := webOf(t, s), modeltest.Start
				a, b := tie(w, t, at)
				stranger := w.writes(t, visitor(3), at.Add(time.Minute), conversion.Lead{Phone: phone, Email: email})
				of := func(change func(*models.Conversion)) []string { return w.historyOf(t, w.by(change)) }
				require.Equal(t, []string{a}, of(func(c *models.Conversion) { c.Phone = phone }))
				require.Equal(t, []string{b}, of(func(c *models.Conversion) { c.Kind, c.Email = conversion.KindLead, email }))
				require.Equal(t, []string{stranger}, of(func(c *models.Conversion) {
					c.Kind, c.SessionID, c.Phone, c.Email = conversion.KindLead, stranger, phone, email
				}), "the lead is of its own visit")
				require.Empty(t, of(func(c *models.Conversion) { c.Kind, c.Phone, c.Email = conversion.KindLead, phone, email }))
			})
		})
	}
}

func TestR8_WhatOneVisitorClaimsIsBounded(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, _ *clockwork.FakeClock) {
		w, at := webOf(t, s), modeltest.Start
		for n := range 9 {
			w.writes(t, visitor(1), at.Add(time.Duration(n)*time.Minute), conversion.Lead{Phone: fmt.Sprintf("+120255501%02d", n)})
		}
		for n := range 9 {
			visits, _ := w.linkedTo(t, fmt.Sprint("call-", n), fmt.Sprintf("+120255501%02d", n), at.Add(time.Hour))
			require.Equal(t, n < 5, len(visits) > 0, n)
		}
	})
}
