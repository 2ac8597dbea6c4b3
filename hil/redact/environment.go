package redact

import "strings"

// Variables of the environment.
const (
	Password = "ESPY_WIFI_PASSWORD" // of the network that boards join, unless espy.yaml names another
	More     = "ESPY_SECRETS"       // names of further variables that hold secrets, separated by commas
)

// FromEnvironment knows the values of the variables that hold secrets: [Password], those
// that [More] names, and named, such as those of a hardware map.
func FromEnvironment(getenv func(string) string, named ...string) *Redactor {
	var secrets []string
	names := append([]string{Password}, named...)
	for _, name := range append(names, strings.Split(getenv(More), ",")...) {
		if value := getenv(strings.TrimSpace(name)); value != "" {
			secrets = append(secrets, value)
		}
	}
	return New(secrets...)
}
