package temporalite

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"

	uiserver "github.com/temporalio/ui-server/v2/server"
	uiconfig "github.com/temporalio/ui-server/v2/server/config"
	"github.com/temporalio/ui-server/v2/server/server_options"

	"ringback/dev/listen"
)

// ui serves Temporal's web pages. Their assets are embedded in the module.
type ui struct {
	server *uiserver.Server
	url    string
	done   chan struct{}
}

func startUI(address netip.AddrPort, frontend, namespace, publicPath string) *ui {
	host := address.Addr().String()
	if address.Addr().Is6() {
		host = "[" + host + "]"
	}
	page := &ui{
		url:  "http://" + listen.Reach(address) + publicPath,
		done: make(chan struct{}),
		server: uiserver.NewServer(server_options.WithConfigProvider(&uiconfig.Config{
			TemporalGRPCAddress: frontend,
			Host:                host,
			Port:                int(address.Port()),
			PublicPath:          publicPath,
			EnableUI:            true,
			DefaultNamespace:    namespace,
			DisableNewsFetch:    true, // no calls to the outside
			HideLogs:            true,
			CORS:                uiconfig.CORS{CookieInsecure: true}, // plain HTTP on loopback
		})),
	}
	go func() {
		defer close(page.done)
		_ = page.server.Start() // nil by its contract: it blocks until Stop
	}()
	return page
}

// answers returns an error unless the page is served.
func (u *ui) answers(ctx context.Context) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, u.url+"/healthz", nil)
	if err != nil {
		return fmt.Errorf("preparing to ask the Temporal UI: %w", err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("asking the Temporal UI: %w", err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("the Temporal UI answered %s", response.Status)
	}
	return nil
}

func (u *ui) stop() {
	u.server.Stop()
	<-u.done
}
