// Package assets has the style sheet and the script of the pages, and serves them. Their
// addresses contain a hash of their content, so browsers keep them for good. It must not
// know which page uses them.
package assets

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/labstack/echo/v4"

	"ringback/web/internal/endpoint"
)

var (
	//go:embed style.css
	styleSheet []byte
	//go:embed dist/cabinet.js
	scriptFile []byte
	//go:embed icon.svg
	iconFile []byte
)

// The files, each with its type.
var (
	style  = pack("style", "css", "text/css; charset=utf-8", styleSheet)
	script = pack("cabinet", "js", "text/javascript; charset=utf-8", scriptFile)
	icon   = pack("icon", "svg", "image/svg+xml", iconFile)
)

// Style is the address of the style sheet.
func Style() string { return style.address }

// Script is the address of the script, which is a module.
func Script() string { return script.address }

// Icon is the address of the icon of the pages.
func Icon() string { return icon.address }

// asset is one file, which can be sent in every coding. It is compressed when somebody
// first asks for it: this takes longer than all else that a command does at its start.
type asset struct {
	address, contentType string
	plain                []byte
	zipped, br           func() []byte
}

func pack(name, ending, contentType string, content []byte) asset {
	sum := sha256.Sum256(content)
	return asset{
		address:     "/assets/" + name + "-" + hex.EncodeToString(sum[:6]) + "." + ending,
		contentType: contentType, plain: content,
		zipped: sync.OnceValue(func() []byte {
			var packed bytes.Buffer
			z, _ := gzip.NewWriterLevel(&packed, gzip.BestCompression) // the level exists
			return finish(z, &packed, content)
		}),
		br: sync.OnceValue(func() []byte {
			var packed bytes.Buffer
			return finish(brotli.NewWriterLevel(&packed, brotli.BestCompression), &packed, content)
		}),
	}
}

// finish writes the content to a writer that compresses it into a buffer, and returns
// what is in the buffer.
func finish(to io.WriteCloser, packed *bytes.Buffer, content []byte) []byte {
	_, _ = to.Write(content) // a buffer accepts everything
	_ = to.Close()
	return packed.Bytes()
}

// Mount registers the routes of the files.
func Mount(e *echo.Echo) {
	for _, a := range []asset{style, script, icon} {
		endpoint.GetAndHead(e, a.address, a.serve)
	}
}

func (a asset) serve(c echo.Context) error {
	header := c.Response().Header()
	header.Set("Cache-Control", "public, max-age=31536000, immutable")
	header.Set(echo.HeaderVary, echo.HeaderAcceptEncoding)
	accepted := c.Request().Header.Get(echo.HeaderAcceptEncoding)
	switch {
	case strings.Contains(accepted, "br"):
		header.Set(echo.HeaderContentEncoding, "br")
		return c.Blob(http.StatusOK, a.contentType, a.br())
	case strings.Contains(accepted, "gzip"):
		header.Set(echo.HeaderContentEncoding, "gzip")
		return c.Blob(http.StatusOK, a.contentType, a.zipped())
	default:
		return c.Blob(http.StatusOK, a.contentType, a.plain)
	}
}
