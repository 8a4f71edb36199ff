package webhook

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/http/httpguts"

	"ringback/internal/fault"
)

const maxHeaders = 20

// reserved lists headers that Ringback or HTTP itself sets.
var reserved = []string{
	"Connection", "Content-Encoding", "Content-Length", "Content-Type", "Expect", "Host", "Keep-Alive",
	"Te", "Trailer", "Transfer-Encoding", "Upgrade",
}

// parseHeaders parses the credential "headers", which has one "Name: value" per line.
// It returns what was expected if a line cannot be used, with the number of the line
// and never its text.
func parseHeaders(credential string) (http.Header, fault.Expectation) {
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
			return nil, fault.Expect("webhook.header_form").With("Line", strconv.Itoa(number))
		case slices.Contains(reserved, name), strings.HasPrefix(name, "Webhook-"), strings.HasPrefix(name, "Proxy-"):
			return nil, fault.Expect("webhook.header_reserved").With("Line", strconv.Itoa(number))
		}
		headers.Add(name, value)
		if len(headers) > maxHeaders {
			return nil, fault.Expect("webhook.headers_at_most").Counting(maxHeaders)
		}
	}
	return headers, fault.Expectation{}
}
