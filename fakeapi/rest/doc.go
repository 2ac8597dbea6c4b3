// Package rest is the JSON REST API of the fake server, as an ordinary
// [http.Handler]: the collections that tutorials use, over generated data.
//
// The words:
//
//   - A collection is a list of records under one path: albums (100), posts (100),
//     comments (500), photos (5000), todos (200), users (10).
//   - A record is a JSON object with an id; its fields keep their order.
//   - A child collection belongs to another: the photos of an album, the comments
//     of a post, the albums, posts and todos of a user.
//
// The way of a request:
//
//	path ──> collection ──> method ──> records ──> filter ─> sort ─> page ──> JSON
//	                           │          ▲
//	                           └─ write ──┘ a copy of this API's own, made on the first write
//
// Every tenth text of the posts, comments and todos holds what many a parser gets
// wrong: escapes, other scripts, what looks like an escape.
//
// The records are generated once for the process, from a fixed seed, collection
// by collection as they are asked for, and shared; so a new API costs nothing.
// Writes are real for one API and unknown to every other.
//
//	GET    /albums            list; ?userId=1 filters, _sort, _order, _page, _limit; X-Total-Count, Link
//	POST   /albums            201, Location, the record with its new id
//	GET    /albums/1          one record
//	PUT    /albums/1          replaces it     PATCH changes fields     DELETE takes it away: 200, {}
//	GET    /albums/1/photos   the photos of an album; POST adds one
//	GET    /edges             what is hard for a parser of JSON: see edges.json
//
// HEAD goes wherever GET goes, OPTIONS everywhere (204, Allow). What is wrong is
// said in {"error": sentence}: 400 broken JSON or a bad _page, 404, 405 with Allow,
// 415 a body that is not JSON, 422 JSON that is no such record.
package rest
