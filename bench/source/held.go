package source

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// Held are connections that have been used once, and are kept.
type Held []*connection

type connection struct {
	net.Conn
	replies *bufio.Reader
}

// Hold opens so many, and has one request answered on each.
func Hold(url string, many int) (all Held, err error) {
	address := strings.TrimPrefix(url, "http://")
	for range many {
		c, err := net.Dial("tcp", address)
		if err != nil {
			all.Close()
			return nil, fmt.Errorf("holding connection %d: %w", len(all)+1, err)
		}
		all = append(all, &connection{c, bufio.NewReader(c)})
	}
	if err := all.AskAgain(); err != nil {
		all.Close()
		return nil, err
	}
	return all, nil
}

func (h Held) Close() {
	for _, c := range h {
		c.Close()
	}
}

// AskAgain has each connection ask once more.
func (h Held) AskAgain() error {
	for i, c := range h {
		if err := c.ask(); err != nil {
			return fmt.Errorf("connection %d: %w", i+1, err)
		}
	}
	return nil
}

func (c *connection) ask() error {
	if err := c.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		return err
	}
	if _, err := io.WriteString(c, "GET /albums/1 HTTP/1.1\r\nHost: a\r\n\r\n"); err != nil {
		return err
	}
	r, err := http.ReadResponse(c.replies, nil)
	if err != nil {
		return err
	}
	defer r.Body.Close()
	if r.StatusCode != http.StatusOK {
		return fmt.Errorf("%s", r.Status)
	}
	_, err = io.Copy(io.Discard, r.Body)
	return err
}
