package jsonfile

// indented appends JSON as json.Indent lays it out, with two spaces a level and a prefix
// before each line but the first. The JSON is whole and has no white space, as json.Marshal
// leaves it: nothing is checked once more, which is most of what json.Indent takes its
// time for.
func indented(to, compact []byte, prefix string) []byte {
	depth := 0
	line := func() {
		to = append(append(to, '\n'), prefix...)
		for range depth {
			to = append(to, "  "...)
		}
	}
	for i := 0; i < len(compact); i++ {
		switch c := compact[i]; c {
		case '"':
			end := afterText(compact, i)
			to = append(to, compact[i:end]...)
			i = end - 1
		case '{', '[':
			to = append(to, c)
			if closing := compact[i+1]; closing == c+2 { // '{' and '}', '[' and ']' are two apart
				to = append(to, closing)
				i++
				continue
			}
			depth++
			line()
		case '}', ']':
			depth--
			line()
			to = append(to, c)
		case ',':
			to = append(to, c)
			line()
		case ':':
			to = append(to, ": "...)
		default:
			to = append(to, c)
		}
	}
	return to
}

// afterText is where a text ends that begins at a quote.
func afterText(compact []byte, from int) int {
	for i := from + 1; ; i++ {
		switch compact[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
}
