package integrationform

// Mask stands for a credential that is set (G8).
const Mask = "********"

// Masked returns the names of credentials with the mask in place of each value.
func Masked(credentials map[string]string) map[string]string {
	out := make(map[string]string, len(credentials))
	for name, value := range credentials {
		if value != "" {
			out[name] = Mask
		}
	}
	return out
}

// Unmasked leaves out masks that came back: who sends what was read changes nothing.
func Unmasked(given map[string]*string) map[string]*string {
	out := make(map[string]*string, len(given))
	for name, value := range given {
		if value == nil || *value != Mask {
			out[name] = value
		}
	}
	return out
}
