package history

import (
	"fmt"

	"ringback/conversion"
	"ringback/identity"
	"ringback/models/database"
	"ringback/models/visitors"
)

// visitsOf returns a query for the ids of the visitor's visits at one end of the history, joined of
// one for each thing that the visitor is known by, so that each uses an index of its own and
// reads no more than that end. The repeated "is not empty" is the condition of those indexes.
// The query is empty if the visitor is known by nothing. Limits are part of the text, because
// PostgreSQL would otherwise plan for any.
func visitsOf(c Of, e end) database.Query {
	var queries []database.Query
	known := func(column, value string) {
		if value != "" {
			condition, times := e.times("at")
			queries = append(queries, database.Q(fmt.Sprintf("SELECT id FROM (SELECT id FROM visits WHERE site_id = ? AND %[1]s = ? AND %[1]s <> '' AND conversion_id <> ? AND %[2]s"+
				" ORDER BY at%[3]s, id%[3]s LIMIT %[4]d) AS by_%[1]s", column, condition, e.Order(), e.Limit), append([]any{c.SiteID, value, c.ConversionID}, times...)...))
		}
	}
	known("session_id", c.SessionID)
	known("person", c.Person)
	for system, id := range c.VisitorIDs {
		if conversion.UsableVisitorID(id) { // visits stored as "unknown" share no history
			queries = append(queries, visitsOfVisitor(c, system, id, e))
		}
	}
	return database.Joined("UNION", queries...)
}

// visitsOfVisitor returns a query for the ids of the visits of a visitor at one end of the history. The
// visit that was reported with the conversion may be among them, beside those of the end.
func visitsOfVisitor(c Of, system, id string, e end) database.Query {
	condition, times := e.times("at")
	return database.Q(fmt.Sprintf("SELECT visit_id FROM (SELECT visit_id FROM visit_visitors WHERE site_id = ? AND visitor_id = ? AND system = ? AND %[1]s AND %[2]s"+
		" ORDER BY at%[3]s, visit_id%[3]s LIMIT %[4]d) AS by_visitor", visitors.NotShared, condition, e.Order(), e.Limit+1),
		append([]any{c.SiteID, id, system, c.SiteID, id, system, identity.MaxSharing}, times...)...)
}
