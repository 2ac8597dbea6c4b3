package hostclient

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/espy-hil/espy/hil/agent"
	"github.com/espy-hil/espy/hil/result"
)

// netHTTP is Go's client, with connections of its own.
type netHTTP struct {
	transport *http.Transport
	dialled   connections
}

func newNetHTTP(r agent.Request) (*netHTTP, error) {
	n := &netHTTP{}
	t := &http.Transport{DisableKeepAlives: !r.Session, DialContext: n.dialled.dial}
	n.transport = t
	t.TLSClientConfig = &tls.Config{InsecureSkipVerify: r.Verify != nil && !*r.Verify}
	if r.CAData != nil {
		ca, err := x509.ParseCertificate(r.CAData)
		if err != nil {
			return nil, fmt.Errorf("the CA of the run cannot be read: %w", err)
		}
		t.TLSClientConfig.RootCAs = x509.NewCertPool()
		t.TLSClientConfig.RootCAs.AddCert(ca)
	}
	return n, nil
}

// awaitClosed waits until the connections of a request are closed, as they are to be
// without a Session: net/http does that a moment after it has handed out the body.
func (n *netHTTP) awaitClosed(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	n.dialled.awaitClosed(ctx)
}

// do makes a request.
func (n *netHTTP) do(ctx context.Context, r agent.Request, body []byte, kind string) (*agent.Record, error) {
	record := &agent.Record{TimingMS: map[string]float64{}, Memory: map[string]int64{}}
	began := time.Now()
	defer func() { record.TimingMS["total"] = float64(time.Since(began).Microseconds()) / 1000 }()
	request, err := newRequest(ctx, r, body, kind)
	if err != nil {
		record.Raises = raised("request", "ValueError", 0, err.Error())
		return record, nil
	}
	var history []result.Hop
	client := http.Client{Transport: n.transport, Timeout: limit(r), CheckRedirect: func(next *http.Request, via []*http.Request) error {
		if r.AllowRedirects != nil && !*r.AllowRedirects {
			return http.ErrUseLastResponse
		}
		before := via[len(via)-1]
		history = append(history, result.Hop{Status: next.Response.StatusCode, Version: version(next.Response.Proto), URL: before.URL.String()})
		if len(via) >= 10 {
			return errRedirects
		}
		return nil
	}}
	response, err := client.Do(request)
	if err != nil {
		record.Raises = exception(ctx, "request", err)
		return record, ended(ctx)
	}
	defer response.Body.Close()
	record.Response = head(response)
	record.Response.History = history
	var content []byte
	if r.Read != "nothing" {
		content, err = io.ReadAll(response.Body)
	}
	record.Raises = fill(record.Response, r, content)
	if err != nil {
		record.Raises = exception(ctx, "content", err)
	}
	return record, ended(ctx)
}

// ended tells that the run itself is over, of which the client's error says nothing.
func ended(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return context.Cause(ctx)
	}
	return nil
}

var errRedirects = errors.New("stopped after 10 redirects")

func newRequest(ctx context.Context, r agent.Request, body []byte, kind string) (*http.Request, error) {
	var reader io.Reader
	if body != nil {
		reader = bytes.NewReader(body)
	}
	if r.Chunks != nil {
		reader = struct{ io.Reader }{bytes.NewReader(bytes.Join(r.Chunks, nil))} // of a length that it does not tell
	}
	request, err := http.NewRequestWithContext(ctx, r.Method, r.URL, reader)
	if err != nil {
		return nil, err
	}
	if kind != "" {
		request.Header.Set("Content-Type", kind)
	}
	for _, h := range r.Headers {
		if strings.EqualFold(h[0], "Host") {
			request.Host = h[1]
		}
		request.Header.Add(h[0], h[1])
	}
	if r.Auth != nil {
		request.SetBasicAuth(r.Auth[0], r.Auth[1])
	}
	return request, nil
}

// limit is the time that the request has in all; net/http has no other.
func limit(r agent.Request) time.Duration {
	ms := int64(10_000)
	if r.TimeoutMS != nil {
		ms = *r.TimeoutMS
	}
	if r.DeadlineMS != nil {
		ms = *r.DeadlineMS
	}
	return time.Duration(ms) * time.Millisecond
}

// head is what a Response has before its body.
func head(response *http.Response) *result.Response {
	_, reason, _ := strings.Cut(response.Status, " ")
	h := &result.Response{
		StatusCode: response.StatusCode, Reason: reason, Version: version(response.Proto), RequestVersion: "1.1",
		URL: response.Request.URL.String(),
	}
	for _, name := range slices.Sorted(maps.Keys(response.Header)) { // net/http does not keep their order
		for _, v := range response.Header[name] {
			h.Headers = append(h.Headers, [2]string{name, v})
		}
	}
	return h
}

// version takes the name off a protocol: HTTP/1.1.
func version(proto string) string { return strings.TrimPrefix(proto, "HTTP/") }

// exception is an error of net/http in the words of espy.requests.
func exception(ctx context.Context, in string, err error) *result.Raises {
	var timeout interface{ Timeout() bool }
	var invalid x509.CertificateInvalidError
	var host x509.HostnameError
	var unknown x509.UnknownAuthorityError
	switch {
	case errors.Is(err, errRedirects):
		return raised(in, "TooManyRedirects", 0, err.Error())
	case errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout(), ctx.Err() != nil:
		return raised(in, "Timeout", timedOut, err.Error())
	case errors.Is(err, syscall.ECONNREFUSED):
		return raised(in, "RequestError", connectionRefused, err.Error())
	case errors.Is(err, syscall.ECONNRESET):
		return raised(in, "RequestError", connectionReset, err.Error())
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return raised(in, "IncompleteRead", 0, err.Error())
	case errors.As(err, &invalid), errors.As(err, &host), errors.As(err, &unknown):
		return raised(in, "RequestError", 0, err.Error())
	}
	return raised(in, "ProtocolError", 0, err.Error())
}
