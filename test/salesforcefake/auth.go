package salesforcefake

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
)

const (
	tokenPath     = "/services/oauth2/token"
	authorizePath = "/services/oauth2/authorize"
)

// token answers the token endpoint.
func (o *Org) token(body []byte) answer {
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return refusal("invalid_request", "not a form")
	}
	switch {
	case form.Get("client_id") != ClientID:
		return refusal("invalid_client_id", "client identifier invalid")
	case form.Get("client_secret") != ClientSecret:
		return refusal("invalid_client", "invalid client credentials")
	}
	switch form.Get("grant_type") {
	case "client_credentials":
		return o.issue("")
	case "refresh_token":
		return o.refreshed(form.Get("refresh_token"))
	case "authorization_code":
		return o.exchanged(form)
	default:
		return refusal("unsupported_grant_type", "grant type not supported")
	}
}

func refusal(code, description string) answer {
	return answer{http.StatusBadRequest, map[string]string{"error": code, "error_description": description}}
}

// issue returns a new access token. The old ones stay valid.
func (o *Org) issue(refresh string) answer {
	o.issued++
	o.logins++
	token := fmt.Sprintf("00Dsample!access-token-%d", o.issued)
	o.access[token] = true
	body := map[string]string{
		"access_token": token, "token_type": "Bearer", "instance_url": "https://sample.my.salesforce.test",
		"id": "https://login.salesforce.test/id/00D000000000001/005000000000001", "issued_at": strconv.FormatInt(o.now().UnixMilli(), 10),
	}
	if refresh != "" {
		body["refresh_token"] = refresh
	}
	return answer{http.StatusOK, body}
}

func (o *Org) refreshed(given string) answer {
	if given != o.refresh {
		return refusal("invalid_grant", "expired access/refresh token")
	}
	if !o.Rotate {
		return o.issue("")
	}
	o.refresh = fmt.Sprintf("sample-refresh-token-%d", o.issued+1)
	return o.issue(o.refresh)
}

// signIn is a sign-in in the browser whose code was not used yet.
type signIn struct{ challenge, redirect string }

// authorize stands in for the page on which a person signs in: it signs in at once,
// and returns to the app.
func (o *Org) authorize(w http.ResponseWriter, r *http.Request) {
	asked := r.URL.Query()
	if asked.Get("client_id") != ClientID || asked.Get("response_type") != "code" || asked.Get("code_challenge_method") != "S256" {
		http.Error(w, "this request cannot be used", http.StatusBadRequest)
		return
	}
	o.mu.Lock()
	o.issued++
	code := fmt.Sprintf("sample-code-%d", o.issued)
	o.signIns[code] = signIn{asked.Get("code_challenge"), asked.Get("redirect_uri")}
	o.mu.Unlock()
	back := asked.Get("redirect_uri") + "?" + url.Values{"code": {code}, "state": {asked.Get("state")}}.Encode()
	http.Redirect(w, r, back, http.StatusFound)
}

// exchanged returns the tokens of a sign-in, if the request is by the app that began it.
func (o *Org) exchanged(form url.Values) answer {
	begun, ok := o.signIns[form.Get("code")]
	delete(o.signIns, form.Get("code"))
	sum := sha256.Sum256([]byte(form.Get("code_verifier")))
	if !ok || base64.RawURLEncoding.EncodeToString(sum[:]) != begun.challenge || form.Get("redirect_uri") != begun.redirect {
		return refusal("invalid_grant", "invalid authorization code")
	}
	o.refresh = fmt.Sprintf("sample-refresh-token-%d", o.issued+1)
	return o.issue(o.refresh)
}

// EndSessions ends all access tokens, so that the next requests are answered with 401.
func (o *Org) EndSessions() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.access = map[string]bool{}
}

// Revoke ends the refresh token, as an administrator can.
func (o *Org) Revoke() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.refresh, o.access = "revoked", map[string]bool{}
}
