package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestOfAPackage(t *testing.T) {
	t.Parallel()
	const support, none = "package support\nfunc Fill() { put() }\nfunc put() { go func() {}() }\nfunc Plain() {}\ntype W struct{}\nfunc (W) Serve() { go put() }\nfunc (W) Run() { go put() }\n// Hand waits.\n//\n//racetests:contained\nfunc Hand() { go put() }\nfunc All() { Hand() }\ntype V struct{}\nfunc (W) Pass() { go put() }\n// Pass waits.\n//\n//racetests:contained\nfunc (V) Pass() { go put() }", ""
	for name, c := range map[string]struct {
		code, test string
		want       string
	}{
		"nothing starts":                      {"package a\nfunc A() {}", "package a_test\nfunc TestA(t *testing.T) { A() }", none},
		"the code starts":                     {"package a\nfunc A() { go b() }", "package a_test\nfunc TestA(t *testing.T) {}", "package example/a"},
		"the code locks":                      {"package a\nimport \"sync\"\nvar mu sync.Mutex", "package a_test\nfunc TestA(t *testing.T) {}", "package example/a"},
		"the test starts":                     {"package a", "package a_test\nfunc TestA(t *testing.T) { go b() }", "test example/a TestA"},
		"half of the tests start":             {"package a", "package a_test\nfunc TestA(t *testing.T) { go b() }\nfunc TestB(t *testing.T) { go b() }", "package example/a 2 of 4 tests, such as TestA"},
		"the test counts in a variable":       {"package a", "package a_test\nimport \"sync/atomic\"\nvar n atomic.Int64\nfunc TestA(t *testing.T) { n.Add(1) }", none},
		"a helper of a helper starts":         {"package a", "package a_test\nfunc TestA(t *testing.T) { one() }\nfunc one() { two() }\nfunc two() { var all sync.WaitGroup; all.Go(b) }", "test example/a TestA example/a/one example/a/two"},
		"a function in a variable starts":     {"package a", "package a_test\nvar cases = []func(){func() { go b() }}\nfunc TestA(t *testing.T) { cases[0]() }", "test example/a TestA example/a/cases"},
		"a function is handed on":             {"package a", "package a_test\nfunc TestA(t *testing.T) { each(t, one) }\nfunc one() { go b() }", "test example/a TestA example/a/one"},
		"a method starts":                     {"package a", "package a_test\ntype w struct{}\nfunc (w) see() { go b() }\nfunc TestA(t *testing.T) { w{}.see() }", "test example/a TestA example/a/.see"},
		"a function of another package":       {"package a", "package a_test\nimport \"example/support\"\nfunc TestA(t *testing.T) { support.Fill() }", "test example/a TestA example/support/Fill example/support/put"},
		"a function of the name elsewhere":    {"package a", "package a_test\nimport \"example/support\"\nfunc TestA(t *testing.T) { support.Plain() }\nfunc Fill() {}", none},
		"another name for the other package":  {"package a", "package a_test\nimport s \"example/support\"\nfunc TestA(t *testing.T) { s.Fill() }", "test example/a TestA example/support/Fill example/support/put"},
		"a server of the test":                {"package a", "package a_test\nimport \"net/http/httptest\"\nfunc FuzzA(f *testing.F) { httptest.NewServer(nil) }", "test example/a FuzzA"},
		"a clock of the test":                 {"package a", "package a_test\nfunc TestA(t *testing.T) { clock.AfterFunc(1, b) }", "test example/a TestA"},
		"the code only cancels":               {"package a\nimport \"context\"\nfunc A(ctx context.Context, cancel func()) { context.AfterFunc(ctx, cancel) }", "package a_test\nfunc TestA(t *testing.T) {}", none},
		"the code cancels for a reason":       {"package a\nimport \"context\"\nfunc A(ctx context.Context, cancel func(error)) { context.AfterFunc(ctx, func() { cancel(reason) }) }", "package a_test\nfunc TestA(t *testing.T) {}", none},
		"the code cancels for what it finds":  {"package a\nimport \"context\"\nfunc A(ctx context.Context, cancel func(error)) { context.AfterFunc(ctx, func() { cancel(find()) }) }", "package a_test\nfunc TestA(t *testing.T) {}", "package example/a"},
		"the code does more than cancel":      {"package a\nimport \"context\"\nfunc A(ctx context.Context, cancel func()) { context.AfterFunc(ctx, func() { n++; cancel() }) }", "package a_test\nfunc TestA(t *testing.T) {}", "package example/a"},
		"a type has the name of a method":     {"package a", "package a_test\ntype Send struct{}\ntype w struct{}\nfunc (w) Send() { go b() }\nfunc TestA(t *testing.T) { _ = Send{} }", none},
		"a method of another package":         {"package a", "package a_test\nimport \"example/support\"\nfunc TestA(t *testing.T) { w.Serve() }", "test example/a TestA example/support/.Serve"},
		"nothing is assigned":                 {"package a", "package a_test\nvar _ = func() { go b() }\nfunc TestA(t *testing.T) { _ = 1 }", none},
		"a subtest, and a method of its name": {"package a", "package a_test\nimport \"example/support\"\nfunc TestA(t *testing.T) { t.Run(\"\", nil) }", none},
		"it is contained":                     {"package a", "package a_test\nimport \"example/support\"\nfunc TestA(t *testing.T) { support.All() }", none},
		"only another one of the name is":     {"package a", "package a_test\nimport \"example/support\"\nfunc TestA(t *testing.T) { w.Pass() }", "test example/a TestA example/support/.Pass"},
		"its own package, though contained":   {"package a\n// B waits.\n//\n//racetests:contained\nfunc B() { go c() }", "package a_test\nfunc TestA(t *testing.T) {}", "package example/a"},
		"a helper of another package's tests": {"package a", "package a_test\nimport \"example/support\"\nfunc TestA(t *testing.T) { support.Plain(); w.Fake() }", none},
		"the code does something else at end": {"package a\nimport \"context\"\nfunc A(ctx context.Context) { context.AfterFunc(ctx, b) }", "package a_test\nfunc TestA(t *testing.T) {}", "package example/a"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			write(t, folder, "a/a.go", c.code)
			write(t, folder, "a/a_test.go", c.test)
			write(t, folder, "a/more_test.go", "package a_test\nfunc TestX(t *testing.T) {}\nfunc TestY(t *testing.T) {}")
			write(t, folder, "support/support.go", support)
			write(t, folder, "support/support_test.go", "package support_test\nfunc (w) Fake() { go put() }\nfunc Plain() { go put() }")
			var out strings.Builder
			in := "example/a " + filepath.Join(folder, "a") + "\nexample/support " + filepath.Join(folder, "support") + "\n"
			require.NoError(t, run(strings.NewReader(in), &out))
			require.Equal(t, c.want, strings.TrimSpace(strings.ReplaceAll(out.String(), "package example/support\n", "")))
		})
	}
}

func TestUnreadableInputFails(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	write(t, folder, "a.go", "package")
	require.ErrorContains(t, run(strings.NewReader("example/a "+folder), &strings.Builder{}), "reading example/a")
	require.ErrorContains(t, run(strings.NewReader("example/a"), &strings.Builder{}), "not an import path and a folder")
}

func write(t *testing.T, folder, name, text string) {
	t.Helper()
	name = filepath.Join(folder, name)
	require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o700))
	require.NoError(t, os.WriteFile(name, []byte(text), 0o600))
}
