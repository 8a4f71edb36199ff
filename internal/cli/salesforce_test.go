package cli

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/test/salesforcefake"
)

// addressWriter passes on the first address that is written to it.
type addressWriter struct {
	seen    bytes.Buffer
	address chan string
}

var address = regexp.MustCompile(`http\S+/authorize\S+`)

// Write implements io.Writer.
func (w *addressWriter) Write(p []byte) (int, error) {
	w.seen.Write(p)
	if found := address.FindString(w.seen.String()); found != "" {
		select {
		case w.address <- found:
		default:
		}
	}
	return len(p), nil
}

func TestSalesforceSignInPrintsTheRefreshToken(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ secret, out, failure string }{
		"signed in":    {salesforcefake.ClientSecret, "sample-refresh-token-2\n", ""},
		"wrong secret": {"other", "", "invalid_client"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(salesforcefake.New(true))
			t.Cleanup(server.Close)
			var out bytes.Buffer
			shown := &addressWriter{address: make(chan string, 1)}
			ended := make(chan error, 1)
			go func() {
				ended <- run(t.Context(), []string{
					"salesforce", "sign-in", "--my-domain", server.URL, "--client-id", salesforcefake.ClientID, "--client-secret", test.secret,
					"--port", "0", "--allow-private-destinations",
				}, streams{&out, shown})
			}()
			begun := <-shown.address
			redirect := regexp.MustCompile(`redirect_uri=([^&]+)`).FindStringSubmatch(begun)[1]
			forged, err := http.Get(strings.NewReplacer("%3A", ":", "%2F", "/").Replace(redirect) + "?code=sample&state=forged")
			require.NoError(t, err)
			require.NoError(t, forged.Body.Close())
			require.Equal(t, http.StatusBadRequest, forged.StatusCode, "another sign-in's answer is refused")

			page, err := http.Get(begun) // the browser, which follows the redirect
			require.NoError(t, err)
			require.NoError(t, page.Body.Close())
			require.Equal(t, http.StatusOK, page.StatusCode)
			err = <-ended
			require.Equal(t, test.out, out.String())
			if test.failure == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, test.failure)
			}
		})
	}
}
