package scenarios

import "time"

// Expect is what the file says of the Response. A nil pointer is not checked.
type Expect struct {
	StatusCode      *Int
	Reason          *Match
	Headers         []HeaderMatch
	Text            *Match
	Content         *Match // the body read as Latin-1
	ContentHex      *Bytes
	ContentLength   *Int
	ContentSHA256   *Match
	JSON            *JSON // objects as subsets, arrays in full
	JSONExact       *JSON
	Version         *Match
	RequestVersion  *Match
	History         *Ints
	URL             *Match
	Types           []TypeMatch
	Raises          *Raises
	Within          *Duration
	Allocates       *Int // bytes at most
	OpenConnections *Int
}

// Raises is the exception that is expected; nil fields are not checked.
type Raises struct {
	Pos     Pos
	In      *Match
	Type    *Match
	Errno   *Int
	Message *Match
}

// HeaderMatch is an expected field of a response or request.
type HeaderMatch struct {
	Name  string
	Value Match
}

// TypeMatch is an expected Python class: {text: str}.
type TypeMatch struct {
	Name  string // response, text, content, json, reason, …; json.userId names a value
	Value Match
}

// Wire is the requests as the server should have seen them, all of them, in order.
type Wire struct {
	Pos   Pos
	Items []WireItem
}

// WireItem is one expected request.
type WireItem struct {
	Pos        Pos
	Line       *Match
	Headers    []HeaderMatch
	Body       *Match // the body read as Latin-1
	BodyHex    *Bytes
	BodySHA256 *Match
	JSON       *JSON
	Connection *Int // 1, 2, …: the same number is the same connection
	Server     *Match
}

// Int, Ints, Bytes and Duration are expected values with their places.
type (
	Int struct {
		Pos   Pos
		Value int64
	}
	Ints struct {
		Pos   Pos
		Value []int64
	}
	Bytes struct {
		Pos   Pos
		Value []byte
	}
	Duration struct {
		Pos   Pos
		Value time.Duration
	}
)
