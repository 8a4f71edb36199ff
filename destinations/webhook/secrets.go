package webhook

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// The bounds of a symmetric secret in the Standard Webhooks specification, in bytes,
// and our own bound for the number of secrets during a rotation.
const (
	minSecret  = 24
	maxSecret  = 64
	maxSecrets = 5

	secretPrefix = "whsec_"
)

// signers parses the credential signing_secret, which holds several secrets during a
// rotation. Each is "whsec_" followed by base64. The error never quotes a secret.
func signers(credential string) ([]*standardwebhooks.Webhook, error) {
	secrets := strings.Fields(credential)
	if len(secrets) > maxSecrets {
		return nil, fmt.Errorf("at most %d secrets", maxSecrets)
	}
	all := make([]*standardwebhooks.Webhook, 0, len(secrets))
	for i, secret := range secrets {
		encoded, ok := strings.CutPrefix(secret, secretPrefix)
		key, err := base64.StdEncoding.DecodeString(encoded)
		if !ok || err != nil || len(key) < minSecret || len(key) > maxSecret {
			return nil, fmt.Errorf("secret %d: %s followed by %d to %d random bytes in base64", i+1, secretPrefix, minSecret, maxSecret)
		}
		signer, err := standardwebhooks.NewWebhookRaw(key)
		if err != nil {
			return nil, fmt.Errorf("secret %d: cannot sign", i+1)
		}
		all = append(all, signer)
	}
	if len(all) == 0 {
		return nil, errors.New("at least one secret")
	}
	return all, nil
}

// sign returns the header webhook-signature. It holds one signature for each secret,
// so that receivers can change to a new secret at any time.
func sign(all []*standardwebhooks.Webhook, id string, at time.Time, body []byte) (string, error) {
	signatures := make([]string, len(all))
	for i, signer := range all {
		signature, err := signer.Sign(id, at, body)
		if err != nil {
			return "", fmt.Errorf("signing the message: %w", err)
		}
		signatures[i] = signature
	}
	return strings.Join(signatures, " "), nil
}
