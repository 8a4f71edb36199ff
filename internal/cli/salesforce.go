package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"ringback/crm/salesforce"
	"ringback/internal/app"
	"ringback/internal/outbound"
)

type salesforceCommand struct {
	SignIn signInCommand `cmd:"" help:"Sign in to Salesforce in the browser and print the refresh token for an integration. It is needed only if the client credentials flow cannot be used."`
}

// signInCommand gets a refresh token on the computer of the person who signs in, so
// that the service needs no address that Salesforce can call.
type signInCommand struct {
	MyDomain     string `required:"" placeholder:"URL" help:"The address of your org, such as https://yourcompany.my.salesforce.com."`
	ClientID     string `required:"" placeholder:"KEY" help:"The consumer key of your external client app."`
	ClientSecret string `required:"" placeholder:"SECRET" env:"RINGBACK_SALESFORCE_CLIENT_SECRET" help:"The consumer secret of your external client app. Set it in the environment, so that it is not in the list of processes."`
	Port         int    `default:"8765" help:"The port on this computer to which Salesforce's page returns. The app must have the callback URL http://localhost:PORT/callback."`
}

// signInTime is how long a person may take.
const signInTime = 10 * time.Minute

// Run waits for the sign-in and prints the refresh token.
func (c signInCommand) Run(ctx context.Context, config app.Config, std streams) error {
	if !salesforce.UsableBase(c.MyDomain) {
		return errors.New("--my-domain must be an address without a path, such as https://yourcompany.my.salesforce.com")
	}
	ctx, cancel := context.WithTimeout(ctx, signInTime)
	defer cancel()
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", fmt.Sprintf("127.0.0.1:%d", c.Port))
	if err != nil {
		return fmt.Errorf("opening the port for the answer: %w", err)
	}
	redirect := fmt.Sprintf("http://localhost:%d/callback", listener.Addr().(*net.TCPAddr).Port)
	signIn := salesforce.NewSignIn(salesforce.Connection{BaseURL: c.MyDomain, ClientID: c.ClientID, ClientSecret: c.ClientSecret}, redirect)
	if _, err := fmt.Fprintf(std.err, "Open this address in your browser and sign in:\n\n%s\n\n", signIn.URL()); err != nil {
		return errors.Join(err, listener.Close())
	}
	client := outbound.New(outbound.Options{AllowPrivate: config.AllowPrivateDestinations})
	defer client.Close()
	token, err := awaitSignIn(ctx, listener, func(answer url.Values) (string, error) { return signIn.Finish(ctx, client, answer) })
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(std.out, token)
	return err
}

// awaitSignIn serves the callback until it was called with a usable answer, or ctx is
// done. Answers that belong to another sign-in are refused, and it goes on waiting.
func awaitSignIn(ctx context.Context, listener net.Listener, finish func(url.Values) (string, error)) (string, error) {
	type result struct {
		token string
		err   error
	}
	results := make(chan result, 1)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /callback", func(w http.ResponseWriter, r *http.Request) {
		token, err := finish(r.URL.Query())
		if errors.Is(err, salesforce.ErrOtherSignIn) {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		message := "Signed in. You can close this page; the token is in the terminal."
		if err != nil {
			message = "The sign-in failed. The terminal shows why."
		}
		_, _ = fmt.Fprintln(w, message)
		select {
		case results <- result{token, err}:
		default: // the page was loaded again
		}
	})
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	var serving sync.WaitGroup
	serving.Go(func() { _ = server.Serve(listener) }) // ends with the server
	defer serving.Wait()
	select {
	case got := <-results:
		return got.token, errors.Join(got.err, server.Shutdown(context.WithoutCancel(ctx)))
	case <-ctx.Done():
		return "", errors.Join(fmt.Errorf("waiting for the sign-in: %w", ctx.Err()), server.Close())
	}
}
