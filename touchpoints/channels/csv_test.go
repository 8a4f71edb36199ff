package channels_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ringback/internal/fault"
	"ringback/touchpoints/channels"
)

const headings = "Channel,Subchannel,Campaign,Medium,Source,Landing Page,Referring Website"

// fields returns what is wrong, as "path: expected".
func fields(t require.TestingT, err error) []string {
	var f *fault.Error
	require.ErrorAs(t, err, &f)
	var all []string
	for _, field := range f.Fields {
		all = append(all, field.Path+": "+field.Expected.String())
	}
	return all
}

func TestReadCSVAsMarketoMeasureWritesIt(t *testing.T) {
	t.Parallel()
	sheet, err := channels.ReadCSV(strings.NewReader("\uFEFF" + headings + ",\r\n" +
		"Paid Search,AdWords,,,,,[AdWords Paid Search],Do Not Remove\r\n" +
		",,,,,,,\r\n" +
		`"Email",,"sale, spring",*email*;newsletter,,,` + "\r\n" +
		"Events\r\n"))
	require.NoError(t, err)
	require.Equal(t, []channels.Rule{
		{Channel: "Paid Search", Subchannel: "AdWords", ReferringWebsite: "[AdWords Paid Search]", Keep: true},
		{Channel: "Email", Campaign: "sale, spring", Medium: "*email*;newsletter"},
		{Channel: "Events"},
	}, sheet.Rules())
}

// TestReadCSVWithSemicolons reads a sheet as Excel writes it in Russian or Portuguese.
func TestReadCSVWithSemicolons(t *testing.T) {
	t.Parallel()
	file := strings.ReplaceAll(headings, ",", ";") + "\r\n" + `Email;;"sale, spring";"*email*;newsletter";;;` + "\r\n"
	sheet, err := channels.ReadCSV(strings.NewReader(file))
	require.NoError(t, err)
	require.Equal(t, []channels.Rule{{Channel: "Email", Campaign: "sale, spring", Medium: "*email*;newsletter"}}, sheet.Rules())
}

func TestReadCSVNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	row := func(cells string) string { return headings + "\n" + cells + "\n" }
	many := headings + "\n"
	for i := range channels.MaxChannels + 1 {
		many += fmt.Sprintf("Channel %d,,,x,,,\n", i)
	}
	for name, tc := range map[string]struct{ file, want string }{
		"nothing":            {"", "line 1: headings (Headings: Channel, Subchannel"},
		"a wrong column":     {strings.Replace(headings, "Medium", "Media", 1), `line 1, column 4: heading (Heading: Medium)`},
		"columns exchanged":  {strings.Replace(headings, "Channel,Subchannel", "Subchannel,Channel", 1), `line 1, column 1: heading (Heading: Channel)`},
		"a column missing":   {strings.TrimSuffix(headings, ",Referring Website"), `line 1, column 7: heading (Heading: Referring Website)`},
		"tabs":               {strings.ReplaceAll(headings, ",", "\t"), "line 1, column 1: heading (Heading: Channel)"},
		"another encoding":   {"\xff\xfeC\x00h\x00", "file: csv_utf8"},
		"a quote left open":  {row(`"Email,,,,,,`), "line 2: quotes"},
		"too many columns":   {row("Email,,,,,,,,more"), "line 2: columns_at_most (8)"},
		"no channel":         {row(",,,email,,,"), "line 2, column Channel: channel_name"},
		"special characters": {row("R&D,,,email,,,"), "line 2, column Channel: name_characters"},
		"commas in a cell":   {row(`Email,,,"email,mail",,,`), "line 2, column Medium: semicolons"},
		"an unknown bracket": {row("Paid,,,,,,[Gogle]"), "line 2, column Referring Website: built_in_site (Choices: [AdWords Paid Search]"},
		"a bracket elsewhere": {row("Paid,,,,[Facebook],,"),
			"line 2, column Source: brackets_column"},
		"a subchannel in some rows": {row("Email,News,,a,,,\n\nEmail,,,b,,,"), "line 4, column Subchannel: subchannel_everywhere"},
		"too many channels":         {many, "rules: channels_at_most (52)"},
	} {
		_, err := channels.ReadCSV(strings.NewReader(tc.file))
		require.Error(t, err, name)
		require.Contains(t, strings.Join(fields(t, err), "\n"), tc.want, name)
	}
}

func TestRulesFromTheAPINameWhatIsWrong(t *testing.T) {
	t.Parallel()
	_, err := channels.NewSheet([]channels.Rule{{Channel: "Email", Medium: "email"}, {Channel: "Paid", ReferringWebsite: "[x]"}})
	require.Contains(t, strings.Join(fields(t, err), "\n"), "rules[1].referring_website: built_in_site (Choices: [AdWords Paid Search]")
	_, err = channels.NewSheet(make([]channels.Rule, 100))
	require.Len(t, fields(t, err), 20, "of many problems the first ones")
	_, err = channels.NewSheet(make([]channels.Rule, channels.MaxRules+1))
	require.Equal(t, []string{"rules: rows_at_most (5000)"}, fields(t, err))
}

func written(t require.TestingT, sheet channels.Sheet) string {
	var out bytes.Buffer
	require.NoError(t, sheet.WriteCSV(&out))
	return out.String()
}

func TestDefaultRulesAreValidAndSurviveCSV(t *testing.T) {
	t.Parallel()
	_, err := channels.NewSheet(channels.Default().Rules())
	require.NoError(t, err)
	read, err := channels.ReadCSV(strings.NewReader(written(t, channels.Default())))
	require.NoError(t, err)
	require.Equal(t, channels.Default().Rules(), read.Rules())
}

func TestAnySheetSurvivesCSV(t *testing.T) {
	t.Parallel()
	texts := rapid.StringOfN(rapid.RuneFrom([]rune("ab*; \"\r\nя,")), 0, 6, -1)
	words := rapid.StringOfN(rapid.RuneFrom([]rune("ab*; \"я")), 0, 6, -1)
	rapid.Check(t, func(t *rapid.T) {
		var rules []channels.Rule
		for range rapid.IntRange(0, 4).Draw(t, "rules") {
			rules = append(rules, channels.Rule{
				Channel: rapid.SampledFrom([]string{"A", "Б, в"}).Draw(t, "channel"), Keep: rapid.Bool().Draw(t, "keep"),
				Campaign: texts.Draw(t, "campaign"), Medium: words.Draw(t, "medium"), LandingPage: texts.Draw(t, "page"),
			})
		}
		sheet, err := channels.NewSheet(rules)
		require.NoError(t, err)
		read, err := channels.ReadCSV(strings.NewReader(written(t, sheet)))
		require.NoError(t, err)
		require.Equal(t, sheet.Rules(), read.Rules())
	})
}

// FuzzReadCSV holds that a file is either refused with a fault or survives being
// written and read again.
func FuzzReadCSV(f *testing.F) {
	f.Add(headings + "\nEmail,,,*email*;newsletter,,,\n")
	f.Add("\uFEFF" + headings + ",Note\r\nPaid,AdWords,,,,,[AdWords Paid Search],Do Not Remove\r\n")
	f.Add(strings.ReplaceAll(headings, ",", ";"))
	f.Add(headings + "\n\"\n")
	f.Fuzz(func(t *testing.T, file string) {
		sheet, err := channels.ReadCSV(strings.NewReader(file))
		if err != nil {
			require.NotEqual(t, fault.Internal, fault.CodeOf(err))
			return
		}
		again, err := channels.ReadCSV(strings.NewReader(written(t, sheet)))
		require.NoError(t, err)
		require.Equal(t, sheet.Rules(), again.Rules())
	})
}
