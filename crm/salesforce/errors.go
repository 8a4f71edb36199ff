package salesforce

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
)

// The codes of errors that the client itself or its callers act on.
const (
	CodeInvalidSession    = "INVALID_SESSION_ID"
	CodeRequestLimit      = "REQUEST_LIMIT_EXCEEDED"
	CodeDuplicates        = "DUPLICATES_DETECTED"
	CodeInvalidField      = "INVALID_FIELD"
	CodeFieldNotWriteable = "INVALID_FIELD_FOR_INSERT_UPDATE"
	CodeInvalidReference  = "INVALID_CROSS_REFERENCE_KEY"
	CodeDeleted           = "ENTITY_IS_DELETED"
	CodeConvertedLead     = "CANNOT_UPDATE_CONVERTED_LEAD"
	CodeDuplicateValue    = "DUPLICATE_VALUE"
	CodeDuplicateID       = "DUPLICATE_EXTERNAL_ID"

	// The codes of the token endpoint.
	LoginInvalidGrant  = "invalid_grant"
	LoginInvalidClient = "invalid_client"
	LoginInvalidID     = "invalid_client_id"
	LoginFlowOff       = "unsupported_grant_type"
	LoginUnknown       = "unknown_error"
)

// Match is a record that a duplicate rule found.
type Match struct {
	Object string // Contact, Lead
	ID     string
}

// Error is an answer that is not a success, or a request without an answer.
type Error struct {
	Status     int    // zero if there was no answer
	Code       string // empty if the answer has none
	Message    string // Salesforce's own text; it may quote what was sent
	Fields     []string
	Matches    []Match // with CodeDuplicates
	RetryAfter string  // the header; empty if there is none
	Login      bool    // the token endpoint answered, or did not
	Err        error   // why there was no answer, or why it cannot be read; nil otherwise
}

// Error returns the status and the code, or the cause. It does not quote the message.
func (e *Error) Error() string {
	if e.Status == 0 {
		return fmt.Sprintf("no answer from Salesforce: %v", e.Err)
	}
	return fmt.Sprintf("Salesforce answered %d %s", e.Status, e.Code)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// wireError is an error in an answer. The token endpoint has names of its own.
type wireError struct {
	Code             string   `json:"errorCode"`
	Message          string   `json:"message"`
	Fields           []string `json:"fields"`
	Error            string   `json:"error"`
	ErrorDescription string   `json:"error_description"`
	DuplicateResult  struct {
		MatchResults []struct {
			MatchRecords []struct {
				Record struct {
					Attributes struct {
						Type string `json:"type"`
					} `json:"attributes"`
					ID string `json:"Id"`
				} `json:"record"`
			} `json:"matchRecords"`
		} `json:"matchResults"`
	} `json:"duplicateResult"`
}

// codePattern is what codes are made of. Anything else could be an echo of the request.
var codePattern = regexp.MustCompile(`^[A-Za-z0-9_]{1,80}$`)

// errorOf reads an answer that is not a success. The body is a list of errors, or a
// single one; anything else has no code.
func errorOf(resp *http.Response, body []byte) *Error {
	e := &Error{Status: resp.StatusCode, RetryAfter: resp.Header.Get("Retry-After")}
	var list []wireError
	if json.Unmarshal(body, &list) != nil {
		list = make([]wireError, 1)
		if json.Unmarshal(body, &list[0]) != nil {
			return e
		}
	}
	if len(list) == 0 {
		return e
	}
	first := list[0]
	e.Code, e.Message, e.Fields = first.Code, first.Message, first.Fields
	if e.Code == "" {
		e.Code, e.Message = first.Error, first.ErrorDescription
	}
	if !codePattern.MatchString(e.Code) {
		e.Code = ""
	}
	for _, result := range first.DuplicateResult.MatchResults {
		for _, m := range result.MatchRecords {
			e.Matches = append(e.Matches, Match{Object: m.Record.Attributes.Type, ID: m.Record.ID})
		}
	}
	return e
}

// readAll reads the body of an answer, which the Doer has bounded.
func readAll(resp *http.Response) []byte {
	body, _ := io.ReadAll(resp.Body) // a body that breaks off is read as far as it came
	_ = resp.Body.Close()
	return body
}
