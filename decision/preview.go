package decision

import (
	"context"
	"time"

	"ringback/conversion"
	"ringback/models"
	"ringback/models/integrations"
	"ringback/models/judged"
	"ringback/models/websites"
)

// kept returns what the decisions of the set went by, as it is stored.
func (s Set) kept(at time.Time) judged.Facts {
	return judged.Facts{
		ConversionID: s.Conversion.ID, SiteID: s.Conversion.SiteID, Seq: s.LastSeq(), Final: s.Final,
		Facts: s.facts.Reduced(s.Site.Rules()), Event: s.event, CreatedAt: at,
	}
}

// LoadFacts returns the facts of a decided conversion of which none were kept, by what is
// stored of it today. Events count as they did for the decision. The visitor ids of the
// same person's other visits are left out.
func LoadFacts(ctx context.Context, store Store, conversionID string) (judged.Facts, error) {
	c, err := load(ctx, store, conversionID, func(Case) bool { return true })
	if err != nil {
		return judged.Facts{}, err
	}
	moment := conversion.AtIncomplete
	for _, d := range c.Decisions {
		if d.Moment == conversion.AtCancelled {
			moment = d.Moment
		}
	}
	return Set{Final: true, subject: c.closed(moment)}.kept(c.Conversion.CreatedAt), nil
}

// Preview returns what would have been decided on a conversion by the settings of an
// integration, whether they are stored or not. Facts are what was known of the conversion
// whenever something was decided on it, in their order, the last of them final. Settings
// that need no end of the call are judged at the first of these moments at which they
// could be, as the decisions were.
func (d Decider) Preview(site websites.Site, facts []judged.Facts, i integrations.Integration) conversion.Decision {
	for _, f := range facts {
		c := Case{Case: models.Case{Conversion: models.Conversion{ID: f.ConversionID, SiteID: f.SiteID, Kind: f.Facts.Kind}, Site: site}}
		j := d.judge(subject{Case: c, facts: f.Facts, event: f.Event}, i)
		if f.Final || len(j.waits(f.Facts)) == 0 {
			return j.decision
		}
	}
	return conversion.Decision{}
}
