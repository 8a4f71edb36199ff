package salesforcefake

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

var (
	soql = regexp.MustCompile(`(?i)^SELECT (.+?) FROM (\w+)(?: WHERE (.+?))?(?: ORDER BY (.+?))?(?: LIMIT (\d+))?$`)
	sosl = regexp.MustCompile(`^FIND \{([^}]*)\} IN (PHONE|EMAIL) FIELDS RETURNING (.+)$`)
	into = regexp.MustCompile(`(\w+)\(([^()]*?)(?: WHERE ([^()]+?))?(?: ORDER BY ([^()]+?))?(?: LIMIT (\d+))?\)`)
)

// query answers /query, /queryAll, and the following pages of both.
func (o *Org) query(q string, part []string) answer {
	if len(part) == 2 {
		rows, ok := o.cursors[part[1]]
		if !ok {
			return failure(http.StatusBadRequest, "INVALID_QUERY_LOCATOR", "invalid query locator")
		}
		return o.page(part[0], rows)
	}
	m := soql.FindStringSubmatch(q)
	if m == nil || o.objects[m[2]] == nil {
		return failure(http.StatusBadRequest, "MALFORMED_QUERY", "unexpected token")
	}
	return o.selected(part[0], m[2], clauses{m[1], m[3], m[4], m[5]})
}

// clauses are the parts of a query.
type clauses struct{ fields, where, order, limit string }

func (o *Org) selected(resource, of string, c clauses) answer {
	rows, err := o.find(of, c, resource == "queryAll")
	if err != nil {
		return failure(http.StatusBadRequest, "INVALID_FIELD", err.Error())
	}
	return o.page(resource, rows)
}

// find returns the fields of the rows that match, in order. Deleted and archived rows
// are found only if all is set.
func (o *Org) find(of string, c clauses, all bool) ([]Record, error) {
	fields := strings.Split(strings.ReplaceAll(c.fields, " ", ""), ",")
	for _, f := range fields {
		if !o.objects[of].has(f) {
			return nil, fmt.Errorf("no such column '%s' on entity '%s'", f, of)
		}
	}
	matches, err := condition(c.where, o.objects[of].has)
	if err != nil {
		return nil, err
	}
	found := o.rows(of, func(row Record) bool {
		return matches(row) && (all || row["IsDeleted"] == false && row["IsArchived"] == false)
	})
	order(found, c.order)
	if limit, err := strconv.Atoi(c.limit); err == nil && len(found) > limit {
		found = found[:limit]
	}
	picked := make([]Record, 0, len(found))
	for _, row := range found {
		out := Record{"attributes": map[string]string{"type": of}}
		for _, f := range fields {
			out[f] = row[f]
		}
		picked = append(picked, out)
	}
	return picked, nil
}

// order sorts rows by "SystemModstamp, Id" or "LastModifiedDate DESC".
func order(rows []Record, by string) {
	for _, key := range slices.Backward(strings.Split(by, ",")) {
		name, direction, _ := strings.Cut(strings.TrimSpace(key), " ")
		if name == "" {
			continue
		}
		slices.SortStableFunc(rows, func(a, b Record) int {
			n := strings.Compare(fmt.Sprint(a[name]), fmt.Sprint(b[name]))
			if strings.EqualFold(direction, "DESC") {
				return -n
			}
			return n
		})
	}
}

// page returns the first rows, and a cursor for the others.
func (o *Org) page(resource string, rows []Record) answer {
	body := map[string]any{"totalSize": len(rows), "done": len(rows) <= PageSize, "records": rows}
	if len(rows) > PageSize {
		cursor := fmt.Sprintf("01gsample%d-%d", len(o.cursors), PageSize)
		o.cursors[cursor] = rows[PageSize:]
		body["records"], body["nextRecordsUrl"] = rows[:PageSize], "/services/data/v66.0/"+resource+"/"+cursor
	}
	return answer{http.StatusOK, body}
}

// search answers /search. Phone numbers are compared by their digits.
func (o *Org) search(q string) answer {
	m := sosl.FindStringSubmatch(q)
	if m == nil {
		return failure(http.StatusBadRequest, "MALFORMED_SEARCH", "unexpected token")
	}
	found := []Record{}
	for _, in := range into.FindAllStringSubmatch(m[3], -1) {
		if o.objects[in[1]] == nil {
			return failure(http.StatusBadRequest, "INVALID_TYPE", "sObject type '"+in[1]+"' is not supported.")
		}
		rows, err := o.find(in[1], clauses{in[2], in[3], in[4], in[5]}, false)
		if err != nil {
			return failure(http.StatusBadRequest, "INVALID_FIELD", err.Error())
		}
		for _, row := range rows {
			if !o.IndexLag && containsAny(row, m[2], m[1]) {
				found = append(found, row)
			}
		}
	}
	return answer{http.StatusOK, map[string]any{"searchRecords": found}}
}

// containsAny reports whether a row has one of the texts of a search, "a OR b".
func containsAny(row Record, kind, wanted string) bool {
	for text := range strings.SplitSeq(wanted, " OR ") {
		if contains(row, kind, strings.ReplaceAll(text, `\`, "")) {
			return true
		}
	}
	return false
}

// contains reports whether a row has the searched text in its fields of this kind.
func contains(row Record, kind, wanted string) bool {
	if kind == "EMAIL" {
		email, _ := row["Email"].(string)
		return strings.EqualFold(email, wanted)
	}
	for _, name := range []string{"Phone", "MobilePhone"} {
		number, _ := row[name].(string)
		if digits(number) != "" && strings.Contains(digits(number), digits(wanted)) {
			return true
		}
	}
	return false
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s)
}
