package scenarios

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/fakeapi/plan"
)

func TestAServerWithTLSNeedsABoardWithIt(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]Need{
		"server: {tls: {cert: expired}}\n":                           {{Name: "tls"}},
		"servers: {a: {}, b: {tls: {}}, c: {tls: {}}}\n":             {{Name: "tls"}},
		"needs: [tls, heap]\nserver: {tls: {}}\n":                    {{Name: "tls"}, {Name: "heap"}},
		"needs: [heap]\nserver: {tls: {close_in_handshake: true}}\n": {{Name: "heap"}, {Name: "tls"}},
		"server: {}\n": nil,
	} {
		s, err := Parse("a.yaml", []byte("name: x\n"+text+"request: {get: /}\n"))
		require.NoError(t, err, text)
		requireEqual(t, want, s.Needs)
	}
}

func TestTLSIsReadAsItIsWritten(t *testing.T) {
	t.Parallel()
	s, err := Parse("a.yaml", []byte("name: x\nserver: {tls: {cert: wrong-host, min_version: 1.0, max_version: '1.2', close_in_handshake: true}}\nrequest: {get: /}\n"))
	require.NoError(t, err)
	require.Equal(t, &plan.TLS{Cert: "wrong-host", MinVersion: "1.0", MaxVersion: "1.2", CloseInHandshake: true}, s.Variants[0].Servers[0].Plan.TLS)
}
