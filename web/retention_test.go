package web_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRetentionIsChangedFieldByField(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.Equal(t, object{"conversions": 0., "raw_bodies": 0., "attempt_bodies": 0., "page_views": 0., "messages": 0.}, w.must("GET", "/sites/{site}/retention", ""))
	w.must("PATCH", "/sites/{site}", `{"uniqueness_days":30}`)
	w.must("PATCH", "/sites/{site}/retention", `{"conversions":365,"messages":30}`)
	require.Equal(t, object{"conversions": 365., "raw_bodies": 0., "attempt_bodies": 0., "page_views": 90., "messages": 30.}, w.must("PATCH", "/sites/{site}/retention", `{"page_views":90}`))
	answer := w.do("PATCH", "/sites/{site}/retention", adminToken, `{"conversions":29}`)
	require.Equal(t, http.StatusUnprocessableEntity, answer.Code)
	require.Contains(t, answer.Body.String(), "at least the 30 uniqueness_days")

	require.Equal(t, http.StatusNoContent, w.do("DELETE", "/sites/{site}", adminToken, "").Code)
	require.EqualValues(t, 1, w.must("PATCH", "/sites/{site}/retention", `{"conversions":1}`)["conversions"])
	require.EqualValues(t, 1, w.must("GET", "/sites/{site}/retention", "")["conversions"])
	require.Equal(t, http.StatusNotFound, w.do("PATCH", "/sites/{site}/retention", w.tokens["stranger"], `{"conversions":1}`).Code)
}
