package standalone

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestALogThatNobodyReadsDoesNotKeepTheServerFromStopping(t *testing.T) {
	t.Parallel()
	r, w, err := os.Pipe()
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- Serve(ctx, Options{Addr: "127.0.0.1:0", Verbose: true, Out: w}) }()
	line, err := bufio.NewReaderSize(r, 16).ReadString(',')
	require.NoError(t, err)
	url := regexp.MustCompile(`http://[^,]+`).FindString(line)

	// It answers until the pipe is full: 64 KiB on Linux, and nowhere more than 1 MiB.
	client := http.Client{Timeout: 500 * time.Millisecond}
	for answered := 0; err == nil && answered < 100; answered++ {
		err = ask(&client, url+"/bytes/20000")
	}
	require.Error(t, err, "the log takes no more")
	stop()
	select {
	case err := <-served:
		require.EqualError(t, err, "stopping: not all connections have ended after 2s; does nobody read the log?")
	case <-time.After(time.Minute):
		t.Fatal("it goes on")
	}
	r.Close() // lets the writer go
}

func ask(client *http.Client, url string) error {
	response, err := client.Get(url)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, response.Body)
	return errors.Join(err, response.Body.Close())
}
