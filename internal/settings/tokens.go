package settings

import (
	"context"
	"errors"
	"maps"
	"sync"
)

// ErrTokensReplaced is returned by Renew if somebody entered other credentials while
// the tokens were renewed. What was renewed belongs to the old ones and is dropped.
var ErrTokensReplaced = errors.New("the credentials were changed meanwhile")

// TokenSet is what a connector obtained by itself so that it is let in, such as an
// access token and the refresh token that goes with it.
type TokenSet struct {
	Values  map[string]string // secret, like credentials
	Version int64             // increases with each renewal; zero if there was none yet
}

// Tokens keeps the tokens of one connection for all processes. A connector that
// renews a token stores it before it uses it: a refresh token that was replaced
// cannot be obtained again.
type Tokens interface {
	// Load returns the tokens as they are stored.
	Load(ctx context.Context) (TokenSet, error)
	// Renew calls renew with the stored tokens, stores its result and returns it. It
	// does so for one caller at a time among all processes. If the version is no
	// longer the one that the caller has seen, another caller has renewed them, and
	// Renew returns those. An error of renew is returned, and nothing is stored then.
	Renew(ctx context.Context, seen int64, renew func(context.Context, TokenSet) (map[string]string, error)) (TokenSet, error)
}

// MemoryTokens keeps tokens in this process alone. It is for connectors in tests, and
// for sends whose tokens need not outlive them. The zero value is ready to use.
type MemoryTokens struct {
	mu      sync.Mutex // held while tokens are renewed
	current TokenSet
}

// Load implements Tokens.
func (m *MemoryTokens) Load(context.Context) (TokenSet, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.current.clone(), nil
}

// Renew implements Tokens.
func (m *MemoryTokens) Renew(ctx context.Context, seen int64, renew func(context.Context, TokenSet) (map[string]string, error)) (TokenSet, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.current.Version > seen {
		return m.current.clone(), nil
	}
	values, err := renew(ctx, m.current.clone())
	if err != nil {
		return TokenSet{}, err
	}
	m.current = TokenSet{Values: maps.Clone(values), Version: m.current.Version + 1}
	return m.current.clone(), nil
}

func (t TokenSet) clone() TokenSet { return TokenSet{Values: maps.Clone(t.Values), Version: t.Version} }
