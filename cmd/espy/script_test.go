package main

import (
	"bufio"
	"errors"
	"flag"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/sim/runtimes"
)

var updateScripts = flag.Bool("update-scripts", false, "write the golden files in scripts anew")

// raceOptions has the race detector, where there is one, wait less than its second for
// late reports at the end of each program: the tests start hundreds.
const raceOptions = "atexit_sleep_ms=10"

// TestMain makes the program available to the scripts, as espy.
func TestMain(m *testing.M) {
	os.Setenv("GORACE", raceOptions)
	testscript.Main(m, map[string]func(){"espy": main})
}

// TestScripts tests the command line by testdata/script/*.txtar. Beside the usual
// commands there are:
//
//	status N program args…      the program ends with status N; stdout and stderr as after exec
//	interrupt N program args…   the same, for a program that gets SIGINT after its first line of output
//	full N program args…        the same, for a program whose standard output is a full disk
//	serving program args…       starts espy serve or espy sim, and goes on when it serves: $SERVER and $ADMIN are its URLs, $ADDRESS its address
//	ask METHOD URL VERSION [CA] makes a request, stdout is the reply; with ! in front: there is no connection
//	idle                        what serving has started takes next to no processor time
//	clean FOLDER                no file of the folder holds a secret of the script's environment, in any encoding
//	stopping N SIGNAL           stops what serving has started (INT, TERM), which ends with status N; stdout is its
func TestScripts(t *testing.T) {
	t.Parallel()
	scripts(t, "script")
}

// scripts runs the scripts of a folder below testdata.
func scripts(t *testing.T, folder string) {
	t.Helper()
	cache := cacheFolder(t)
	bundled, err := filepath.Abs("../../scenarios")
	require.NoError(t, err)
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", folder),
		UpdateScripts:       *updateScripts,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("GORACE", raceOptions)
			e.Setenv("SCENARIOS", bundled)
			e.Setenv("DOCS", filepath.Join(bundled, "..", "docs"))
			e.Setenv("ESPY_CACHE", cache) // the runtimes are fetched once, not for each script
			e.Values[servedKey{}] = map[string]*served{}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"status":    status,
			"interrupt": interrupt,
			"full":      full,
			"serving":   serving,
			"stopping":  stopping,
			"ask":       ask,
			"idle":      idle,
			"clean":     clean,
		},
	})
}

// cacheFolder is where the runtimes are that other programs than tests have fetched.
func cacheFolder(t *testing.T) string {
	t.Helper()
	folder, err := runtimes.CacheDir()
	require.NoError(t, err)
	return folder
}

func status(ts *testscript.TestScript, _ bool, args []string) {
	want := wantedStatus(ts, args)
	check(ts, want, ts.Exec(args[1], args[2:]...))
}

// wantedStatus is the first argument of the commands that check a status.
func wantedStatus(ts *testscript.TestScript, args []string) int {
	if len(args) < 2 {
		ts.Fatalf("a status and a program are needed")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	return want
}

// check compares how a program ended with how it should have.
func check(ts *testscript.TestScript, want int, err error) {
	got := 0
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		got = exit.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("status %d, not %d", got, want)
	}
}

// command is a program as a script would run it.
func command(ts *testscript.TestScript, args []string) *exec.Cmd {
	path, err := lookUp(ts, args[1])
	ts.Check(err)
	c := exec.Command(path, args[2:]...)
	c.Dir = ts.Getenv("WORK")
	c.Env = append(os.Environ(), "ESPY_CACHE="+ts.Getenv("ESPY_CACHE"))
	c.Stderr = ts.Stderr()
	return c
}

// lookUp finds a program in the PATH of the script.
func lookUp(ts *testscript.TestScript, name string) (string, error) {
	for _, folder := range filepath.SplitList(ts.Getenv("PATH")) {
		path := filepath.Join(folder, name)
		if _, err := os.Stat(path); err == nil {
			return path, nil
		}
	}
	return exec.LookPath(name)
}

func interrupt(ts *testscript.TestScript, _ bool, args []string) {
	want := wantedStatus(ts, args)
	c := command(ts, args)
	out, err := c.StdoutPipe()
	ts.Check(err)
	ts.Check(c.Start())
	lines := bufio.NewReader(out)
	first, err := lines.ReadString('\n')
	ts.Check(err)
	ts.Check(c.Process.Signal(os.Interrupt))
	rest, err := io.ReadAll(lines)
	ts.Check(err)
	_, err = io.Copy(ts.Stdout(), strings.NewReader(first+string(rest)))
	ts.Check(err)
	check(ts, want, c.Wait())
}

func full(ts *testscript.TestScript, _ bool, args []string) {
	want := wantedStatus(ts, args)
	disk, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	ts.Check(err)
	defer disk.Close()
	c := command(ts, args)
	c.Stdout = disk
	check(ts, want, c.Run())
}
