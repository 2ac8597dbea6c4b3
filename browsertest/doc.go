// Package browsertest opens a page in headless Chromium, as the tests of the report and
// of the admin page need it: it acts on the page as a person does, reads what the page
// says, waits for what is to come true there, and notes what the browser complains of
// and what it fetches. It is built with the tag peers alone, as Chromium is not ours.
package browsertest
