package agent

// linuxErrnos are the numbers that Linux gives to the errors of files and sockets
// (errno.h). Ports count differently: ETIMEDOUT is 116 in the C library of an ESP32.
var linuxErrnos = map[string]int{
	"EPERM": 1, "ENOENT": 2, "EINTR": 4, "EIO": 5, "EBADF": 9, "EAGAIN": 11, "ENOMEM": 12, "EACCES": 13,
	"EEXIST": 17, "ENODEV": 19, "ENOTDIR": 20, "EISDIR": 21, "EINVAL": 22, "EMFILE": 24, "ENOSPC": 28, "EPIPE": 32,
	"EPROTO": 71, "EOPNOTSUPP": 95, "EAFNOSUPPORT": 97, "EADDRINUSE": 98, "ENETUNREACH": 101,
	"ECONNABORTED": 103, "ECONNRESET": 104, "ENOBUFS": 105, "EISCONN": 106, "ENOTCONN": 107,
	"ETIMEDOUT": 110, "ECONNREFUSED": 111, "EHOSTUNREACH": 113, "EALREADY": 114, "EINPROGRESS": 115,
}

// linuxErrno is Linux's number for an error by its name, or the board's own where
// the board has no name for it.
func linuxErrno(number *int, name string) *int {
	if n, ok := linuxErrnos[name]; ok && number != nil {
		return &n
	}
	return number
}
