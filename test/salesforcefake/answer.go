package salesforcefake

import (
	"io"
	"net/http"
	"slices"
	"strings"
)

// answer is a status and a body that is sent as JSON.
type answer struct {
	status int
	body   any
}

// failure returns an error as the REST API sends it: a list.
func failure(status int, code, message string, fields ...string) answer {
	if fields == nil {
		fields = []string{}
	}
	return answer{status, []map[string]any{{"message": message, "errorCode": code, "fields": fields}}}
}

// Fault makes requests fail.
type Fault struct {
	Method string // empty means any
	Path   string // how the path begins, such as /sobjects/Task; empty means any
	Times  int    // how many requests fail; zero means every one
	Status int
	Code   string // of the error; the body is empty if it is empty
	// Lost performs the request, and ends the connection without an answer.
	Lost bool

	used int
}

// Fail makes the next matching requests fail.
func (o *Org) Fail(f Fault) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.faults = append(o.faults, &f)
}

// Heal removes all faults.
func (o *Org) Heal() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.faults = nil
}

// nextFault returns the fault that applies to a request, nil if there is none.
func (o *Org) nextFault(method, path string) *Fault {
	i := slices.IndexFunc(o.faults, func(f *Fault) bool {
		return (f.Method == "" || f.Method == method) && strings.HasPrefix(path, f.Path) && (f.Times == 0 || f.used < f.Times)
	})
	if i < 0 {
		return nil
	}
	o.faults[i].used++
	return o.faults[i]
}

func (f *Fault) answer() answer {
	if f.Code == "" {
		return answer{f.Status, nil}
	}
	return failure(f.Status, f.Code, "injected: "+f.Code)
}

func readBody(r *http.Request) []byte {
	body, _ := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	return body
}

// hangUp ends the connection without an answer.
func hangUp(w http.ResponseWriter) {
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		_ = conn.Close()
	}
}
