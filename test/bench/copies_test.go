package bench_test

import "fmt"

// copied is a call or lead and where its copies are: at a site, which is SQL of the number g
// of the copy, each one minute before the other.
type copied struct {
	conversion string
	site       string // empty for that of the original
	prefix     string // of the ids, so that copies of different originals differ
	first      int    // seq of the events
}

// copies adds copies of a call or lead with all below it, at the same site.
func (f filler) copies(count int, conversion string) {
	f.b.Helper()
	f.copyAll(count, copied{conversion: conversion, prefix: "copy", first: 1_000_000})
	f.run("ANALYZE")
}

func (f filler) copyAll(count int, c copied) {
	f.b.Helper()
	const each = 100_000
	id := func(prefix string) string {
		return "'" + prefix + "_" + c.prefix + "' || lpad(CAST(g AS text), 22, '0')"
	}
	site := ""
	if c.site != "" {
		site = ", 'site_id', " + c.site
	}
	of := fmt.Sprintf("conversion_id = '%s'", c.conversion)
	var statements []string
	for _, t := range []struct{ table, where, changed string }{
		{"conversions", fmt.Sprintf("id = '%s'", c.conversion), fmt.Sprintf(`'id', %s, 'external_id', '%[2]s-' || g, 'workflow_id', '%[2]s-' || g, 'person', '+1202' || g,
			'at', (r).at - g * interval '1 minute', 'created_at', (r).created_at - (g %% 100) * interval '1 second'`, id("cnv"), c.prefix)},
		{"events", of, fmt.Sprintf("'seq', %d + g, 'conversion_id', %s", c.first, id("cnv"))},
		{"decisions", of, "'id', " + id("dec") + ", 'conversion_id', " + id("cnv")},
		{"deliveries", of, "'id', " + id("dlv") + ", 'conversion_id', " + id("cnv") + ", 'decision_id', " + id("dec") +
			", 'created_at', (r).created_at - g * interval '1 minute', 'finished_at', (r).finished_at - g * interval '1 minute'"},
		{"attempts", fmt.Sprintf("delivery_id IN (SELECT id FROM deliveries WHERE %s)", of), "'id', " + id("att") + ", 'delivery_id', " + id("dlv")},
	} {
		for from := 0; from < count; from += each {
			statements = append(statements, fmt.Sprintf(`SET session_replication_role = replica; INSERT INTO %[1]s SELECT copy.*
				FROM (SELECT o AS r FROM %[1]s o WHERE %[4]s LIMIT 1) original, generate_series(%[5]d, %[6]d) g,
				LATERAL jsonb_populate_record(r, jsonb_build_object(%[2]s%[3]s)) AS copy; SET session_replication_role = origin`,
				t.table, t.changed, site, t.where, from+1, min(count, from+each)))
		}
	}
	f.runAll(statements) // foreign keys are not checked, so that their order does not matter
}
