package salesforcefake

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// token matches one part of a condition.
var token = regexp.MustCompile(`'(?:[^'\\]|\\.)*'|\(|\)|,|>=|<=|!=|=|>|<|[^\s(),=<>!']+`)

// parser reads conditions such as "A = 'x' AND (B IN ('y', 'z') OR C >= 2026-01-01T00:00:00Z)".
type parser struct {
	tokens []string
	known  func(field string) bool
	err    error
}

type predicate func(Record) bool

// condition returns the rows that a WHERE clause accepts; all if it is empty.
func condition(where string, known func(string) bool) (predicate, error) {
	if strings.TrimSpace(where) == "" {
		return func(Record) bool { return true }, nil
	}
	p := &parser{tokens: token.FindAllString(where, -1), known: known}
	matches := p.either()
	if p.err == nil && len(p.tokens) > 0 {
		p.err = fmt.Errorf("unexpected token: %s", p.tokens[0])
	}
	return matches, p.err
}

func (p *parser) either() predicate {
	left := p.both()
	for p.accept("OR") {
		a, b := left, p.both()
		left = func(r Record) bool { return a(r) || b(r) }
	}
	return left
}

func (p *parser) both() predicate {
	left := p.single()
	for p.accept("AND") {
		a, b := left, p.single()
		left = func(r Record) bool { return a(r) && b(r) }
	}
	return left
}

func (p *parser) single() predicate {
	if p.accept("(") {
		inner := p.either()
		p.expect(")")
		return inner
	}
	field, operator := p.next(), strings.ToUpper(p.next())
	if !p.known(field) && p.err == nil {
		p.err = fmt.Errorf("no such column '%s'", field)
	}
	if operator == "IN" {
		return p.list(field)
	}
	return compare(field, operator, p.next())
}

func (p *parser) list(field string) predicate {
	p.expect("(")
	var values []string
	for !p.accept(")") && p.err == nil {
		values = append(values, literal(p.next()))
		p.accept(",")
	}
	return func(r Record) bool { return slices.Contains(values, shown(r[field])) }
}

func (p *parser) next() string {
	if len(p.tokens) == 0 {
		if p.err == nil {
			p.err = fmt.Errorf("unexpected end of the query")
		}
		return ""
	}
	first := p.tokens[0]
	p.tokens = p.tokens[1:]
	return first
}

func (p *parser) accept(word string) bool {
	if len(p.tokens) > 0 && strings.EqualFold(p.tokens[0], word) {
		p.tokens = p.tokens[1:]
		return true
	}
	return false
}

func (p *parser) expect(word string) {
	if !p.accept(word) && p.err == nil {
		p.err = fmt.Errorf("expecting %s", word)
	}
}

// compare compares a field with a literal. Times are compared as times, and everything
// else as text, without regard to case as Salesforce does.
func compare(field, operator, given string) predicate {
	want := literal(given)
	return func(r Record) bool {
		have := shown(r[field])
		order := strings.Compare(strings.ToLower(have), strings.ToLower(want))
		if a, b, ok := times(have, want); ok {
			order = a.Compare(b)
		}
		switch operator {
		case "=":
			return order == 0
		case "!=":
			return order != 0
		case ">=":
			return order >= 0
		case "<=":
			return order <= 0
		case ">":
			return order > 0
		default:
			return order < 0
		}
	}
}

func times(a, b string) (time.Time, time.Time, bool) {
	x, errA := parseTime(a)
	y, errB := parseTime(b)
	return x, y, errA == nil && errB == nil
}

func parseTime(s string) (time.Time, error) {
	if t, err := time.Parse(timeFormat, s); err == nil {
		return t, nil
	}
	return time.Parse(time.RFC3339, s)
}

// literal returns the value of a literal.
func literal(s string) string {
	if len(s) < 2 || s[0] != '\'' {
		return s
	}
	return strings.NewReplacer(`\'`, `'`, `\\`, `\`).Replace(s[1 : len(s)-1])
}

func shown(value any) string {
	if value == nil {
		return "null"
	}
	return fmt.Sprint(value)
}
