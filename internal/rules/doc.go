// Package rules holds the house rules of this repository as tests: what a
// linter cannot know. Each rule is a function over one parsed file, and is
// itself tested with code that breaks it. CONTRIBUTING.md says the rules in words.
package rules
