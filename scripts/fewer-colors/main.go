// Command fewer-colors writes PNG files again with their 256 most frequent colors, in which
// each other color is the one of these that is nearest. Pictures of pages then have about a
// third of the bytes and look the same. It knows nothing of the service.
//
//	go run ./scripts/fewer-colors FILE...
package main

import (
	"bytes"
	"cmp"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"maps"
	"os"
	"slices"
)

// most is how many colors a PNG with a palette has at most.
const most = 256

func main() {
	for _, path := range os.Args[1:] {
		if err := rewrite(path); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

// rewrite replaces a file, unless it would become larger.
func rewrite(path string) error {
	before, err := os.ReadFile(path) //nolint:gosec // the command is told which pictures to rewrite
	if err != nil {
		return fmt.Errorf("reading a picture: %w", err)
	}
	picture, err := png.Decode(bytes.NewReader(before))
	if err != nil {
		return fmt.Errorf("reading %s: %w", path, err)
	}
	var after bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := encoder.Encode(&after, reduced(picture)); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	if after.Len() >= len(before) {
		return nil
	}
	if err := os.WriteFile(path, after.Bytes(), 0o600); err != nil { //nolint:gosec // as above
		return fmt.Errorf("writing a picture: %w", err)
	}
	return nil
}

// reduced returns a picture with its most frequent colors.
func reduced(picture image.Image) image.Image {
	bounds, counts := picture.Bounds(), map[color.Color]int{}
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			counts[color.NRGBAModel.Convert(picture.At(x, y))]++
		}
	}
	frequent := slices.SortedFunc(maps.Keys(counts), func(x, y color.Color) int {
		return cmp.Or(cmp.Compare(counts[y], counts[x]), cmp.Compare(fmt.Sprint(x), fmt.Sprint(y)))
	})
	out := image.NewPaletted(bounds, frequent[:min(most, len(frequent))])
	draw.Draw(out, bounds, picture, bounds.Min, draw.Src)
	return out
}
