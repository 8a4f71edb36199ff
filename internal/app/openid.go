package app

import (
	"time"

	"ringback/internal/outbound"
	"ringback/web"
)

// issuerTimeout is how long a request to the issuer of OpenID Connect may take.
const issuerTimeout = 10 * time.Second

// openID returns the settings of the issuer at which people sign in. The operator chose it, and
// it may be in the operator's own network.
func (s *Service) openID() web.OpenID {
	return web.OpenID{
		Issuer: s.config.OIDCIssuer, ClientID: s.config.OIDCClientID, ClientSecret: s.config.OIDCClientSecret,
		Requests: outbound.New(outbound.Options{Timeout: issuerTimeout, AllowPrivate: true, Version: s.deps.Version}).Reading(maxIssuerAnswer),
	}
}

// maxIssuerAnswer is how much of an answer of the issuer is read, in bytes.
const maxIssuerAnswer = 1 << 20
