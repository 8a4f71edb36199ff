package conversion

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"unicode/utf8"

	"ringback/internal/texts"
)

// errExpressionSize is the error of an expression beyond the limits.
var errExpressionSize = errors.New("too large")

// matches makes the search for an RE2 expression, without case, in the first
// MaxMatchedLength characters of a text. Expressions that cannot be used fit
// nothing; validation refuses them when the rules are saved.
func matches(expression string) func(seen string) bool {
	re, err := compile(expression)
	if err != nil {
		return func(string) bool { return false }
	}
	return func(seen string) bool { return re.MatchString(texts.First(seen, MaxMatchedLength)) }
}

// compile reads an RE2 expression that matches without case. The work of a
// search grows with the text's length times the size of the program that the
// expression becomes, and a few characters can ask for a huge one: "(\pL{9}){100}".
// So the size is limited before anything is searched (errExpressionSize).
func compile(expression string) (*regexp.Regexp, error) {
	if utf8.RuneCountInString(expression) > MaxExpressionLength {
		return nil, errExpressionSize
	}
	expression = "(?i)" + expression
	parsed, err := syntax.Parse(expression, syntax.Perl)
	if err != nil {
		return nil, fmt.Errorf("reading an expression: %w", err)
	}
	program, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		return nil, fmt.Errorf("compiling an expression: %w", err)
	}
	if len(program.Inst) > MaxExpressionSize {
		return nil, errExpressionSize
	}
	return regexp.Compile(expression)
}

// expressions counts the RE2 expressions of the condition and all its parts.
func (c Condition) expressions() int {
	n := 0
	if c.Operator == OpMatches {
		n = len(c.Values)
	}
	for _, part := range c.Conditions {
		n += part.expressions()
	}
	return n
}

// expressionFault says what is wrong with an expression, without quoting it.
func expressionFault(err error) string {
	if parse, ok := errors.AsType[*syntax.Error](err); ok {
		return parse.Code.String()
	}
	return err.Error()
}
