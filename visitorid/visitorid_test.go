package visitorid_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/visitorid"
)

func TestEverySystemIsComplete(t *testing.T) {
	t.Parallel()
	names, cookies := map[string]bool{}, map[string]bool{}
	for _, s := range visitorid.Systems() {
		require.Regexp(t, `^[a-z0-9_]+$`, s.Name)
		require.False(t, names[s.Name], "two systems have the name %s", s.Name)
		names[s.Name] = true
		require.NotEmpty(t, s.Title)
		require.NotEmpty(t, s.About)
		require.NotEmpty(t, s.Cookies)
		for _, cookie := range s.Cookies {
			require.False(t, cookies[cookie], "two systems have the cookie %s", cookie)
			cookies[cookie] = true
		}
		found, ok := visitorid.Find(s.Name)
		require.True(t, ok)
		require.Equal(t, s, found)
	}
	_, ok := visitorid.Find("nobody")
	require.False(t, ok)
	require.Nil(t, visitorid.Cookies("nobody"))
}

func TestR1_M1_DefaultSystems(t *testing.T) {
	t.Parallel()
	var names []string
	for _, s := range visitorid.Defaults() {
		names = append(names, s.Name)
	}
	require.Equal(t, []string{visitorid.RTBHouse, visitorid.MarketoMeasure}, names)
	require.Equal(t, []string{"__r_aid_v__", "__rtbh.aid"}, visitorid.Cookies(visitorid.RTBHouse))
	require.Equal(t, []string{"_biz_uid"}, visitorid.Cookies(visitorid.MarketoMeasure))
}

func TestCallersCannotChangeTheTable(t *testing.T) {
	t.Parallel()
	visitorid.Systems()[0].Cookies[0] = "changed"
	visitorid.Cookies(visitorid.RTBHouse)[0] = "changed"
	require.Equal(t, "__r_aid_v__", visitorid.Cookies(visitorid.RTBHouse)[0])
}
