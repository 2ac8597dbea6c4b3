package certs_test

import (
	"crypto/x509"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/fakeapi/certs"
	"github.com/espy-hil/espy/fakeapi/plan"
)

// judge is what Go's own verification says of a certificate of that kind, for a
// client that trusts the CA and has connected to host.
func judge(t *testing.T, a *certs.Authority, kind, host string) error {
	t.Helper()
	k, err := plan.FindCert(kind)
	require.NoError(t, err)
	c, err := a.Issue(k, host)
	require.NoError(t, err)
	roots := x509.NewCertPool()
	require.True(t, roots.AppendCertsFromPEM(a.PEM()))
	_, err = c.Leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: host})
	return err
}

func TestEachKindIsWrongInItsOwnWayAlone(t *testing.T) {
	t.Parallel()
	a, err := certs.New(time.Now())
	require.NoError(t, err)
	for _, host := range []string{"127.0.0.1", "board.example", "::1"} {
		require.NoError(t, judge(t, a, "valid", host), host)
		for _, kind := range []string{"expired", "not-yet-valid"} {
			var invalid x509.CertificateInvalidError
			require.ErrorAs(t, judge(t, a, kind, host), &invalid, kind)
			require.Equal(t, x509.Expired, invalid.Reason, "which it is for both")
		}
		var wrong x509.HostnameError
		require.ErrorAs(t, judge(t, a, "wrong-host", host), &wrong)
		for _, kind := range []string{"self-signed", "unknown-ca"} {
			var unknown x509.UnknownAuthorityError
			require.ErrorAs(t, judge(t, a, kind, host), &unknown, kind)
		}
	}
}

func TestTheTwoTimesThatAreWrongAreOnBothSidesOfNow(t *testing.T) {
	t.Parallel()
	now := time.Now()
	a, err := certs.New(now)
	require.NoError(t, err)
	for kind, isLater := range map[string]bool{"expired": false, "not-yet-valid": true} {
		k, err := plan.FindCert(kind)
		require.NoError(t, err)
		c, err := a.Issue(k, "x")
		require.NoError(t, err)
		require.Equal(t, isLater, c.Leaf.NotBefore.After(now), kind)
		require.Equal(t, isLater, c.Leaf.NotAfter.After(now), kind)
	}
}

func TestAValidCertificateIsValidOnABoardWithoutAClock(t *testing.T) {
	t.Parallel()
	a, err := certs.New(time.Now())
	require.NoError(t, err)
	k, err := plan.FindCert("valid")
	require.NoError(t, err)
	c, err := a.Issue(k, "192.0.2.1")
	require.NoError(t, err)
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(a.PEM())
	for _, clock := range []int64{1, 946684800} { // just after 1970, and 2000
		_, err = c.Leaf.Verify(x509.VerifyOptions{Roots: roots, CurrentTime: time.Unix(clock, 0)})
		require.NoError(t, err)
	}
}

func TestTheDERIsThePEM(t *testing.T) {
	t.Parallel()
	a, err := certs.New(time.Now())
	require.NoError(t, err)
	c, err := x509.ParseCertificate(a.DER())
	require.NoError(t, err)
	require.True(t, c.IsCA)
	roots, same := x509.NewCertPool(), x509.NewCertPool()
	roots.AppendCertsFromPEM(a.PEM())
	same.AddCert(c)
	require.True(t, roots.Equal(same))
}

func TestAnUnknownCertificateIsASentence(t *testing.T) {
	t.Parallel()
	_, err := plan.FindCert("good")
	require.EqualError(t, err, `there is no certificate "good"; there are valid, expired, not-yet-valid, wrong-host, self-signed, unknown-ca`)
}
