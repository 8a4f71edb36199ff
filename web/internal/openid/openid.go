// Package openid signs people in by OpenID Connect, at the issuer that the operator has
// configured: the code flow with PKCE, a state and a nonce. It must not know who is a user, nor
// the pages.
package openid

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/jonboulle/clockwork"
	"golang.org/x/oauth2"

	"ringback/internal/fault"
)

// Doer sends requests to the issuer.
type Doer interface {
	Do(*http.Request) (*http.Response, error)
}

// Options configure a Client. There is none without an Issuer.
type Options struct {
	Issuer, ClientID, ClientSecret string
	Redirect                       string // the address that the issuer leads back to
	Requests                       Doer
	Clock                          clockwork.Clock
}

// Attempt is what a browser keeps from the beginning of a sign-in to its end.
type Attempt struct{ State, Nonce, Verifier, Next string }

// Person is whom the issuer has signed in. The e-mail address is verified.
type Person struct{ Email, Name string }

// Client signs people in. It is safe for concurrent use. It finds the issuer's addresses when
// they are needed first, so that the service starts while the issuer is away.
type Client struct {
	o  Options
	at atomic.Pointer[oidc.Provider] // nil if the issuer was not found yet
}

// New returns a Client, nil if no issuer is configured.
func New(o Options) *Client {
	if o.Issuer == "" {
		return nil
	}
	return &Client{o: o}
}

// transport sends the requests of the library.
type transport struct{ Doer }

// RoundTrip implements http.RoundTripper.
func (t transport) RoundTrip(r *http.Request) (*http.Response, error) { return t.Do(r) }

// context returns a context by which the library sends its requests.
func (c *Client) context(ctx context.Context) context.Context {
	return oidc.ClientContext(ctx, &http.Client{Transport: transport{c.o.Requests}})
}

// provider returns the issuer with its addresses. Requests that need it first read it side by
// side: while the issuer is slow, none waits for the others.
func (c *Client) provider(ctx context.Context) (*oidc.Provider, error) {
	if at := c.at.Load(); at != nil {
		return at, nil
	}
	found, err := oidc.NewProvider(c.context(ctx), c.o.Issuer)
	if err != nil {
		return nil, fmt.Errorf("finding the issuer: %w: %w", fault.New(fault.Unavailable, "issuer_away"), err)
	}
	c.at.Store(found)
	return found, nil
}

func (c *Client) config(at *oidc.Provider) oauth2.Config {
	return oauth2.Config{
		ClientID: c.o.ClientID, ClientSecret: c.o.ClientSecret, Endpoint: at.Endpoint(), RedirectURL: c.o.Redirect,
		Scopes: []string{oidc.ScopeOpenID, "email", "profile"},
	}
}

// Begin returns the address at which a person signs in, and what the browser keeps meanwhile.
func (c *Client) Begin(ctx context.Context, next string) (address string, a Attempt, err error) {
	at, err := c.provider(ctx)
	if err != nil {
		return "", a, err
	}
	a = Attempt{State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(), Next: next}
	config := c.config(at)
	return config.AuthCodeURL(a.State, oidc.Nonce(a.Nonce), oauth2.S256ChallengeOption(a.Verifier)), a, nil
}

// refused returns the error of an answer of the issuer that does not fit.
func refused(err error) error {
	return fmt.Errorf("signing in by OpenID Connect: %w: %w", fault.New(fault.Unauthenticated, "issuer_refused"), err)
}

// End returns the person whom the issuer has signed in, by what it sent the browser back with.
func (c *Client) End(ctx context.Context, a Attempt, state, code string) (Person, error) {
	if a.State == "" || subtle.ConstantTimeCompare([]byte(a.State), []byte(state)) != 1 {
		return Person{}, refused(errors.New("the state is not that of this browser"))
	}
	at, err := c.provider(ctx)
	if err != nil {
		return Person{}, err
	}
	config := c.config(at)
	token, err := config.Exchange(c.context(ctx), code, oauth2.VerifierOption(a.Verifier))
	if err != nil {
		return Person{}, refused(err)
	}
	raw, _ := token.Extra("id_token").(string)
	verified, err := at.Verifier(&oidc.Config{ClientID: c.o.ClientID, Now: c.o.Clock.Now}).Verify(c.context(ctx), raw)
	if err != nil {
		return Person{}, refused(err)
	}
	if subtle.ConstantTimeCompare([]byte(verified.Nonce), []byte(a.Nonce)) != 1 {
		return Person{}, refused(errors.New("the nonce is not that of this browser"))
	}
	return personOf(verified)
}

// personOf returns whom a token is about. An address that the issuer has not verified could be
// anybody's.
func personOf(token *oidc.IDToken) (Person, error) {
	var claims struct {
		Email    string `json:"email"`
		Verified bool   `json:"email_verified"`
		Name     string `json:"name"`
	}
	if err := token.Claims(&claims); err != nil {
		return Person{}, refused(err)
	}
	if claims.Email == "" || !claims.Verified {
		return Person{}, fault.New(fault.Forbidden, "email_not_verified")
	}
	return Person{Email: claims.Email, Name: claims.Name}, nil
}
