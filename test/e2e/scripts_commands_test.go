package e2e_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"ringback/test/e2e/harness"
)

// useSampleSettings ("settings") sets the environment of a process: a database of the
// script's own, new keys, an operator's token, free ports, and no Temporal.
func useSampleSettings(ts *testscript.TestScript, _ bool, _ []string) {
	ts.Check(ts.Exec("ringback", "keys", "generate"))
	for name, value := range map[string]string{
		"RINGBACK_DATABASE_URL":    "sqlite:" + ts.MkAbs("ringback.db"),
		"RINGBACK_ENCRYPTION_KEYS": strings.TrimSpace(ts.ReadFile("stdout")),
		"RINGBACK_ADMIN_TOKEN":     harness.AdminToken,
		"RINGBACK_HTTP_ADDRESS":    "127.0.0.1:0",
		"RINGBACK_OPS_ADDRESS":     "127.0.0.1:0",
		"TEMPORAL_ADDRESS":         "127.0.0.1:1",
		"TOKEN":                    harness.AdminToken,
	} {
		ts.Setenv(name, value)
	}
}

// exits ("exits STATUS PROGRAM ARGUMENTS...") runs a program that must end with this
// status.
func exits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var ended *exec.ExitError
	if errors.As(err, &ended) {
		got = ended.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("%s ended with status %d, not %d", strings.Join(args[1:], " "), got, want)
	}
}

// start ("start COMMAND FLAGS...") runs ringback in the background, and sets HTTP_URL
// and OPS_ADDRESS once it is ready.
func start(ts *testscript.TestScript, _ bool, args []string) {
	var env []string
	for _, name := range []string{
		"RINGBACK_DATABASE_URL", "RINGBACK_ENCRYPTION_KEYS", "RINGBACK_ADMIN_TOKEN",
		"RINGBACK_HTTP_ADDRESS", "RINGBACK_OPS_ADDRESS", "TEMPORAL_ADDRESS",
	} {
		env = append(env, name+"="+ts.Getenv(name))
	}
	s := ts.Value(scriptKey{}).(*script)
	s.process = harness.Start(s.t, "ringback", filepath.Join(ts.Getenv("WORK"), ".bin", "ringback"), env, args...)
	ready := s.process.WaitReady(time.Minute)
	ts.Setenv("HTTP_URL", ready.HTTP)
	ts.Setenv("OPS_ADDRESS", strings.TrimPrefix(ready.Ops, "http://"))
}

// end ("end") stops the process of "start", which must end without an error.
func end(ts *testscript.TestScript, _ bool, _ []string) {
	ts.Check(ts.Value(scriptKey{}).(*script).process.Stop(time.Minute))
}

// takeAddress ("taken NAME") listens on an address while the script runs, and sets the
// variable to it.
func takeAddress(ts *testscript.TestScript, _ bool, args []string) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Defer(func() { _ = listener.Close() })
	ts.Setenv(args[0], listener.Addr().String())
}

// ask ("http STATUS METHOD PATH [BODY]") sends a request to the running process, with
// the token in TOKEN and the account in ACCOUNT. The answer must have this status, and
// its body is the standard output. A BODY of @FILE is read from that file.
func ask(ts *testscript.TestScript, _ bool, args []string) {
	status, method, path, body := args[0], args[1], args[2], ""
	if len(args) > 3 {
		body = args[3]
	}
	if name, ok := strings.CutPrefix(body, "@"); ok {
		body = ts.ReadFile(name)
	}
	request, err := http.NewRequest(method, ts.Getenv("HTTP_URL")+path, strings.NewReader(body))
	ts.Check(err)
	request.Header.Set("Content-Type", "application/json")
	if token := ts.Getenv("TOKEN"); token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	if account := ts.Getenv("ACCOUNT"); account != "" {
		request.Header.Set("Ringback-Account", account)
	}
	answer, err := http.DefaultClient.Do(request)
	ts.Check(err)
	defer func() { _ = answer.Body.Close() }()
	_, err = io.Copy(ts.Stdout(), answer.Body)
	ts.Check(err)
	if got := strconv.Itoa(answer.StatusCode); got != status {
		ts.Fatalf("%s %s answered %s, not %s", method, path, got, status)
	}
}

// keep ("keep NAME [FIELD [PATTERN]]") sets a variable to the last output, to a field
// of the JSON in it, or to the part of that field that matches a pattern.
func keep(ts *testscript.TestScript, _ bool, args []string) {
	value := strings.TrimSpace(ts.ReadFile("stdout"))
	if len(args) > 1 {
		var answer map[string]any
		ts.Check(json.Unmarshal([]byte(value), &answer))
		value = fmt.Sprint(answer[args[1]])
	}
	if len(args) > 2 {
		value = regexp.MustCompile(args[2]).FindString(value)
	}
	ts.Setenv(args[0], value)
}

// fill ("fill FILE TEXT COUNT") writes TEXT to the file, with its dots replaced by
// COUNT letters.
func fill(ts *testscript.TestScript, _ bool, args []string) {
	count, err := strconv.Atoi(args[2])
	ts.Check(err)
	text := strings.Replace(args[1], "...", strings.Repeat("x", count), 1)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o600))
}
