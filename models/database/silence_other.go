//go:build !linux

package database

import "syscall"

// endWhenSilent does nothing: only Linux has the setting.
func endWhenSilent(_, _ string, _ syscall.RawConn) error { return nil }
