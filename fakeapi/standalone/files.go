package standalone

import (
	"io"
	"os"
	"path/filepath"

	"github.com/espy-hil/espy/fakeapi/certs"
)

// writeCA writes the CA's certificate: DER, which boards want, where the file's name
// ends in .der, and PEM otherwise.
func writeCA(file string, a *certs.Authority) error {
	if file == "" {
		return nil
	}
	content := a.PEM()
	if filepath.Ext(file) == ".der" {
		content = a.DER()
	}
	return os.WriteFile(file, content, 0o644)
}

// appendKeys opens a file for the keys of TLS sessions. Whoever has them can read
// what was said: nobody else may read the file.
func appendKeys(file string) (keys io.Writer, closeKeys func() error, err error) {
	if file == "" {
		return nil, func() error { return nil }, nil
	}
	f, err := os.OpenFile(file, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, nil, err
	}
	return f, f.Close, nil
}
