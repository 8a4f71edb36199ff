package webhook

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"golang.org/x/net/http/httpguts"
)

const maxHeaders = 20

// reserved lists headers that Ringback or HTTP itself sets.
var reserved = []string{
	"Connection", "Content-Encoding", "Content-Length", "Content-Type", "Expect", "Host", "Keep-Alive",
	"Te", "Trailer", "Transfer-Encoding", "Upgrade",
}

// parseHeaders parses the credential "headers", which has one "Name: value" per line.
// Its error names the line and never quotes it.
func parseHeaders(credential string) (http.Header, error) {
	headers := http.Header{}
	number := 0
	for line := range strings.Lines(credential) {
		number++
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		name, value, found := strings.Cut(line, ":")
		name, value = http.CanonicalHeaderKey(strings.TrimSpace(name)), strings.TrimSpace(value)
		switch {
		case !found, !httpguts.ValidHeaderFieldName(name), !httpguts.ValidHeaderFieldValue(value):
			return nil, fmt.Errorf("line %d: \"Name: value\"", number)
		case slices.Contains(reserved, name), strings.HasPrefix(name, "Webhook-"), strings.HasPrefix(name, "Proxy-"):
			return nil, fmt.Errorf("line %d: another name: Ringback sets this header itself", number)
		}
		headers.Add(name, value)
		if len(headers) > maxHeaders {
			return nil, fmt.Errorf("at most %d headers", maxHeaders)
		}
	}
	return headers, nil
}
