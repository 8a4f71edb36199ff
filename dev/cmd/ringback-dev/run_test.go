package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/dev/demo"
	"ringback/dev/options"
)

// instance is everything, running in this process.
type instance struct {
	ready ready
	shown string         // what was printed until then
	jar   http.CookieJar // of the newcomer's browser
	stop  func()
}

// start runs everything and returns when the demonstration is over.
func start(t *testing.T, data string) instance {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	reader, writer := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := run(ctx, options.Options{HTTP: "127.0.0.1:0", Temporal: "127.0.0.1:0", UI: "127.0.0.1:0", Shop: "127.0.0.1:0", Ops: "127.0.0.1:0", Data: data}, writer)
		_ = writer.CloseWithError(err)
		ended <- err
	}()

	var i instance
	var printed strings.Builder
	lines := bufio.NewScanner(reader)
	for lines.Scan() {
		printed.WriteString(lines.Text() + "\n")
		if strings.HasPrefix(lines.Text(), "{") {
			require.NoError(t, json.Unmarshal(lines.Bytes(), &i.ready))
		}
		if strings.HasPrefix(lines.Text(), "  Open this") {
			break
		}
	}
	require.NoError(t, lines.Err(), printed.String())
	i.shown = printed.String()
	go func() { _, _ = io.Copy(io.Discard, reader) }() // so that later output does not block
	i.stop = func() {
		t.Helper()
		cancel()
		require.NoError(t, <-ended)
	}
	i.openTheLink(t)
	return i
}

// openTheLink opens the last address that was printed, twice, as a browser does that loads it
// ahead. It signs the browser in.
func (i *instance) openTheLink(t *testing.T) {
	t.Helper()
	var err error
	i.jar, err = cookiejar.New(nil)
	require.NoError(t, err)
	_, link, found := strings.Cut(i.shown, "  Open this     ")
	require.True(t, found, i.shown)
	require.NotContains(t, link, i.ready.AdminToken)
	for range 2 {
		status, page := i.get(t, strings.TrimSpace(link))
		require.Equal(t, http.StatusOK, status)
		require.Contains(t, page, "Sign out")
		for _, leadsTo := range []string{"A conversion that was delivered", "A conversion that was not sent", strings.TrimSuffix(i.shop(t), "ad")} {
			require.Contains(t, page, leadsTo)
		}
	}
}

func (i instance) get(t *testing.T, url string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	require.NoError(t, err)
	request.Header.Set("Authorization", "Bearer "+i.ready.AdminToken)
	response, err := (&http.Client{Jar: i.jar}).Do(request)
	require.NoError(t, err)
	defer func() { require.NoError(t, response.Body.Close()) }()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return response.StatusCode, string(body)
}

func TestNewcomerSeesACallAndALeadDelivered(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	first := start(t, data)
	status, _ := first.get(t, first.ready.UI)
	require.Equal(t, http.StatusOK, status)
	shown := first.shown
	link := firstConversion(t, shown)
	status, page := first.get(t, link.String())
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, page, "sales", "the link opens the conversion's page without a sign-in")
	status, metrics := first.get(t, metricsLink(t, shown))
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, metrics, "ringback_delivered_total")
	calls := first.calls(t)
	require.Len(t, calls, 5)
	for id, story := range calls {
		want := []string{"plan", "plan", "plan", "plan"}
		if strings.Contains(id, "demo-ann-") || strings.Contains(id, "demo-ben-") {
			want = []string{"plan", "plan"}
		}
		if len(story) > len(want) { // the first attempt took longer than its decision waits
			want = append(want, "dispatch", "finish")
		}
		require.Equal(t, want, story, "each event of a call on its own, and the decision with the last")
	}
	first.stop()

	require.NotContains(t, shown, "ended early")
	require.Equal(t, 3, strings.Count(shown, "  delivered "), "the long call, the lead and the visitor's call:\n%s", shown)
	require.Contains(t, shown, "  shown       +1202555014", "the visit has a number of the pool:\n%s", shown)
	require.Regexp(t, `received +tag=\S+ \w+=demo-visitor-\w+-script`, shown, "RTB House got the id of the visitor's cookie")
	require.Equal(t, 1, strings.Count(shown, "  decided     Skipped: "), "the short call:\n%s", shown)
	require.Contains(t, shown, "conversion_action_call__call-")
	require.Contains(t, shown, "conversion_action_form__request-")
	require.Contains(t, shown, first.ready.UI+"/namespaces/default/workflows/")

	for _, told := range []string{
		"  CallRail             Decided to send at the end", "  CallTrackingMetrics  Decided to send at the end", "  Calltouch            Decided to send at the end",
		"  Twilio               Skipped: ", "  Invoca (mapped)      Skipped: ", "  DialogTech (mapped)  Skipped: ",
		"  12:25  Task Inbound call from +12025550171 in Salesforce, type Call, BizibleId ",
		"  Ann's call  Merged: the call began 5 minutes after",
		"touchpoint of 12:17: type Call, source google, channel Paid Search, position LC, Form",
		"  Ben's call  Not merged: the call began 48 minutes after", "That is 18 minutes too late",
		"touchpoint of 13:05: type Call, source Salesforce Task, channel Other, position LC, Form",
		"  Web Form   Paid Search     PostLC, ", "  Lead Creation  Organic Search 0.00, Paid Search 1000.00",
	} {
		require.Contains(t, shown, told)
	}

	again := start(t, data)
	t.Cleanup(again.stop)
	require.NotContains(t, again.shown, "decided", "the demonstration is for newcomers")
	require.Contains(t, again.shown, "--demo plays it again")
	require.NotContains(t, shown, "--demo")
	require.Equal(t, first.ready.AdminToken, again.ready.AdminToken)
	status, body := again.get(t, again.ready.HTTP+"/api/v1"+link.Path)
	require.Equal(t, http.StatusOK, status, body)
	require.Contains(t, body, `"delivered"`, "the state survives a restart")

	standIn := again.standIn(t, data)
	status, body = again.get(t, standIn)
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, body, "stands in for RTB House", "the integration is told where it listens this time")
	again.tryTheShop(t)
}

// tryTheShop uses the sample shop as a newcomer does, but without a browser. So no
// script runs, and the number that is called is the one in the page.
func (i instance) tryTheShop(t *testing.T) {
	t.Helper()
	home := strings.TrimSuffix(i.shop(t), "ad")
	status, page := i.get(t, home)
	require.Equal(t, http.StatusOK, status)
	_, rest, found := strings.Cut(page, `<script async src="`)
	require.True(t, found, page)
	address, _, _ := strings.Cut(rest, `"`)
	status, script := i.get(t, address)
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, script, "ringback", "the tag on the page leads to the script")

	answer, err := (&http.Client{Jar: i.jar}).PostForm(home+"call", url.Values{"number": {"+12025550100"}})
	require.NoError(t, err)
	defer func() { require.NoError(t, answer.Body.Close()) }()
	told, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	require.Contains(t, string(told), "traffic filter is not met", "the button leads to the page of the call, which no ad brought")

	answer, err = (&http.Client{Jar: i.jar}).Get(home + "last-lead")
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Contains(t, answer.Request.URL.Path, "/conversions/cnv_")
}

// shop returns the address of the sample shop that was printed.
func (i instance) shop(t *testing.T) string {
	t.Helper()
	_, rest, found := strings.Cut(i.shown, "  Sample shop   ")
	require.True(t, found, i.shown)
	ad, _, _ := strings.Cut(rest, "\n")
	return ad
}

// metricsLink returns the link to the metrics, which is printed for people and for programs.
func metricsLink(t *testing.T, shown string) string {
	t.Helper()
	_, rest, found := strings.Cut(shown, "  Metrics       ")
	require.True(t, found, shown)
	link, _, _ := strings.Cut(rest, "\n")
	require.Contains(t, shown, `"ops":"`+strings.TrimSuffix(link, "/metrics")+`"`)
	return link
}

// standIn returns the address that the demonstration's integration sends to.
func (i instance) standIn(t *testing.T, data string) string {
	t.Helper()
	var shop demo.Shop
	kept, err := os.ReadFile(filepath.Join(data, "demo.json"))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(kept, &shop))
	var integration struct {
		Options map[string]string `json:"options"`
	}
	status, body := i.get(t, i.ready.HTTP+"/api/v1/sites/"+shop.SiteID+"/integrations/"+shop.IntegrationID)
	require.Equal(t, http.StatusOK, status, body)
	require.NoError(t, json.Unmarshal([]byte(body), &integration))
	return integration.Options["base_url"]
}

// firstConversion returns the link to the page of the first conversion that was printed.
func firstConversion(t *testing.T, shown string) *url.URL {
	t.Helper()
	_, rest, found := strings.Cut(shown, "  conversion  ")
	require.True(t, found, shown)
	text, _, _ := strings.Cut(rest, "\n")
	link, err := url.Parse(text)
	require.NoError(t, err)
	return link
}

func TestSecondInstanceOnTheSameFolderIsRefused(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	first, err := openFolder(data)
	require.NoError(t, err)
	defer func() { require.NoError(t, first.close()) }()

	err = run(t.Context(), options.Options{Data: data}, io.Discard)
	require.ErrorContains(t, err, "another instance is running on the data folder "+data)
	require.ErrorContains(t, err, "--data")
}

func TestPortInUseIsReportedBeforeAnythingStarts(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { require.NoError(t, taken.Close()) }()
	free := options.Options{HTTP: "127.0.0.1:0", Temporal: "127.0.0.1:0", UI: "127.0.0.1:0", Shop: "127.0.0.1:0", Ops: "127.0.0.1:0"}

	for flag, change := range map[string]func(*options.Options){
		"--http":     func(c *options.Options) { c.HTTP = taken.Addr().String() },
		"--temporal": func(c *options.Options) { c.Temporal = taken.Addr().String() },
		"--ui":       func(c *options.Options) { c.UI = taken.Addr().String() },
		"--shop":     func(c *options.Options) { c.Shop = taken.Addr().String() },
		"--ops":      func(c *options.Options) { c.Ops = taken.Addr().String() },
	} {
		c := free
		c.Data = t.TempDir()
		change(&c)
		err := run(t.Context(), c, io.Discard)
		require.ErrorContains(t, err, taken.Addr().String()+" is already in use")
		require.ErrorContains(t, err, flag)
	}
}

func TestG8_SecretsAreMadeOnceForTheirOwnerAlone(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	f, err := openFolder(data)
	require.NoError(t, err)
	defer func() { require.NoError(t, f.close()) }()

	token, err := f.adminToken()
	require.NoError(t, err)
	keys, err := f.encryptionKeys()
	require.NoError(t, err)
	require.NotEqual(t, token, keys)
	again, err := f.adminToken()
	require.NoError(t, err)
	require.Equal(t, token, again)
	for _, name := range []string{".", "admin-token", "encryption-keys"} {
		info, err := os.Stat(f.file(name))
		require.NoError(t, err)
		require.Zero(t, info.Mode().Perm()&0o077, "%s is open to others: %v", name, info.Mode())
	}
}
