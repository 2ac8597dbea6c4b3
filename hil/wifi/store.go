package wifi

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"github.com/espy-hil/espy/firmware"
	"github.com/espy-hil/espy/hil/repl"
)

// storedAt is where a board has the name and password of its network, as a JSON array:
// firmware/espy/wifi.py reads it where the environment has no credentials.
const storedAt = firmware.Dir + "/wifi.json"

// Store puts the credentials on the board's flash, for runs that have none: whoever
// holds the board can read them there. They are whole there or not at all, however the
// power fails.
func Store(ctx context.Context, r *repl.REPL, c Credentials) error {
	text, err := json.Marshal([]string{c.SSID, c.Password})
	if err != nil {
		return err
	}
	const program = `
import os
with open(%[1]s + '.new', 'w') as f:
    f.write(%[2]s)
try:
    os.remove(%[1]s) # a FAT filesystem renames over no file
except OSError:
    pass
os.rename(%[1]s + '.new', %[1]s)
`
	if err := r.Exec(ctx, fmt.Sprintf(program, repl.Quote(storedAt), repl.Quote(string(text))), io.Discard); err != nil {
		return fmt.Errorf("storing the network of %s on its flash: %w", c.SSIDVariable, err)
	}
	return nil
}

// Forget removes what Store has put there, and tells whether there was something.
func Forget(ctx context.Context, r *repl.REPL) (was bool, err error) {
	const program = `
import os
for name in (%[1]s, %[1]s + '.new'):
    try:
        os.remove(name)
        print(name)
    except OSError:
        pass
`
	var gone counter
	if err := r.Exec(ctx, fmt.Sprintf(program, repl.Quote(storedAt)), &gone); err != nil {
		return false, fmt.Errorf("removing the stored network from its flash: %w", err)
	}
	return gone > 0, nil
}

// counter counts what is written to it.
type counter int

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}
