package tracker

import (
	"bytes"
	"compress/gzip"
	"io"

	"github.com/andybalholm/brotli"
)

// Codings are the content codings that the script is handed out in beside plain,
// the smallest first. Browsers take Brotli over HTTPS alone.
var Codings = []string{"br", "gzip"}

// Pack compresses a rendered script as well as it can be, by one of Codings. It
// takes some milliseconds: keep the result.
func Pack(coding string, rendered []byte) []byte {
	var packed bytes.Buffer
	var w io.WriteCloser
	if coding == "br" {
		w = brotli.NewWriterLevel(&packed, brotli.BestCompression)
	} else {
		w, _ = gzip.NewWriterLevel(&packed, gzip.BestCompression) // the level exists
	}
	_, _ = w.Write(rendered) // a buffer takes everything
	_ = w.Close()
	return packed.Bytes()
}
