// Package rules holds the house rules of this repository as tests. They check
// what a linter cannot. Each rule is a function over one parsed file or one piece
// of prose, and is tested with input that breaks it. CONTRIBUTING.md describes
// the rules in words.
package rules
