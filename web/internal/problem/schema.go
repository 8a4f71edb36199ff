package problem

import (
	"errors"
	"regexp"

	"github.com/danielgtaylor/huma/v2"

	"ringback/internal/fault"
)

// schemaMessage is a message of huma about a value that does not fit the schema. Its
// groups are the values of the expectation, by name.
type schemaMessage struct {
	pattern  *regexp.Regexp
	expected fault.Expectation
}

// schemaMessages are the messages that huma writes for the schemas of this API. Huma
// has no codes, only these texts.
var schemaMessages = []schemaMessage{
	{regexp.MustCompile(`^expected string$`), fault.Expect("type_string")},
	{regexp.MustCompile(`^expected number$`), fault.Expect("type_number")},
	{regexp.MustCompile(`^expected integer$`), fault.Expect("type_integer")},
	{regexp.MustCompile(`^expected boolean$`), fault.Expect("type_boolean")},
	{regexp.MustCompile(`^expected array$`), fault.Expect("type_array")},
	{regexp.MustCompile(`^expected object$`), fault.Expect("type_object")},
	{regexp.MustCompile(`^expected value to be one of "(?P<Choices>.*)"$`), fault.Expect("value_of")},
	{regexp.MustCompile(`^expected number >= (?P<Limit>\S+)$`), fault.Expect("number_at_least")},
	{regexp.MustCompile(`^expected number <= (?P<Limit>\S+)$`), fault.Expect("number_at_most")},
	{regexp.MustCompile(`^expected length >= (?P<Limit>\d+)$`), fault.Expect("length_at_least")},
	{regexp.MustCompile(`^expected length <= (?P<Limit>\d+)$`), fault.Expect("length_at_most")},
	{regexp.MustCompile(`^expected array length >= (?P<Limit>\d+)$`), fault.Expect("items_at_least")},
	{regexp.MustCompile(`^expected array length <= (?P<Limit>\d+)$`), fault.Expect("items_at_most")},
	{regexp.MustCompile(`^expected array items to be unique$`), fault.Expect("items_unique")},
	{regexp.MustCompile(`^expected string to be a name that is not blank$`), fault.Expect("name_not_blank")},
	{regexp.MustCompile(`^expected string to be 1 to 128 letters, digits and \. _ : ~ -$`), fault.Expect("id_characters")},
	{regexp.MustCompile(`^expected string to be a country's two capital letters`), fault.Expect("country")},
	{regexp.MustCompile(`^expected object with at most (?P<Limit>\d+) properties$`), fault.Expect("properties_at_most")},
	{regexp.MustCompile(`^expected at most one value`), fault.Expect("single_value")},
	{regexp.MustCompile(`^expected a plain \w+ in (?P<Field>\S+)$`), fault.Expect("plain_number")},
	{regexp.MustCompile(`^expected a cursor$`), fault.Expect("next_cursor")},
	{regexp.MustCompile(`^expected string to match pattern (?P<Pattern>.+)$`), fault.Expect("pattern")},
	{regexp.MustCompile(`^(invalid date/time|expected string to be RFC 3339 date-time)`), fault.Expect("time_form")},
	{regexp.MustCompile(`^unexpected property$`), fault.Expect("no_such_field")},
	{regexp.MustCompile(`^unknown query parameter$`), fault.Expect("no_such_parameter")},
	{regexp.MustCompile(`^expected required property `), fault.Expect("required_field")},
	{regexp.MustCompile(`^required .* parameter is missing$`), fault.Expect("required_parameter")},
}

// ofSchema returns what a message of huma expects, and false if it is none of
// schemaMessages.
func ofSchema(message string) (fault.Expectation, bool) {
	for _, known := range schemaMessages {
		found := known.pattern.FindStringSubmatch(message)
		if found == nil {
			continue
		}
		expected := known.expected
		for i, name := range known.pattern.SubexpNames() {
			if name != "" {
				expected = expected.With(name, found[i])
			}
		}
		return expected, true
	}
	return fault.Expectation{}, false
}

// OfSchema returns what a schema expects of a value that does not fit it, nil if it fits.
func OfSchema(registry huma.Registry, s *huma.Schema, value any) *fault.Expectation {
	var result huma.ValidateResult
	huma.Validate(registry, s, huma.NewPathBuffer(nil, 0), huma.ModeWriteToServer, value, &result)
	for _, err := range result.Errors {
		var wrong *huma.ErrorDetail
		if errors.As(err, &wrong) {
			return new(humaField(wrong).Expected)
		}
	}
	return nil
}
