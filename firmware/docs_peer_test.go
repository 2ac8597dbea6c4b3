//go:build peers

package firmware_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/fakeapi"
	"github.com/espy-hil/espy/fakeapi/certs"
	"github.com/espy-hil/espy/fakeapi/plan"
	"github.com/espy-hil/espy/hil/repl"
	"github.com/espy-hil/espy/sim/unix"
)

func TestUnixTheExamplesWithTLSPrintWhatTheySay(t *testing.T) {
	t.Parallel()
	authority, err := certs.New(time.Now())
	require.NoError(t, err)
	spec, err := unix.Parse("unix:tls")
	require.NoError(t, err)
	found := 0
	for _, e := range examples(t) {
		if !strings.Contains(e.code, tlsServer) {
			continue
		}
		found++
		files := sources(t)
		files["/ca.der"] = authority.DER()
		b, err := unix.New(t.Context(), spec, files)
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, b.Close()) })
		l, host, err := b.Listen(t.Context(), "main")
		require.NoError(t, err)
		p := plan.Server{TLS: &plan.TLS{}}
		config, err := authority.Config(*p.TLS, nil, host)
		require.NoError(t, err)
		s := fakeapi.Start(l, "main", p, fakeapi.WithTLS(config))
		t.Cleanup(func() { _ = s.Close() })
		uart, err := b.Open(t.Context())
		require.NoError(t, err)
		t.Cleanup(func() { _ = uart.Close() })
		r := repl.New(b.Name(), uart, repl.Options{})
		require.NoError(t, r.Enter(t.Context()))
		var out bytes.Buffer
		require.NoError(t, r.Exec(t.Context(), strings.ReplaceAll(e.code, tlsServer, "https://"+l.Addr().String()), &out), "%s", &out)
		require.Equal(t, e.want, strings.TrimSpace(strings.ReplaceAll(out.String(), "\r\n", "\n")))
	}
	require.Positive(t, found)
}
