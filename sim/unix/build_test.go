//go:build peers

package unix_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// make.sh is run on a machine that has the programs that are linked into a folder,
// and others as a test writes them.
func makeBoard(t *testing.T, scripts map[string]string) string {
	t.Helper()
	bin := t.TempDir()
	for _, name := range []string{"bash", "cat", "cut", "dirname", "find", "id", "mkdir", "sha256sum", "sort", "uname", "xargs"} {
		path, err := exec.LookPath(name)
		require.NoError(t, err)
		if scripts[name] == "" {
			require.NoError(t, os.Symlink(path, filepath.Join(bin, name)))
		}
	}
	for name, script := range scripts {
		require.NoError(t, os.WriteFile(filepath.Join(bin, name), []byte("#!/bin/sh\n"+script+"\n"), 0o755))
	}
	cmd := exec.Command("build/make.sh")
	cmd.Env = []string{"PATH=" + bin, "ESPY_CACHE=" + t.TempDir()}
	out, err := cmd.CombinedOutput()
	require.Error(t, err)
	return string(out)
}

func TestUnixBoardIsNotBuiltWhereItCannotBe(t *testing.T) {
	t.Parallel()
	said := makeBoard(t, map[string]string{"uname": "echo Darwin arm64"})
	require.Equal(t, "unix-board: the unix boards are built on Debian 12 or 13 on x86-64, which this system is not; the boards named sim run everywhere\n", said)
}

func TestUnixBoardThatCannotBeBuiltNamesWhatIsMissing(t *testing.T) {
	t.Parallel()
	said := makeBoard(t, map[string]string{"id": "echo 1000"})
	require.Regexp(t, `^unix-board: gcc make python3 xz-utils dpkg-dev gcc-multilib .*missing; run: sudo apt-get install gcc make python3 xz-utils dpkg-dev gcc-multilib`, said)
}
