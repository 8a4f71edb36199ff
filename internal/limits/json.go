package limits

import "bytes"

// HoldsZero reports whether a JSON text escapes the character U+0000 anywhere in
// it. JSON cannot hold that character unescaped.
func HoldsZero(data []byte) bool {
	escape := []byte(`\u0000`)
	for start := 0; ; {
		i := bytes.Index(data[start:], escape)
		if i < 0 {
			return false
		}
		backslashes := 0
		for at := start + i; at >= 0 && data[at] == '\\'; at-- {
			backslashes++
		}
		if backslashes%2 == 1 { // an even number is escaped backslashes before plain text
			return true
		}
		start += i + len(escape)
	}
}
