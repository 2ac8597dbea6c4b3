package doctor

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
)

// leastGo is the minor version that go.mod asks for.
const leastGo = 26

var goVersion = regexp.MustCompile(`\bgo1\.(\d+)\S*`)

const getGo = "sudo apt install golang  # if that is new enough; otherwise see https://go.dev/doc/install"

// goToolchain looks for Go, which builds Espy and runs scenarios under go test.
func goToolchain(ctx context.Context, m Machine) Finding {
	path, err := m.Find("go")
	if err != nil {
		return note("not installed; needed to build espy and for go test alone", getGo)
	}
	said, err := m.Run(ctx, path, "version")
	found := goVersion.FindStringSubmatch(said)
	if err != nil || found == nil {
		return trouble(fmt.Sprintf("%s version says %q, and no version of Go", path, firstLine(said)), getGo)
	}
	if minor, _ := strconv.Atoi(found[1]); minor < leastGo {
		return note(fmt.Sprintf("%s is too old to build espy, which needs 1.%d", found[0], leastGo), getGo)
	}
	return ok(found[0] + " at " + path)
}
