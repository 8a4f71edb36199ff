package models

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"ringback/conversion"
	"ringback/identity"
	"ringback/models/database"
	"ringback/models/deliveries"
	"ringback/models/integrations"
	"ringback/models/visitors"
	"ringback/models/websites"
	"ringback/visits"
)

// Case is all that is stored of a conversion and of the integrations that may get it.
type Case struct {
	Conversion   Conversion
	Site         websites.Site
	Events       []EventRow                 // in order of acceptance, late ones included, without the raw bodies
	Integrations []integrations.Integration // the site's, switched-off ones included
	Decisions    []Decision
	Deliveries   []deliveries.Delivery // those of the decisions, without resends
	Source       *websites.Source      // nil if the site has no settings for the source
	// Session is the visitor's session on the web site, nil if the conversion belongs to
	// none that is known.
	Session *visitors.Session
	// VisitorIDs are third parties' ids of the session's visitor: those seen during the
	// session, and the latest of other systems.
	VisitorIDs map[string]string
	// PersonIDs are third parties' ids of the same person, for each system that of the
	// newest visit up to the conversion. They are not read once all is decided.
	PersonIDs map[string]string
	// PersonEvidence is what links the visit of each of PersonIDs to the conversion, by
	// system. It is never EvidenceForm.
	PersonEvidence map[string]conversion.Evidence

	breakers map[string]integrations.Breaker // by integration, those that hold anything

	ties *visitors.Ties // what links visitors to the conversion; nil once all is decided
}

// trustsForms reports whether visits count that are only claimed, by a contact in a form.
// They do not if the conversion was reported with a visit of its own.
func (c Case) trustsForms() bool { return c.Site.LinkByForms && c.Conversion.Traffic == nil }

// LastSeq returns the number of the last event of the case, for DecisionSet.JudgedSeq.
func (c Case) LastSeq() int64 {
	if len(c.Events) == 0 {
		return 0
	}
	return c.Events[len(c.Events)-1].Seq
}

// Case returns the case of a conversion as it was at one moment: a conversion without
// the facts of its last event would be judged wrongly.
func (s *Store) Case(ctx context.Context, conversionID string) (c Case, err error) {
	err = s.db.ReadTx(ctx, "reading the case of a conversion", func(tx *gorm.DB) (err error) {
		c, err = s.readCase(tx, conversionID)
		return err
	})
	return c, err
}

// foundConversion is a conversion with what tells which other rows need not be read.
type foundConversion struct {
	Conversion
	Decided     int    // how many decisions there are
	Troubled    int    // how many of the site's breakers hold anything
	SettingsTag string // of the settings by which it is decided
}

func (s *Store) readCase(db *gorm.DB, conversionID string) (c Case, err error) {
	var found foundConversion
	err = db.Table("conversions").Where("conversions.id = ?", conversionID).
		Select("conversions.*, (SELECT COUNT(*) FROM decisions WHERE conversion_id = conversions.id) AS decided, " +
			"(SELECT COUNT(*) FROM breakers AS b JOIN integrations AS of ON of.id = b.integration_id WHERE of.site_id = conversions.site_id AND " +
			"(b.state = 'open' OR b.failures + b.trips + b.failed_in_row > 0)) AS troubled, " + settingsTag(db) + " AS settings_tag").
		Take(&found).Error
	if err != nil {
		return c, database.NotFoundAs("no_such_conversion", err)
	}
	c.Conversion = found.Conversion
	if err := s.settings.read(db, &c, found.SettingsTag); err != nil {
		return c, err
	}
	if err := db.Omit("raw").Where("conversion_id = ?", conversionID).Order("seq").Find(&c.Events).Error; err != nil {
		return c, fmt.Errorf("reading its events: %w", err)
	}
	if found.Decided > 0 {
		standing, err := standingDecisions(db, conversionID)
		if err != nil {
			return c, err
		}
		c.Decisions, c.Deliveries = standing.Decisions, standing.Deliveries
	}
	if found.Troubled > 0 {
		if c.breakers, err = integrations.BreakersOfSite(db, c.Conversion.SiteID); err != nil {
			return c, fmt.Errorf("reading its site's breakers: %w", err)
		}
	}
	if err := c.readSession(db); err != nil {
		return c, err
	}
	return c, c.readPerson(db)
}

// Standing returns the decisions of the case.
func (c Case) Standing() StandingDecisions {
	return StandingDecisions{Decisions: c.Decisions, Deliveries: c.Deliveries}
}

// BreakerOf returns the breaker of one of the integrations.
func (c Case) BreakerOf(integrationID string) integrations.Breaker {
	if b, ok := c.breakers[integrationID]; ok {
		return b
	}
	return integrations.ClosedBreaker(integrationID, time.Time{})
}

// readSession adds the session that the conversion belongs to, and third parties' ids
// of its visitor: those of the session, or else the present ones.
func (c *Case) readSession(db *gorm.DB) (err error) {
	c.Session, err = visitors.SessionNamed(db, c.Site.ID, c.Conversion.SessionID)
	if err != nil || c.Session == nil {
		return err
	}
	latest, err := visitors.LatestIDs(db, c.Site.ID, c.Session.VisitorID)
	c.VisitorIDs = identity.FillVisitorIDs(c.Session.VisitorIDs, latest)
	return err
}

// readPerson adds third parties' ids of the person whose conversion it is, from the
// visits that attribution uses too. A visit that is only claimed adds none: otherwise
// somebody else's id would be delivered because a number was written in a form.
func (c *Case) readPerson(db *gorm.DB) error {
	if c.Conversion.DecidedAt != nil {
		return nil
	}
	var err error
	if c.ties, err = visitors.TiesOf(db, c.Conversion.subject(), c.trustsForms()); err != nil {
		return err
	}
	links := c.ties.All(false)
	if len(links) == 0 {
		return nil
	}
	evidence := identity.EvidenceByVisitor(links)
	at := c.Conversion.At
	newestFirst, err := visitors.SessionsOf(db, c.Site.ID, identity.Visitors(links), visitors.End{Newest: true, Limit: visits.MaxHistory},
		"started_at <= ? AND started_at > ?", at, visits.ReachOf(at, c.Site.LookbackDays).Read)
	if err != nil {
		return fmt.Errorf("reading the person's visitor ids: %w", err)
	}
	for _, x := range newestFirst {
		c.addPersonIDs(x.VisitorIDs, evidence[x.VisitorID])
	}
	return nil
}

// addPersonIDs adds the visitor ids of one visit to those of newer ones.
func (c *Case) addPersonIDs(older map[string]string, evidence conversion.Evidence) {
	for system := range older {
		if _, known := c.PersonIDs[system]; !known {
			if c.PersonEvidence == nil {
				c.PersonEvidence = map[string]conversion.Evidence{}
			}
			c.PersonEvidence[system] = evidence
		}
	}
	c.PersonIDs = identity.FillVisitorIDs(c.PersonIDs, older)
}

// Earlier returns when the person last converted on the site before this conversion,
// by a conversion of the same kind. Of two at the same instant, the one with the
// smaller id is the earlier. Reports may come out of order: a conversion that started
// later and is decided as unique is returned too. If this conversion is itself decided
// as unique for some integration, it stays so: there was none within the uniqueness days
// then, so one of these days was reported since and is left out.
func (s *Store) Earlier(ctx context.Context, c Case) (e conversion.Earlier, err error) {
	others := c.others(&e)
	if len(others) == 0 {
		return e, nil
	}
	queries := make([]database.Query, len(others))
	for i, o := range others {
		queries[i] = o.query
	}
	var rows []struct {
		Name string
		At   time.Time
	}
	if err := database.Joined("UNION ALL", queries...).Scan(s.db.Read(ctx), &rows); err != nil {
		return e, s.db.WrapErr("looking for earlier conversions of the person", err)
	}
	for _, row := range rows {
		for _, o := range others {
			if o.name == row.Name {
				*o.at = row.At
			}
		}
	}
	return e, nil
}

// other is another conversion of the same kind and person, which may count in place of one.
type other struct {
	name  string
	query database.Query
	at    *time.Time // where its time belongs
}

// others returns what Earlier looks for, which is nothing without a person.
func (c Case) others(e *conversion.Earlier) (all []other) {
	if c.Conversion.Person == "" {
		return nil
	}
	add := func(name string, at *time.Time, query database.Query) {
		of := database.Q("SELECT ? AS name, at FROM (SELECT at FROM conversions WHERE person = ? AND person <> '' AND site_id = ? AND kind = ?",
			name, c.Conversion.Person, c.Conversion.SiteID, c.Conversion.Kind)
		all = append(all, other{name: name, at: at, query: of.And(query.Text, query.Values...).And("LIMIT 1) AS found")})
	}
	days := c.Site.UniquenessDays
	switch earlier := c.Conversion.startedEarlier(); {
	case !isTrue(c.Conversion.Unique):
		add("last", &e.LastAt, earlier.And(lastFirst))
		add("counted", &e.CountedAt, c.Conversion.startedLater("AND is_unique"))
	case days > 0:
		add("last", &e.LastAt, earlier.And("AND at < ?", conversion.DaysBefore(c.Conversion.At, days)).And(lastFirst))
	}
	if c.Conversion.Kind == conversion.KindCall {
		target := c.Conversion.startedEarlier().And("AND "+wasTarget, conversion.OutcomeAnswered, c.Conversion.SiteID)
		add("target", &e.LastTargetAt, target.And(lastFirst))
		add("counted target", &e.CountedTargetAt, c.Conversion.startedLater("AND is_unique_target AND "+canBeTarget))
	}
	return all
}

const lastFirst = "ORDER BY at DESC"

// startedEarlier returns the condition of conversions before this one.
func (c Conversion) startedEarlier() database.Query {
	return database.Q("AND at <= ? AND (at < ? OR id < ?)", c.At, c.At, c.ID)
}

// startedLater returns the condition of conversions after this one for which another holds, and
// their order.
func (c Conversion) startedLater(condition string) database.Query {
	return database.Q("AND at >= ? AND (at > ? OR id > ?) "+condition+" ORDER BY at", c.At, c.At, c.ID)
}

// overtaking returns a query that counts what Earlier would find and did not return.
func (c Case) overtaking(e conversion.Earlier) database.Query {
	others := c.others(&e)
	queries := make([]database.Query, len(others))
	for i, o := range others {
		queries[i] = o.query.And("WHERE at <> ?", *o.at)
	}
	found := database.Joined("UNION ALL", queries...)
	return database.Q("(SELECT COUNT(*) FROM ("+found.Text+") AS others)", found.Values...)
}

func isTrue(flag *bool) bool { return flag != nil && *flag }

// wasTarget uses the stored decision; while a call is undecided, the facts known so
// far.
const wasTarget = "(is_target OR (is_target IS NULL AND outcome = ? AND talk_seconds >= (SELECT target_call_seconds FROM sites WHERE id = ?))) AND " + canBeTarget

// canBeTarget is the condition of the index of those calls that were targets or may become
// some.
const canBeTarget = "kind = 'call' AND (is_target OR is_target IS NULL)"
