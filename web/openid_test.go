package web_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc/oidctest"
	"github.com/stretchr/testify/require"

	"ringback/web"
	"ringback/web/internal/openid"
)

// issuer is an issuer of OpenID Connect on this machine.
type issuer struct {
	*httptest.Server
	keys      oidctest.Server
	key       *ecdsa.PrivateKey
	challenge string // of the last sign-in
	claims    object // of the next token, besides those that every token has
}

func newIssuer(t *testing.T) *issuer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	i := &issuer{key: key, keys: oidctest.Server{Algorithms: []string{"ES256"}, PublicKeys: []oidctest.PublicKey{{PublicKey: key.Public(), KeyID: "k1", Algorithm: "ES256"}}}}
	i.Server = httptest.NewServer(i)
	i.keys.SetIssuer(i.URL)
	t.Cleanup(i.Close)
	return i
}

// ServeHTTP implements http.Handler.
func (i *issuer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/token" {
		i.keys.ServeHTTP(w, r)
		return
	}
	sum := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	if r.PostFormValue("code") != "sample-code" || base64.RawURLEncoding.EncodeToString(sum[:]) != i.challenge {
		http.Error(w, `{"error":"invalid_grant"}`, http.StatusBadRequest)
		return
	}
	claims, _ := json.Marshal(i.claims)
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(object{
		"access_token": "sample-access", "token_type": "Bearer", "id_token": oidctest.SignIDToken(i.key, "k1", "ES256", string(claims)),
	})
}

// visit is a browser that signs in.
type visit struct {
	w       *world
	i       *issuer
	cookies []*http.Cookie
	state   string
}

// leave leaves for the issuer, whose token says what is given.
func (i *issuer) leave(w *world, claims object) *visit {
	w.t.Helper()
	away := w.browse("/oidc?next=/keys", "")
	require.Equal(w.t, 303, away.Code, away.Body)
	at, err := url.Parse(away.Header().Get("Location"))
	require.NoError(w.t, err)
	query := at.Query()
	require.Equal(w.t, "S256", query.Get("code_challenge_method"))
	require.Equal(w.t, "https://ringback.example.com/oidc/callback", query.Get("redirect_uri"))
	i.challenge = query.Get("code_challenge")
	i.claims = object{
		"iss": i.URL, "aud": "ringback", "sub": "1", "nonce": query.Get("nonce"), "iat": start.Unix(), "exp": start.Add(time.Hour).Unix(),
		"email": adminEmail, "email_verified": true, "name": "Sample",
	}
	for name, value := range claims {
		i.claims[name] = value
	}
	return &visit{w: w, i: i, cookies: away.Result().Cookies(), state: query.Get("state")}
}

// back comes back with a state and a code.
func (v *visit) back(state, code string) *httptest.ResponseRecorder {
	return v.w.see(v.cookies, "/oidc/callback?"+url.Values{"state": {state}, "code": {code}}.Encode())
}

// withIssuer makes the service use an issuer.
func (w *world) withIssuer(i *issuer, openAccount string) {
	w.as(func(o *web.Options) {
		o.OpenID = openid.Options{Issuer: i.URL, ClientID: "ringback", ClientSecret: "sample-client-secret", Requests: http.DefaultClient}
		o.OpenAccount = openAccount
	})
}

func TestAUserSignsInByOpenIDConnect(t *testing.T) {
	t.Parallel()
	w, i := newWorld(t), newIssuer(t)
	require.Equal(t, 404, w.browse("/oidc", "").Code, "without an issuer there is no such page")
	require.NotContains(t, w.browse("/login", "").Body.String(), "/oidc")
	w.withIssuer(i, "")
	require.Contains(t, w.browse("/login?next=/keys", "").Body.String(), `href="/oidc?next=%2Fkeys"`)
	v := i.leave(w, nil)
	in := v.back(v.state, "sample-code")
	require.Equal(t, 303, in.Code, in.Body)
	require.Equal(t, "/keys", in.Header().Get("Location"))
	require.Equal(t, adminEmail, decode(t, w.byBrowser(in.Result().Cookies(), "GET", "/me", ""))["email"])
	require.Equal(t, 401, v.back(v.state, "sample-code").Code, "an attempt ends once")
	require.NotContains(t, w.log.String(), "sample-client-secret")
	require.Contains(t, w.do("GET", "/audit?entity=user", adminToken, "").Body.String(), `"action":"signed_in"`)
}

// TestG8_WhatTheIssuerDidNotSayOpensNothing changes one thing of a good sign-in at a time.
func TestG8_WhatTheIssuerDidNotSayOpensNothing(t *testing.T) {
	t.Parallel()
	w, i := newWorld(t), newIssuer(t)
	w.withIssuer(i, "")
	other := newIssuer(t)
	for name, test := range map[string]struct {
		claims      object
		state, code string
		foreign     bool // signed by another key
		verifier    bool // the issuer has another challenge
		status      int
	}{
		"another state":              {state: "another", status: 401},
		"no state":                   {state: "-", status: 401},
		"another code":               {code: "another", status: 401},
		"another challenge":          {verifier: true, status: 401},
		"another nonce":              {claims: object{"nonce": "another"}, status: 401},
		"another client's token":     {claims: object{"aud": "another"}, status: 401},
		"another issuer's token":     {claims: object{"iss": other.URL}, status: 401},
		"another issuer's signature": {foreign: true, status: 401},
		"an old token":               {claims: object{"exp": start.Add(-time.Hour).Unix()}, status: 401},
		"an address not verified":    {claims: object{"email_verified": false}, status: 403},
		"no address":                 {claims: object{"email": ""}, status: 403},
		"nobody who is invited":      {claims: object{"email": "nobody@example.com"}, status: 403},
	} {
		v := i.leave(w, test.claims)
		state, code := v.state, "sample-code"
		if test.state != "" {
			state = strings.TrimPrefix(test.state, "-")
		}
		if test.code != "" {
			code = test.code
		}
		if test.verifier {
			i.challenge = "another"
		}
		key := i.key
		if test.foreign {
			i.key = other.key
		}
		answer := v.back(state, code)
		i.key = key
		require.Equal(t, test.status, answer.Code, name)
		require.Equal(t, 401, w.byBrowser(append(v.cookies, answer.Result().Cookies()...), "GET", "/me", "").Code, name)
	}
	alone := w.browse("/oidc/callback?state=x&code=sample-code", "")
	require.Equal(t, 401, alone.Code, "nobody began it")
}

func TestAnInvitedPersonJoinsByOpenIDConnect(t *testing.T) {
	t.Parallel()
	w, i := newWorld(t), newIssuer(t)
	w.withIssuer(i, "")
	w.must("POST", "/invitations", `{"email":"invited.person@example.com","role":"editor"}`)
	v := i.leave(w, object{"email": "Invited.Person@example.com", "name": "Invited"})
	in := v.back(v.state, "sample-code")
	require.Equal(t, 303, in.Code, in.Body)
	self := decode(t, w.byBrowser(in.Result().Cookies(), "GET", "/me", ""))
	require.Equal(t, "invited.person@example.com", self["email"])
	require.Equal(t, "Invited", self["name"])
	require.Equal(t, 200, w.byBrowser(in.Result().Cookies(), "PATCH", "/sites/{site}", `{}`).Code)
	require.Equal(t, 401, w.submit("/login", url.Values{"email": {"invited.person@example.com"}, "password": {""}}).Code, "there is no password")
}

func TestEverybodyOfTheIssuerMayJoinIfASettingSaysSo(t *testing.T) {
	t.Parallel()
	w, i := newWorld(t), newIssuer(t)
	w.withIssuer(i, "acc_default")
	v := i.leave(w, object{"email": "anybody@example.com", "name": ""})
	in := v.back(v.state, "sample-code")
	require.Equal(t, 303, in.Code, in.Body)
	require.Equal(t, 200, w.byBrowser(in.Result().Cookies(), "GET", "/sites/{site}", "").Code)
	require.Equal(t, 403, w.byBrowser(in.Result().Cookies(), "PATCH", "/sites/{site}", `{}`).Code, "as a viewer")
}

func TestAnIssuerThatIsAwayIsSaid(t *testing.T) {
	t.Parallel()
	w, i := newWorld(t), newIssuer(t)
	i.Close()
	w.withIssuer(i, "")
	away := w.browse("/oidc", "")
	require.Equal(t, 503, away.Code)
	require.Contains(t, away.Body.String(), `role="alert"`)
}
