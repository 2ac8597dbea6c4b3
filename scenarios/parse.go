package scenarios

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
	"go.yaml.in/yaml/v4/plugin/loaderlimits"
)

const (
	maxFile  = 1 << 20 // bytes of a scenario file
	maxDepth = 40      // mappings and lists in one another; the format itself needs 8
)

// parseTree makes a tree of a file's bytes. What is not plain YAML (UTF-8, one
// document, no anchors, no tags) is a problem; then the tree is nil.
func parseTree(data []byte, r *report) *node {
	if !checkBytes(data, r) {
		return nil
	}
	loader, err := yaml.NewLoader(bytes.NewReader(data),
		yaml.WithPlugin(loaderlimits.New(loaderlimits.DepthValue(maxDepth))))
	if err != nil {
		r.add(1, 1, 1, "cannot be read: "+err.Error(), "")
		return nil
	}
	var document, second yaml.Node
	if err := loader.Load(&document); errors.Is(err, io.EOF) {
		r.add(1, 1, 1, "the file is empty", "a scenario needs at least name: and request:")
		return nil
	} else if err != nil {
		addYAMLError(err, r)
		return nil
	}
	if err := loader.Load(&second); err == nil {
		r.add(second.Line, second.Column, 3, "a second document begins here", "a file holds one; give the second a file of its own")
	} else if !errors.Is(err, io.EOF) {
		addYAMLError(err, r)
	}
	if len(document.Content) != 1 {
		r.add(1, 1, 1, "the file is empty", "a scenario needs at least name: and request:")
		return nil
	}
	root := convert(document.Content[0], r)
	if r.failed() {
		return nil
	}
	return root
}

// checkBytes finds what is wrong with a file before it is looked at as YAML.
func checkBytes(data []byte, r *report) bool {
	if len(data) > maxFile {
		r.add(1, 1, 1, "the file is larger than 1 MiB", "such a file is read by people; a large body is {repeat: {bytes, times}}")
		return false
	}
	if bytes.HasPrefix(data, []byte("\ufeff")) {
		r.add(1, 1, 1, "the file begins with a byte order mark", "save it as UTF-8 without one")
		return false
	}
	line, column := 1, 1
	for i := 0; i < len(data); {
		c, size := utf8.DecodeRune(data[i:])
		switch {
		case c == utf8.RuneError && size <= 1:
			r.add(line, column, 1, fmt.Sprintf("the byte 0x%02x is not UTF-8", data[i]), "save the file as UTF-8; any byte of a raw reply can be written as {hex: …} or \"\\xff\"")
			return false
		case isForbidden(c):
			r.add(line, column, 1, fmt.Sprintf("the control character U+%04X stands here", c), fmt.Sprintf(`write it as "\u%04x" in double quotes`, c))
			return false
		case c == '\r' && bytes.HasPrefix(data[i:], []byte("\r\n")):
			size = 2
			fallthrough
		case c == '\n', c == '\r', c == '\u0085', c == '\u2028', c == '\u2029':
			line, column = line+1, 1
		default:
			column++
		}
		i += size
	}
	return true
}

// isForbidden tells whether YAML forbids a character in a file (YAML 1.2.2 §5.1).
func isForbidden(c rune) bool {
	return c < ' ' && c != '\t' && c != '\n' && c != '\r' || c == 0x7f ||
		c >= 0x80 && c < 0xa0 && c != 0x85 || c == 0xfffe || c == 0xffff || c == 0xfeff
}

// yamlHints says what to do about what the YAML library complains of.
var yamlHints = []struct{ complaint, message, hint string }{
	{"unknown anchor", "an alias (*name) stands here", "anchors and aliases are not part of the format; write it out, or quote the text"},
	{"exceeded max depth", "the nesting is too deep", fmt.Sprintf("at most %d mappings and lists in one another", maxDepth)},
	{"mapping values are not allowed", "a key: value cannot stand here", "quote a text that holds a colon and a space"},
	{"cannot start any token", "a text cannot begin with this character", "quote it"},
	{"unknown escape character", "an unknown escape stands in a double-quoted text", `known: \r \n \t \\ \" \xff \u00ff; or use single quotes`},
	{"unexpected end of stream", "a quoted text has no end", ""},
}

// addYAMLError reports what the YAML library found wrong.
func addYAMLError(err error, r *report) {
	var load *yaml.LoadError
	if !errors.As(err, &load) {
		r.add(1, 1, 1, "not YAML: "+err.Error(), "")
		return
	}
	line, column := load.Mark.Line, load.Mark.Column
	if runes := []rune(r.source.line(line)); column >= 1 && column <= len(runes) && runes[column-1] == '\t' {
		r.add(line, column, 1, "a tab stands in the indentation", "indent with spaces")
		return
	}
	for _, known := range yamlHints {
		if strings.Contains(load.Message, known.complaint) {
			if strings.Contains(known.complaint, "end of stream") && load.ContextMark.Line > 0 {
				line, column = load.ContextMark.Line, load.ContextMark.Column
			}
			r.add(line, column, 1, known.message, known.hint)
			return
		}
	}
	hint := ""
	if load.ContextMsg != "" && load.ContextMark.Line > 0 {
		hint = fmt.Sprintf("%s that begins in line %d", load.ContextMsg, load.ContextMark.Line)
	}
	r.add(line, column, 1, "not YAML: "+load.Message, hint)
}

// convert makes our nodes of the library's, and refuses what a scenario does not have.
func convert(y *yaml.Node, r *report) *node {
	n := &node{line: y.Line, column: y.Column}
	if y.Anchor != "" || y.Kind == yaml.AliasNode {
		r.add(y.Line, y.Column, 1+len(y.Anchor), "anchors and aliases are not part of the format", "write it out (a scenario has for: variables), or quote a text that begins with & or *")
		return n
	}
	if y.Style&yaml.TaggedStyle != 0 {
		r.add(y.Line, y.Column, 1, "tags are not part of the format", "quote a number to mean text; quote a text that begins with !")
		return n
	}
	switch y.Kind {
	case yaml.MappingNode:
		n.kind = mappingNode
		for i := 0; i+1 < len(y.Content); i += 2 {
			n.keys = append(n.keys, convertKey(y.Content[i], r))
			n.items = append(n.items, convert(y.Content[i+1], r))
		}
	case yaml.SequenceNode:
		n.kind = listNode
		for _, item := range y.Content {
			n.items = append(n.items, convert(item, r))
		}
	default:
		n.tag, n.value = y.ShortTag(), y.Value
		n.quoted = y.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0
	}
	return n
}

// convertKey is convert for a key, which is one word or text.
func convertKey(y *yaml.Node, r *report) *node {
	k := convert(y, r)
	if k.tag == "!!merge" {
		r.add(y.Line, y.Column, 2, "merge keys (<<) are not part of the format", "write it out; a scenario has for: variables")
	} else if k.kind != scalarNode {
		r.add(y.Line, y.Column, 1, "a key is "+k.describe(), "expected a word")
	}
	return k
}
