package options

import (
	"flag"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDefaults(t *testing.T) {
	t.Parallel()
	o, err := parse(nil, "sample-token-of-the-operator", io.Discard)
	require.NoError(t, err)
	require.Equal(t, Options{
		HTTP: "127.0.0.1:8080", Temporal: "127.0.0.1:7233", UI: "127.0.0.1:8233", Shop: "127.0.0.1:8070", Ops: "127.0.0.1:0",
		AdminToken: "sample-token-of-the-operator",
	}, o)
}

func TestFlagsReplaceDefaults(t *testing.T) {
	t.Parallel()
	o, err := parse([]string{"--http", "127.0.0.1:1", "--data=state", "--admin-token", "another-sample-token-here"}, "sample-token-of-the-operator", io.Discard)
	require.NoError(t, err)
	require.Equal(t, "127.0.0.1:1", o.HTTP)
	require.Equal(t, "state", o.Data)
	require.Equal(t, "another-sample-token-here", o.AdminToken)
}

func TestDemonstrationIsChosenOrLeftOpen(t *testing.T) {
	t.Parallel()
	for argument, want := range map[string]bool{"--demo": true, "--no-demo": false, "--demo=false": false, "--no-demo=false": true} {
		o, err := parse([]string{argument}, "", io.Discard)
		require.NoError(t, err, argument)
		require.NotNil(t, o.Demo, argument)
		require.Equal(t, want, *o.Demo, argument)
	}
}

func TestWrongArgumentsAreNamed(t *testing.T) {
	t.Parallel()
	for argument, want := range map[string]string{"--htp=x": "-htp", "demo": "unexpected argument demo", "--demo=perhaps": "perhaps", "--data": "-data"} {
		_, err := parse([]string{argument}, "", io.Discard)
		require.ErrorContains(t, err, want)
	}
}

func TestHelpListsEveryFlagAndNoToken(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	_, err := parse([]string{"--help"}, "sample-token-of-the-operator", &out)
	require.ErrorIs(t, err, flag.ErrHelp)
	for _, name := range []string{"http=ADDRESS", "temporal=ADDRESS", "ui=ADDRESS", "shop=ADDRESS", "ops=ADDRESS", "data=FOLDER", "demo", "no-demo", "admin-token=TOKEN"} {
		require.Contains(t, out.String(), "--"+name+"\n")
	}
	require.Contains(t, out.String(), "  ADDRESS of the API, the webhooks and the pages. Default: 127.0.0.1:8080.\n")
	require.NotContains(t, out.String(), "sample-token")
}
