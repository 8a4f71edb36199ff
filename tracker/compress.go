package tracker

import (
	"bytes"
	"compress/gzip"
	"io"

	"github.com/andybalholm/brotli"
)

// Codings lists the content codings in which the script is served, the smallest
// first. Browsers accept Brotli only over HTTPS.
var Codings = []string{"br", "gzip"}

// Pack compresses a rendered script with one of Codings at the best level. That
// takes some milliseconds, so callers should cache the result.
func Pack(coding string, rendered []byte) []byte {
	var packed bytes.Buffer
	var w io.WriteCloser
	if coding == "br" {
		w = brotli.NewWriterLevel(&packed, brotli.BestCompression)
	} else {
		w, _ = gzip.NewWriterLevel(&packed, gzip.BestCompression) // the level exists
	}
	_, _ = w.Write(rendered) // a buffer accepts everything
	_ = w.Close()
	return packed.Bytes()
}
