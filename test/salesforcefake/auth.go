package salesforcefake

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
)

const tokenPath = "/services/oauth2/token"

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

// AuthorizationCode is the code that a sign-in in the browser returns. Its challenge
// is that of CodeVerifier.
const AuthorizationCode = "sample-authorization-code"

// Challenge returns the code challenge of a verifier (RFC 7636, S256).
func Challenge(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// CodeVerifier is the verifier that the token endpoint expects with the code.
const CodeVerifier = "sample-code-verifier-0123456789-0123456789-0123"

func (o *Org) exchanged(form url.Values) answer {
	if form.Get("code") != AuthorizationCode || form.Get("code_verifier") != CodeVerifier {
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
