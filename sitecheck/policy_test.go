package sitecheck_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/sitecheck"
)

// Sources match as in Content Security Policy Level 3.
func TestContentSecurityPolicy(t *testing.T) {
	t.Parallel()
	var (
		fine  []sitecheck.Code
		loads = []sitecheck.Code{sitecheck.PolicyBlocksScript, sitecheck.PolicyNeedsNonce}
		sends = []sitecheck.Code{sitecheck.PolicyBlocksData}
	)
	for name, test := range map[string]struct {
		policies []string
		attrs    string
		blocked  []sitecheck.Code // one of these; nil if nothing is blocked
	}{
		"none":                             {nil, "", fine},
		"everything":                       {[]string{"default-src *"}, "", fine},
		"self alone":                       {[]string{"script-src 'self'"}, "", loads},
		"our host":                         {[]string{"default-src 'self'; script-src 'self' https://ringback.example.com; connect-src 'self' https://ringback.example.com"}, "", fine},
		"our host, without scheme":         {[]string{"script-src ringback.example.com"}, "", fine},
		"our host for unencrypted":         {[]string{"script-src http://ringback.example.com"}, "", fine},
		"all hosts below":                  {[]string{"script-src *.example.com"}, "", fine},
		"all hosts below ours":             {[]string{"script-src *.ringback.example.com"}, "", loads},
		"the scheme":                       {[]string{"script-src https:"}, "", fine},
		"another scheme":                   {[]string{"script-src data:"}, "", loads},
		"another port":                     {[]string{"script-src https://ringback.example.com:8443"}, "", loads},
		"any port":                         {[]string{"script-src https://ringback.example.com:*"}, "", fine},
		"our folder":                       {[]string{"script-src https://ringback.example.com/s/"}, "", fine},
		"another folder":                   {[]string{"script-src https://ringback.example.com/static/"}, "", loads},
		"the file":                         {[]string{"script-src https://ringback.example.com/s/AAAABBBBCCCCDDDDEEEEFFFFGG.js"}, "", fine},
		"in capitals":                      {[]string{"SCRIPT-SRC HTTPS://Ringback.Example.COM"}, "", fine},
		"nothing":                          {[]string{"default-src 'none'"}, "", loads},
		"its nonce":                        {[]string{"script-src 'nonce-abc'"}, `nonce="abc"`, fine},
		"another nonce":                    {[]string{"script-src 'nonce-abc'"}, `nonce="ABC"`, loads},
		"strict-dynamic and its nonce":     {[]string{"script-src 'strict-dynamic' 'nonce-abc'"}, `nonce="abc"`, fine},
		"strict-dynamic and our host":      {[]string{"script-src 'strict-dynamic' 'nonce-abc' https://ringback.example.com"}, "", loads},
		"elements come first":              {[]string{"script-src 'none'; script-src-elem https://ringback.example.com"}, "", fine},
		"the default comes last":           {[]string{"default-src 'none'; script-src *; connect-src *"}, "", fine},
		"no sending":                       {[]string{"script-src *; connect-src 'self'"}, "", sends},
		"no sending by default":            {[]string{"default-src 'self'; script-src *"}, "", sends},
		"sending to our folder":            {[]string{"connect-src https://ringback.example.com/s/"}, "", fine},
		"the first of two directives":      {[]string{"script-src *; script-src 'none'"}, "", fine},
		"one of two policies":              {[]string{"script-src *", "script-src 'self'"}, "", loads},
		"one of two policies in one value": {[]string{"script-src *, script-src 'self'"}, "", loads},
		"other directives":                 {[]string{"frame-ancestors 'none'; img-src 'self'"}, "", fine},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			site := shop()
			page := pageOf(`<script async ` + test.attrs + ` src="` + site.ScriptURL + `"></script>`)
			page.Policies = test.policies
			var problems []sitecheck.Finding
			for _, f := range sitecheck.Check(t.Context(), page, site).Findings {
				if f.About == sitecheck.AboutPolicy && f.Level == sitecheck.Problem {
					problems = append(problems, f)
				}
			}
			if test.blocked == nil {
				require.Empty(t, problems)
				return
			}
			require.NotEmpty(t, problems)
			require.Contains(t, test.blocked, problems[0].Code)
		})
	}
}

// With strict-dynamic, a trusted script may load other scripts.
func TestTagManagersUnderAStrictPolicy(t *testing.T) {
	t.Parallel()
	page := pageOf(`<script nonce="abc">"https://www.googletagmanager.com/gtm.js?id=GTM-ABC123"</script>`)
	page.Policies = []string{"script-src 'strict-dynamic' 'nonce-abc'"}
	require.NotContains(t, textOf(sitecheck.Check(t.Context(), page, shop())), "prevents the script from loading")
	page.Policies = []string{"script-src https://www.googletagmanager.com"}
	require.Contains(t, textOf(sitecheck.Check(t.Context(), page, shop())), "prevents the script from loading")
}

func TestASourceWithoutPortIsTheUsualPort(t *testing.T) {
	t.Parallel()
	site := shop()
	site.ScriptURL = "https://ringback.example.com:8443/s/AAAABBBBCCCCDDDDEEEEFFFFGG.js"
	page := pageOf(`<script async src="` + site.ScriptURL + `"></script>`)
	page.Policies = []string{"script-src https://ringback.example.com"}
	require.Contains(t, textOf(sitecheck.Check(t.Context(), page, site)), "prevents the script from loading")
	page.Policies = []string{"script-src https://ringback.example.com:8443"}
	require.NotContains(t, textOf(sitecheck.Check(t.Context(), page, site)), "prevents the script from loading")
}
