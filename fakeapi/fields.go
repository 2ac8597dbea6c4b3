package fakeapi

import "strings"

// splitHead takes a request's head apart as it was sent, and refuses nothing:
// names and values keep their case and order; a line without a colon is a name
// without a value; a folded line is joined to the one before it with one space.
// It needs no complete head.
func splitHead(head []byte) (line string, fields [][2]string) {
	lines := strings.Split(string(head), "\n")
	line = strings.TrimSuffix(lines[0], "\r")
	for _, l := range lines[1:] {
		l = strings.TrimSuffix(l, "\r")
		switch {
		case l == "":
		case (l[0] == ' ' || l[0] == '\t') && len(fields) > 0:
			last := &fields[len(fields)-1]
			last[1] = strings.Trim(last[1]+" "+strings.Trim(l, " \t"), " \t")
		default:
			name, value, _ := strings.Cut(l, ":")
			fields = append(fields, [2]string{name, strings.Trim(value, " \t")})
		}
	}
	return line, fields
}

// firstValue and lastValue find a field whatever the case of its name, and also
// where a space stands before its colon.
func firstValue(fields [][2]string, name string) (string, bool) {
	for _, f := range fields {
		if strings.EqualFold(strings.TrimRight(f[0], " \t"), name) {
			return f[1], true
		}
	}
	return "", false
}

func lastValue(fields [][2]string, name string) (value string, found bool) {
	for _, f := range fields {
		if strings.EqualFold(strings.TrimRight(f[0], " \t"), name) {
			value, found = f[1], true
		}
	}
	return value, found
}

// values returns the values of every field of that name.
func values(fields [][2]string, name string) (all []string) {
	for _, f := range fields {
		if strings.EqualFold(f[0], name) {
			all = append(all, f[1])
		}
	}
	return all
}

// hasOption says whether a Connection field lists option (RFC 9110 7.6.1).
func hasOption(fields [][2]string, option string) bool {
	for _, v := range values(fields, "Connection") {
		for o := range strings.SplitSeq(v, ",") {
			if strings.EqualFold(strings.TrimSpace(o), option) {
				return true
			}
		}
	}
	return false
}

// isToken says whether c may stand in a method or a field name (RFC 9110 5.6.2).
func isToken(c byte) bool {
	switch {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		return true
	}
	return strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0
}

// isTokens says whether s is a token: not empty, and made of such characters.
func isTokens(s string) bool {
	for i := range len(s) {
		if !isToken(s[i]) {
			return false
		}
	}
	return s != ""
}
