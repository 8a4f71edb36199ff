package web

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
	"ringback/models"
	"ringback/tracker"
)

// How long browsers may use the script without asking: a change of the site's
// settings is on its pages after five minutes. For a day they may still use the
// old one while they ask, so that no page waits for us.
const (
	scriptCaching  = "public, max-age=300, stale-while-revalidate=86400"
	unknownCaching = "public, max-age=60"
	scriptType     = "text/javascript; charset=utf-8"
)

// served is a site's script, ready to be sent.
type served struct {
	plain  []byte
	packed map[string][]byte // by content coding
	tag    string            // of the content, without quotes
}

// serveScript answers /s/{script_key}.js.
func (s *server) serveScript(c echo.Context) error {
	key, isScript := strings.CutSuffix(c.Param("file"), ".js")
	if !isScript {
		return echo.NewHTTPError(http.StatusNotFound)
	}
	site, _, err := s.siteOf(c.Request().Context(), key, s.clientOf(c))
	if fault.CodeOf(err) == fault.NotFound {
		c.Response().Header().Set(echo.HeaderCacheControl, unknownCaching)
		return c.Blob(http.StatusNotFound, scriptType, []byte("/* ringback: no site has this script; copy the tag from the site's settings again */\n"))
	}
	if err != nil {
		return err
	}
	site.script().send(c)
	return nil
}

// send answers with the script, in the smallest form that is taken. Each has a
// tag of its own, as strong ones must.
func (f served) send(c echo.Context) {
	header, body, tag := c.Response().Header(), f.plain, f.tag
	for _, coding := range tracker.Codings {
		if takes(c.Request().Header.Get(echo.HeaderAcceptEncoding), coding) {
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
	c.Request().Header.Del("Range") // parts of a script are of use to nobody
	http.ServeContent(c.Response(), c.Request(), "", time.Time{}, bytes.NewReader(body))
}

// takes reads an Accept-Encoding header as far as it speaks of this coding.
func takes(accepted, coding string) bool {
	for part := range strings.SplitSeq(accepted, ",") {
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

// render makes the script of a site. It posts to the address given. What it made
// before of the same settings is used again.
func (p *plans) render(plan models.SitePlan, url string) served {
	plain := tracker.Render(scriptConfig(plan, url))
	sum := sha256.Sum256(plain)
	made := served{plain: plain, packed: map[string][]byte{}, tag: hex.EncodeToString(sum[:12])}
	if before, ok := p.rendered.Get(made.tag); ok {
		return before
	}
	for _, coding := range tracker.Codings {
		made.packed[coding] = tracker.Pack(coding, plain)
	}
	p.rendered.Add(made.tag, made)
	return made
}
