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
	// On a busy machine one answer may be late, but hardly so many in succession.
	client := http.Client{Timeout: 200 * time.Millisecond}
	for asked, late := 0, 0; late < 10; asked++ {
		require.Less(t, asked, 1000, "the log takes whatever it is given")
		if late++; ask(&client, url+"/bytes/20000") == nil {
			late = 0
		}
	}
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
