package openid_test

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/web/internal/openid"
)

// doer answers requests in this process.
type doer func(*http.Request) (*http.Response, error)

func (d doer) Do(r *http.Request) (*http.Response, error) { return d(r) }

// TestNobodyWaitsForOthersAtASlowIssuer has an issuer that answers nobody before two people
// have come.
func TestNobodyWaitsForOthersAtASlowIssuer(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var asked atomic.Int32
	both := make(chan struct{})
	client := openid.New(openid.Options{Issuer: "https://issuer.example.com", Requests: doer(func(r *http.Request) (*http.Response, error) {
		if asked.Add(1) == 2 {
			close(both)
		}
		select {
		case <-both:
		case <-r.Context().Done():
		}
		return nil, errors.New("the issuer is away")
	})})
	var people sync.WaitGroup
	for range 2 {
		people.Go(func() { _, _, _ = client.Begin(ctx, "/") })
	}
	people.Wait()
	require.NoError(t, ctx.Err())
}
