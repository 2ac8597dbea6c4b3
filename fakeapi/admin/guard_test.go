package admin

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAHostIsLoopbackAndThePagesPort(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]bool{
		"127.0.0.1": true, "127.0.0.1:80": true, "localhost": true, "[::1]": true, "[::1]:80": true, "127.8.9.1": true,
		"127.0.0.1:8080": false, "evil.example": false, "evil.example:80": false, "127.0.0.1.evil.example": false, "": false, ":80": false, "192.0.2.1": false,
	} {
		require.Equal(t, want, isLoopback(host, "80"), host)
	}
	require.False(t, isLoopback("127.0.0.1", "8080"))
	require.False(t, isLoopback("127.0.0.1:80", "8080"))
}
