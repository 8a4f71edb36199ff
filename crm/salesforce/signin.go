package salesforce

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"

	"ringback/internal/texts"
)

const (
	authorizePath = "/services/oauth2/authorize"
	// scopes are what a sign-in asks for: the API, and a refresh token.
	scopes = "api refresh_token"

	maxDescription = 300
)

// SignIn is the sign-in of a person in a browser: the web server flow with PKCE
// (RFC 7636). It is for one use.
type SignIn struct {
	to       Connection
	redirect string
	state    string
	verifier string
}

// NewSignIn returns a sign-in that ends at this redirect URL, which must be among the
// callback URLs of the app.
func NewSignIn(to Connection, redirect string) SignIn {
	return SignIn{to: to, redirect: redirect, state: rand.Text(), verifier: rand.Text() + rand.Text()}
}

// URL returns the address that the person opens.
func (s SignIn) URL() string {
	challenge := sha256.Sum256([]byte(s.verifier))
	return s.to.url(authorizePath) + "?" + url.Values{
		"response_type": {"code"}, "client_id": {s.to.ClientID}, "redirect_uri": {s.redirect}, "scope": {scopes}, "state": {s.state},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(challenge[:])}, "code_challenge_method": {"S256"},
	}.Encode()
}

// ErrOtherSignIn is returned if an answer belongs to another sign-in than this one.
var ErrOtherSignIn = errors.New("the answer does not belong to this sign-in; open the address again")

// Finish exchanges the parameters with which Salesforce called the redirect URL for a
// refresh token.
func (s SignIn) Finish(ctx context.Context, doer Doer, answer url.Values) (refreshToken string, err error) {
	if subtle.ConstantTimeCompare([]byte(answer.Get("state")), []byte(s.state)) != 1 {
		return "", ErrOtherSignIn
	}
	if code := answer.Get("error"); code != "" {
		return "", fmt.Errorf("the sign-in was refused: %s: %s",
			texts.First(texts.Clean(code), maxDescription), texts.First(texts.Clean(answer.Get("error_description")), maxDescription))
	}
	granted, err := requestToken(ctx, doer, s.to, url.Values{
		"grant_type": {"authorization_code"}, "code": {answer.Get("code")}, "redirect_uri": {s.redirect}, "code_verifier": {s.verifier},
		"client_id": {s.to.ClientID}, "client_secret": {s.to.ClientSecret},
	})
	if err != nil {
		return "", fmt.Errorf("exchanging the code: %w", err)
	}
	if granted.RefreshToken == "" {
		return "", errors.New("the answer holds no refresh token; give the app the scope refresh_token")
	}
	return granted.RefreshToken, nil
}
