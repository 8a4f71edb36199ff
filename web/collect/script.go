package collect

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"ringback/internal/fault"
	"ringback/tracker"
)

// How long browsers may use the script without asking again: a change of the
// site's settings reaches its pages within five minutes. For a day browsers may
// use the old script while they ask, so that no page waits for this service.
const (
	scriptCaching  = "public, max-age=300, stale-while-revalidate=86400"
	unknownCaching = "public, max-age=60"
	scriptType     = "text/javascript; charset=utf-8"
)

// renderedScript is a site's script, ready to be sent.
type renderedScript struct {
	plain  []byte
	packed map[string][]byte // compressed, by content coding
	tag    string            // the entity tag of plain, without quotes
}

// serveScript answers /s/{script_key}.js, and /s/{script_key}-extended.js with the
// extended script.
func (h *Handler) serveScript(c echo.Context) error {
	key, isScript := strings.CutSuffix(c.Param("file"), ".js")
	if !isScript {
		return echo.NewHTTPError(http.StatusNotFound)
	}
	key, extended := strings.CutSuffix(key, tracker.ExtendedSuffix)
	site, _, err := h.siteOf(c.Request().Context(), key, clientOf(c))
	if fault.CodeOf(err) == fault.NotFound {
		c.Response().Header().Set(echo.HeaderCacheControl, unknownCaching)
		return c.Blob(http.StatusNotFound, scriptType, []byte("/* ringback: no site has this script; copy the tag from the site's settings again */\n"))
	}
	if err != nil {
		return err
	}
	if extended {
		site.extended().send(c)
	} else {
		site.script().send(c)
	}
	return nil
}

// send answers with the script, compressed in the best way that the browser
// accepts. Each form has an entity tag of its own, as strong tags must.
func (f renderedScript) send(c echo.Context) {
	header, body, tag := c.Response().Header(), f.plain, f.tag
	for _, coding := range tracker.Codings {
		if accepts(c.Request().Header.Get(echo.HeaderAcceptEncoding), coding) {
			body, tag = f.packed[coding], f.tag+"-"+coding
			header.Set(echo.HeaderContentEncoding, coding)
			break
		}
	}
	header.Set(echo.HeaderContentType, scriptType)
	header.Set(echo.HeaderCacheControl, scriptCaching)
	header.Set("ETag", `"`+tag+`"`)
	header.Add(echo.HeaderVary, echo.HeaderAcceptEncoding)
	header.Set("Cross-Origin-Resource-Policy", "cross-origin")
	c.Request().Header.Del("Range") // nobody needs a part of a script
	http.ServeContent(c.Response(), c.Request(), "", time.Time{}, bytes.NewReader(body))
}

// accepts reports whether an Accept-Encoding header accepts a coding.
func accepts(header, coding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		named, weight, _ := strings.Cut(part, ";")
		if !strings.EqualFold(strings.TrimSpace(named), coding) {
			continue
		}
		q, given := strings.CutPrefix(strings.TrimSpace(weight), "q=")
		value, err := strconv.ParseFloat(q, 64)
		return !given || err == nil && value > 0
	}
	return false
}

// pack returns a rendered script, ready to be sent. The same script is compressed
// once.
func (s *siteCache) pack(plain []byte) renderedScript {
	sum := sha256.Sum256(plain)
	script := renderedScript{plain: plain, packed: map[string][]byte{}, tag: hex.EncodeToString(sum[:12])}
	if before, ok := s.rendered.Get(script.tag); ok {
		return before
	}
	for _, coding := range tracker.Codings {
		script.packed[coding] = tracker.Pack(coding, plain)
	}
	s.rendered.Add(script.tag, script)
	return script
}
