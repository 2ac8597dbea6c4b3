package scenarios

import (
	"slices"
	"strings"
)

// nearest is the known word that was most likely meant, or "" where none is near:
// at most a third of its letters differ, case aside, or it is the beginning of one.
// A number is never meant for another.
func nearest(word string, known []string) string {
	best, distance := "", 0
	if strings.Trim(word, "0123456789.") == "" {
		return best
	}
	for _, k := range known {
		d := editDistance(strings.ToLower(word), strings.ToLower(k))
		if len(word) >= 3 && strings.HasPrefix(k, word) {
			d = 1
		}
		if d <= max(1, max(len(word), len(k))/3) && (best == "" || d < distance) {
			best, distance = k, d
		}
	}
	return best
}

// editDistance counts the insertions, deletions, replacements and swaps of
// neighbours that make b of a. Words beyond 64 bytes are simply far apart.
func editDistance(a, b string) int {
	if len(a) > 64 || len(b) > 64 {
		return 64
	}
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			replace := rows[i-1][j-1]
			if a[i-1] != b[j-1] {
				replace++
			}
			rows[i][j] = min(replace, rows[i-1][j]+1, rows[i][j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}

// didYouMean is the hint for an unknown word: the nearest known one, and all of
// them where they are few.
func didYouMean(word string, known []string) string {
	all := "known: " + strings.Join(known, ", ")
	if near := nearest(word, known); near != "" {
		if len(known) > 12 {
			return "did you mean " + near + "?"
		}
		if i := slices.Index(known, near); len(known) > 1 && i >= 0 {
			return "did you mean " + near + "? " + all
		}
		return "did you mean " + near + "?"
	}
	return all
}
