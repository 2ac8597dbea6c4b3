package flash

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/sim/errno"
)

// A disk that is full or read-only cannot be had in a test that anybody may run: this
// is what its errors become.
func TestTroubleOfTheDiskIsWhatAFlashWouldSay(t *testing.T) {
	t.Parallel()
	for err, want := range map[error]errno.Errno{
		syscall.ENOSPC:        errno.ENOSPC,
		syscall.EDQUOT:        errno.ENOSPC,
		syscall.EROFS:         errno.EROFS,
		syscall.EACCES:        errno.EROFS,
		fs.ErrPermission:      errno.EROFS,
		syscall.ENOENT:        errno.EIO,
		syscall.EIO:           errno.EIO,
		errors.New("escapes"): errno.EIO,
	} {
		var said []string
		f := &Folder{path: "/x", say: func(text string) { said = append(said, text) }}
		for range 3 {
			require.Equal(t, want, f.trouble(fmt.Errorf("writing: %w", &fs.PathError{Op: "write", Path: "main.py", Err: err})))
		}
		require.Len(t, said, 1)
		require.Contains(t, said[0], "write main.py")
	}
}
