package rest

import (
	"slices"
	"sync"
)

// A store holds the records of one API: the shared ones, until the first write to
// a collection, and then a copy of its own.
type store struct {
	mu   sync.Mutex
	own  map[*collection][]record
	next map[*collection]int // the next id
}

// list returns the records of c in order of id. They must not be changed.
func (s *store) list(c *collection) []record {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.listLocked(c)
}

func (s *store) listLocked(c *collection) []record {
	if own, ok := s.own[c]; ok {
		return own
	}
	return c.generate()
}

func (s *store) find(c *collection, id int) (record, bool) {
	all := s.list(c)
	i, ok := position(all, id)
	if !ok {
		return record{}, false
	}
	return all[i], true
}

func position(all []record, id int) (int, bool) {
	return slices.BinarySearchFunc(all, id, func(r record, id int) int { return r.id - id })
}

// add gives a record the next id and stores it. Ids are never used twice.
func (s *store) add(c *collection, fields []field) record {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := s.copyLocked(c)
	r := c.record(s.next[c], fields)
	s.next[c]++
	s.own[c] = append(all, r)
	return r
}

// change replaces the record with that id by what f makes of its fields, in one
// step; false: there is none.
func (s *store) change(c *collection, id int, f func(old []field) []field) (record, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := s.copyLocked(c)
	i, ok := position(all, id)
	if !ok {
		return record{}, false
	}
	all[i] = c.record(id, f(slices.Clone(all[i].fields)))
	return all[i], true
}

func (s *store) remove(c *collection, id int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := s.copyLocked(c)
	i, ok := position(all, id)
	if ok {
		s.own[c] = slices.Delete(all, i, i+1)
	}
	return ok
}

// copyLocked makes c's records this store's own. Those who read an earlier list
// keep it as it was.
func (s *store) copyLocked(c *collection) []record {
	all := slices.Clone(s.listLocked(c))
	if s.own == nil {
		s.own = map[*collection][]record{}
		s.next = map[*collection]int{}
	}
	if _, ok := s.own[c]; !ok {
		s.next[c] = all[len(all)-1].id + 1
	}
	s.own[c] = all
	return all
}
