package graph_test

import (
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"ringback/conversion"
	"ringback/internal/ids"
	"ringback/models"
	"ringback/models/crm"
	"ringback/models/database"
	"ringback/models/journeys"
	"ringback/models/journeys/graph"
	"ringback/models/modeltest"
	"ringback/models/visitors"
	"ringback/visitorid"
)

const (
	anns    = "visitor-ann-0000000001"
	browser = "08c1063cb0a64349ad0d2d862f5cc700"
)

// place is a site with one visit, in which somebody called whom the CRM has.
type place struct {
	*database.DB

	dsn                       string
	site, session, call, task string
}

// eachPlace runs a test on both databases.
func eachPlace(t *testing.T, test func(t *testing.T, p place)) {
	t.Helper()
	modeltest.EachMigrated(t, func(t *testing.T, dsn string) {
		clock := clockwork.NewFakeClockAt(modeltest.Start)
		p := place{
			DB: modeltest.Database(t, dsn, clock), dsn: dsn, site: modeltest.Site(t, modeltest.Open(t, dsn, clock)).ID,
			session: ids.New(ids.Session), call: ids.New(ids.Conversion), task: ids.New(ids.Task),
		}
		at := modeltest.Start
		p.store(t, &visitors.Visitor{SiteID: p.site, ID: anns, FirstSeenAt: at, LastSeenAt: at})
		p.store(t, &visitors.Session{ID: p.session, SiteID: p.site, VisitorID: anns, StartedAt: at, LastActivityAt: at, CreatedAt: at})
		p.store(t, &models.Conversion{
			ID: p.call, SiteID: p.site, Kind: conversion.KindCall, Source: "api", ExternalID: "call", State: "done", WorkflowID: "call", At: at.Add(time.Minute),
			Person: modeltest.Caller, Phone: modeltest.Caller, SessionID: p.session, VisitorIDs: map[string]string{visitorid.MarketoMeasure: browser}, CreatedAt: at,
		})
		later := at.Add(time.Hour)
		p.store(t, &journeys.Task{ID: p.task, SiteID: p.site, ExternalID: "00T", Person: "00Q", BizibleID: browser, At: &later, CreatedAt: at, UpdatedAt: at})
		p.store(t, &crm.Person{ID: ids.New(ids.CRMPerson), SiteID: p.site, ExternalID: "00Q", Phone: modeltest.Caller, AddedAt: &at, CreatedAt: at, UpdatedAt: at})
		test(t, p)
	})
}

func (p place) store(t *testing.T, row any) {
	t.Helper()
	require.NoError(t, p.Write(t.Context()).Create(row).Error)
}

// within runs something in a transaction.
func (p place) within(t *testing.T, do func(tx *gorm.DB) error) {
	t.Helper()
	require.NoError(t, p.Tx(t.Context(), "testing", do))
}

// group returns the group of a node.
func (p place) group(t *testing.T, limits graph.Limits, start graph.Node) (g *graph.Group) {
	t.Helper()
	p.within(t, func(tx *gorm.DB) error {
		of, err := graph.SourceOf(tx, p.site, limits)
		if err != nil {
			return err
		}
		require.True(t, of.HasCRM())
		g, err = of.Group(tx, start)
		return err
	})
	return g
}

// TestM8_TheSameGroupIsFoundFromEachOfItsNodes stores the visitor's BizibleId after the call was read.
func TestM8_TheSameGroupIsFoundFromEachOfItsNodes(t *testing.T) {
	t.Parallel()
	eachPlace(t, func(t *testing.T, p place) {
		p.group(t, graph.UsualLimits, graph.NodeOf(graph.KindConversion, p.call)) // stores that the call is found by its BizibleId
		p.within(t, func(tx *gorm.DB) error {
			_, err := graph.AddBrowser(tx, p.site, anns, strings.ToUpper(browser))
			return err
		})
		whole := p.group(t, graph.UsualLimits, graph.NodeOf(graph.KindConversion, p.call)).Whole()
		require.Len(t, whole, 6)
		for _, start := range whole {
			g := p.group(t, graph.UsualLimits, start)
			require.Equal(t, whole, g.Whole(), start)
			require.True(t, g.StartsWith(start))
			require.True(t, g.HasSession(p.session))
			require.False(t, g.IsPart())
		}
	})
}

// TestG8_AForgottenVisitorLeadsToNothing erases by what a visitor is found.
func TestG8_AForgottenVisitorLeadsToNothing(t *testing.T) {
	t.Parallel()
	eachPlace(t, func(t *testing.T, p place) {
		p.group(t, graph.UsualLimits, graph.NodeOf(graph.KindConversion, p.call))
		p.within(t, func(tx *gorm.DB) error {
			n, err := graph.AddBrowser(tx, p.site, anns, browser)
			require.Equal(t, graph.NodeOf(graph.KindBrowser, browser), n)
			return err
		})
		known := func() (known []graph.KnownVisitor) {
			p.within(t, func(tx *gorm.DB) (err error) {
				known, err = graph.Known(tx, [][]string{{p.site, anns}, {p.site, "visitor-ben-0000000001"}})
				return err
			})
			return known
		}
		require.Equal(t, []graph.KnownVisitor{{SiteID: p.site, VisitorID: anns}}, known())
		p.within(t, func(tx *gorm.DB) error {
			browsers, err := graph.BrowsersOf(tx, p.site, []string{anns})
			require.NoError(t, err)
			require.Equal(t, []string{browser}, browsers)
			sharing, err := graph.Sharing(tx, p.site, browsers, []string{anns})
			require.NoError(t, err)
			require.Equal(t, []graph.Node{graph.NodeOf(graph.KindConversion, p.call)}, sharing)
			return graph.Forget(tx, p.site, []string{anns})
		})
		require.Empty(t, known())
		p.within(t, func(tx *gorm.DB) error {
			browsers, err := graph.BrowsersOf(tx, p.site, []string{anns})
			require.Empty(t, browsers)
			return err
		})
	})
}

// TestM8_ALeadThatBecameAContactIsOnePerson has two leads become one contact.
func TestM8_ALeadThatBecameAContactIsOnePerson(t *testing.T) {
	t.Parallel()
	eachPlace(t, func(t *testing.T, p place) {
		added := modeltest.Start.Add(-time.Hour)
		contact := crm.Person{ID: ids.New(ids.CRMPerson), SiteID: p.site, ExternalID: "003", CreatedAt: added, UpdatedAt: added}
		p.store(t, &contact)
		p.store(t, &crm.Person{ID: ids.New(ids.CRMPerson), SiteID: p.site, ExternalID: "00Q2", SameAs: "003", AddedAt: &added, CreatedAt: added, UpdatedAt: added})
		require.NoError(t, p.Write(t.Context()).Model(&crm.Person{}).Where("external_id = '00Q'").Update("same_as", "003").Error)
		want := []graph.Person{{ID: contact.ID, ExternalID: "003", AddedAt: added}}
		p.within(t, func(tx *gorm.DB) error {
			found, err := graph.PeopleNamed(tx, p.site, []string{"00Q", "00Q2", "unknown"})
			require.Equal(t, want, found)
			return err
		})
		require.Equal(t, want, p.group(t, graph.UsualLimits, graph.NodeOf(graph.KindPerson, "00Q")).People())
	})
}
