package scenarios

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Find lists the scenario files that a user means by files, folders and globs:
// sorted, each once. A folder stands for every *.yaml below it, but known.yaml (a
// ledger) and names that begin with a dot. The error has a sentence for each
// argument that names nothing, which says what there is.
func Find(args []string) ([]string, error) {
	var files []string
	var errs []error
	for _, arg := range args {
		found, err := find(arg)
		files, errs = append(files, found...), append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	slices.Sort(files)
	return slices.Compact(files), nil
}

// find is Find for one argument.
func find(arg string) ([]string, error) {
	info, err := os.Stat(arg)
	switch {
	case err == nil && info.IsDir():
		return findBelow(arg)
	case err == nil:
		return []string{filepath.Clean(arg)}, nil
	case !errors.Is(err, os.ErrNotExist) && !strings.ContainsAny(arg, "*?["):
		return nil, fmt.Errorf("find scenarios: %w", err)
	case !strings.ContainsAny(arg, "*?["):
		return nil, fmt.Errorf("no such file or folder: %s; %s", arg, whatThereIs(arg))
	}
	matches, err := filepath.Glob(arg)
	if err != nil {
		return nil, fmt.Errorf("the pattern %s is wrong: a [ has no ]", arg)
	}
	var files []string
	for _, m := range matches {
		info, err := os.Stat(m)
		switch {
		case err != nil:
			return nil, fmt.Errorf("find scenarios: %w", err)
		case info.IsDir():
			below, err := filesBelow(m)
			if err != nil {
				return nil, err
			}
			files = append(files, below...)
		case isScenario(filepath.ToSlash(m)):
			files = append(files, filepath.Clean(m))
		}
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("no scenario matches %s; %s", arg, whatThereIs(arg))
	}
	return files, nil
}

// findBelow is the scenarios below a folder, of which there must be one.
func findBelow(folder string) ([]string, error) {
	files, err := filesBelow(folder)
	if err == nil && len(files) == 0 {
		return nil, fmt.Errorf("no scenario (*.yaml) is below %s; %s", folder, contents(folder, ""))
	}
	return files, err
}

// filesBelow lists the scenarios below a folder. Links to folders are not followed,
// so that a ring of them ends.
func filesBelow(folder string) ([]string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, fmt.Errorf("find scenarios: %w", err)
	}
	var files []string
	for _, e := range entries {
		p := filepath.Join(folder, e.Name())
		switch {
		case hidden(e.Name()):
		case e.IsDir():
			below, err := filesBelow(p)
			if err != nil {
				return nil, err
			}
			files = append(files, below...)
		case isScenario(e.Name()):
			files = append(files, p)
		}
	}
	return files, nil
}

// Misnamed lists the files below the folders among args that look like scenarios,
// and are passed over since their names do not end in .yaml.
func Misnamed(args []string) (files []string) {
	for _, arg := range args {
		_ = filepath.WalkDir(arg, func(p string, e fs.DirEntry, err error) error {
			switch {
			case err != nil:
			case e.IsDir() && p != arg && hidden(e.Name()):
				return fs.SkipDir
			case !e.IsDir() && p != arg && isMisnamed(e.Name()):
				files = append(files, p)
			}
			return nil
		})
	}
	return files
}

// isMisnamed tells a file of YAML that is no scenario for its name alone.
func isMisnamed(name string) bool {
	return strings.EqualFold(filepath.Ext(name), ".yml") && !strings.HasPrefix(name, ".")
}

// hidden tells what a folder holds for others: names that begin with a dot, and
// testdata, which holds what tests need, broken files among it.
func hidden(name string) bool {
	return strings.HasPrefix(name, ".") || name == "testdata"
}

// whatThereIs says what the nearest folder above a path holds.
func whatThereIs(arg string) string {
	missing := filepath.Clean(arg)
	for {
		folder := filepath.Dir(missing)
		if info, err := os.Stat(folder); err == nil && info.IsDir() {
			return contents(folder, filepath.Base(missing))
		}
		if folder == missing {
			return "there is no folder of that name"
		}
		missing = folder
	}
}

// contents says what a folder holds, the entry nearest to a name first.
func contents(folder, name string) string {
	const most = 12
	entries, err := os.ReadDir(folder)
	if err != nil {
		return "and its folder cannot be read: " + err.Error()
	}
	var names []string
	for _, e := range entries {
		if e.IsDir() && !hidden(e.Name()) {
			names = append(names, e.Name()+string(filepath.Separator))
		} else if isScenario(e.Name()) {
			names = append(names, e.Name())
		}
	}
	if folder == "." {
		folder = "this folder"
	}
	if len(names) == 0 {
		if i := slices.IndexFunc(entries, func(e os.DirEntry) bool { return isMisnamed(e.Name()) }); i >= 0 {
			return folder + " holds " + entries[i].Name() + ", but the names of scenarios end in .yaml"
		}
		return folder + " holds no scenarios and no folders"
	}
	hint := ""
	if near := nearest(name, names); name != "" && near != "" {
		hint = "did you mean " + near + "? "
	}
	more := ""
	if len(names) > most {
		more = fmt.Sprintf(" and %d more", len(names)-most)
		names = names[:most]
	}
	return hint + folder + " holds " + strings.Join(names, ", ") + more
}
