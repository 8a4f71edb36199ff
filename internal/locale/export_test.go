package locale

// FormatProblems returns what is wrong with the package's own message files.
func FormatProblems() []string { return formats.Problems() }
