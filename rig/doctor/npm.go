package doctor

import (
	"context"
	"fmt"

	"github.com/espy-hil/espy/sim/runtimes"
)

const getNPM = "sudo apt install nodejs npm  # macOS: brew install node; Windows: winget install OpenJS.NodeJS"

// npm looks for npm, which fetches the runtimes of the virtual boards, once.
func npm(ctx context.Context, m Machine) Finding {
	path, err := m.Find("npm")
	if err != nil {
		if runtimes.Verify() == nil {
			return note("not installed, and no longer needed: the runtimes have been fetched", "")
		}
		return trouble("not installed; it fetches what the virtual boards run, once", getNPM)
	}
	said, err := m.Run(ctx, path, "--version")
	if err != nil {
		return trouble(fmt.Sprintf("%s --version: %v: %s", path, err, firstLine(said)), getNPM)
	}
	return ok(firstLine(said) + " at " + path)
}
