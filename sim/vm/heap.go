package vm

import "encoding/binary"

// Offsets in mp_state_mem_area_t that all releases share.
const (
	areaNext  = 0
	areaTable = 4 // gc_alloc_table_start
	areaSize  = 8 // gc_alloc_table_byte_len
)

// What two bits of the table say of a block of 16 bytes.
const (
	blockFree = iota
	blockHead
	blockTail
	blockMark
)

const (
	bytesPerBlock = 16
	blocksPerByte = 4
)

// maxNewSplit is by how much the heap may grow at a time: what every release's
// gc_get_max_new_split returns.
const maxNewSplit = 128 << 20

// gcInfo(*gc_info_t) is gc_info, which gc.mem_alloc() and gc.mem_free() call: the VM
// would look at 16,000 blocks one by one, which takes 0.16 ms, and the agent asks three
// times in each run.
func gcInfo(m *Machine, stack []uint64) {
	var all census
	for area := m.code.layout.Heap; area != 0; area = m.word(area + areaNext) {
		pool := area + m.code.layout.Pool
		all.total += m.word(pool+4) - m.word(pool)
		all.count(m.bytes(m.word(area+areaTable), m.word(area+areaSize)))
	}
	info := m.bytes(uint32(stack[0]), 8*4)
	for i, v := range []uint32{
		all.total, all.used * bytesPerBlock, all.free * bytesPerBlock, all.maxFree,
		all.ones, all.twos, all.maxBlock, maxNewSplit,
	} {
		binary.LittleEndian.PutUint32(info[4*i:], v)
	}
}

// census is what gc_info_t has, with used and free in blocks.
type census struct {
	total, used, free    uint32
	maxFree              uint32 // blocks in a row, as gc_info counts them: up to the next head
	ones, twos, maxBlock uint32 // objects of one block, of two; blocks of the largest
}

// count adds an area, of which this is the table.
func (c *census) count(table []byte) {
	const word = 8
	length, free := uint32(0), uint32(0) // of the object and of the gap that it is at
	for i := 0; i < len(table); {
		if length == 0 && len(table)-i >= word && binary.LittleEndian.Uint64(table[i:]) == 0 {
			c.free += word * blocksPerByte
			free += word * blocksPerByte
			i += word
			continue
		}
		for kinds := uint32(table[i]) | 1<<8; kinds > 1; kinds >>= 2 {
			switch kinds & 3 {
			case blockFree:
				c.ended(length)
				c.free++
				free++
				length = 0
			case blockHead:
				c.ended(length)
				c.maxFree, free = max(c.maxFree, free), 0
				c.used++
				length = 1
			case blockTail:
				c.used++
				length++
			case blockMark: // there are none but in a collection
			}
		}
		i++
	}
	c.ended(length)
	c.maxFree = max(c.maxFree, free)
}

// ended is told of an object whose last block has been counted; 0: there was none.
func (c *census) ended(length uint32) {
	switch length {
	case 1:
		c.ones++
	case 2:
		c.twos++
	}
	c.maxBlock = max(c.maxBlock, length)
}
