package salesforce

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"ringback/internal/settings"
)

const (
	loginPath    = "/services/oauth2/token"
	accessToken  = "access_token"
	refreshToken = "refresh_token"
	// obtainedWith is the connection that the tokens belong to. A process may still have
	// credentials that the owner has changed meanwhile, and must not mix the two.
	obtainedWith = "obtained_with"
)

// authorized returns the tokens, and logs in if there are none yet.
func (c *Client) authorized(ctx context.Context) (settings.TokenSet, error) {
	tokens, err := c.tokens.Load(ctx)
	if err != nil {
		return tokens, err
	}
	if tokens.Values[accessToken] == "" || tokens.Values[obtainedWith] != c.connection.key() {
		return c.renew(ctx, tokens.Version)
	}
	hide(c.doer, tokens)
	return tokens, nil
}

// renew replaces the tokens of this version, unless another process did. The new
// ones are stored when it returns.
func (c *Client) renew(ctx context.Context, seen int64) (settings.TokenSet, error) {
	tokens, err := c.tokens.Renew(ctx, seen, c.login)
	if err == nil {
		hide(c.doer, tokens)
	}
	return tokens, err
}

// login asks for new tokens by the flow of the connection. A refresh token that the
// answer holds replaces the one that was used.
func (c *Client) login(ctx context.Context, current settings.TokenSet) (map[string]string, error) {
	form := url.Values{"client_id": {c.connection.ClientID}, "client_secret": {c.connection.ClientSecret}}
	refresh := c.connection.RefreshToken
	if current.Values[obtainedWith] == c.connection.key() && refresh != "" {
		refresh = cmp.Or(current.Values[refreshToken], refresh)
	}
	if refresh == "" {
		form.Set("grant_type", "client_credentials")
	} else {
		form.Set("grant_type", refreshToken)
		form.Set(refreshToken, refresh)
	}
	granted, err := requestToken(ctx, c.doer, c.connection, form)
	if err != nil {
		return nil, err
	}
	values := map[string]string{accessToken: granted.AccessToken, obtainedWith: c.connection.key()}
	if refresh != "" {
		values[refreshToken] = refresh
	}
	if granted.RefreshToken != "" {
		values[refreshToken] = granted.RefreshToken
	}
	return values, nil
}

// grant is the answer of the token endpoint, as far as it is used.
type grant struct {
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token"`
}

func requestToken(ctx context.Context, doer Doer, to Connection, form url.Values) (grant, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to.url(loginPath), strings.NewReader(form.Encode()))
	if err != nil {
		return grant{}, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	resp, err := doer.Do(req)
	if err != nil {
		return grant{}, &Error{Login: true, Err: err}
	}
	body := readAll(resp)
	if resp.StatusCode != http.StatusOK {
		failed := errorOf(resp, body)
		failed.Login = true
		return grant{}, failed
	}
	var granted grant
	if err := json.Unmarshal(body, &granted); err != nil || granted.AccessToken == "" {
		return grant{}, &Error{Status: resp.StatusCode, Login: true, Err: errors.New("the answer holds no access token")}
	}
	return granted, nil
}
