package database

import (
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

func requireEndsWhenSilent(t *testing.T, conn *net.TCPConn) {
	t.Helper()
	raw, err := conn.SyscallConn()
	require.NoError(t, err)
	options := map[int]int{
		unix.TCP_USER_TIMEOUT: int(silence / time.Millisecond),
		unix.TCP_KEEPIDLE:     int(silence / 2 / time.Second),
		unix.TCP_KEEPINTVL:    int(silence / 4 / time.Second),
		unix.TCP_KEEPCNT:      2,
	}
	for option, want := range options {
		var got int
		var refused error
		require.NoError(t, raw.Control(func(fd uintptr) { got, refused = unix.GetsockoptInt(int(fd), unix.IPPROTO_TCP, option) }))
		require.NoError(t, refused)
		require.Equal(t, want, got, "option %d", option)
	}
}
