package webhook

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"ringback/internal/fault"
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
// rotation. Each is "whsec_" followed by base64. It
// returns what was expected if one cannot be used, which never quotes a secret.
func signers(credential string) ([]*standardwebhooks.Webhook, fault.Expectation) {
	secrets := strings.Fields(credential)
	if len(secrets) > maxSecrets {
		return nil, fault.Expect("webhook.secrets_at_most").Counting(maxSecrets)
	}
	all := make([]*standardwebhooks.Webhook, 0, len(secrets))
	for i, secret := range secrets {
		encoded, ok := strings.CutPrefix(secret, secretPrefix)
		key, err := base64.StdEncoding.DecodeString(encoded)
		if !ok || err != nil || len(key) < minSecret || len(key) > maxSecret {
			return nil, fault.Expect("webhook.secret_form").With("Number", strconv.Itoa(i+1)).With("Prefix", secretPrefix).
				With("Least", strconv.Itoa(minSecret)).With("Most", strconv.Itoa(maxSecret))
		}
		signer, err := standardwebhooks.NewWebhookRaw(key)
		if err != nil {
			return nil, fault.Expect("webhook.secret_signs").With("Number", strconv.Itoa(i+1))
		}
		all = append(all, signer)
	}
	if len(all) == 0 {
		return nil, fault.Expect("webhook.secret_missing")
	}
	return all, fault.Expectation{}
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
