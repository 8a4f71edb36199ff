package conversion

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"unicode/utf8"

	"ringback/internal/texts"
)

// errExpressionSize is returned for an expression that exceeds the limits.
var errExpressionSize = errors.New("too large")

// matches returns a function that searches the first MaxMatchedLength characters of
// a text for an RE2 expression, without case. An invalid expression matches
// nothing; validation refuses it when the rules are saved.
func matches(expression string) func(seen string) bool {
	re, err := compile(expression)
	if err != nil {
		return func(string) bool { return false }
	}
	return func(seen string) bool { return re.MatchString(texts.First(seen, MaxMatchedLength)) }
}

// compile compiles an RE2 expression that matches without case. A search takes time
// in proportion to the length of the text and the size of the compiled program,
// and a short expression can compile to a huge program: "(\pL{9}){100}". So the
// size is limited (errExpressionSize).
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

// expressions returns the number of RE2 expressions in the condition and all its parts.
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

// expressionFault returns the fault of an expression, without quoting it.
func expressionFault(err error) string {
	if parse, ok := errors.AsType[*syntax.Error](err); ok {
		return parse.Code.String()
	}
	return err.Error()
}
