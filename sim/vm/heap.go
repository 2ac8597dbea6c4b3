package vm

import "encoding/binary"

// Heap says where a release keeps what its garbage collector knows of the heap, which
// nothing in the module itself says: these are found in its disassembly, and tried
// against the module's own walk by TestTheHeapIsCountedAsTheVMCountsIt. The zero Heap
// leaves the walk to the VM.
//
// The walk is gc_info of MicroPython's py/gc.c, which gc.mem_alloc() and gc.mem_free()
// call: 16,000 blocks one by one, 0.16 ms on the VM, three times in each run of the
// agent. In Go it takes a tenth of that.
type Heap struct {
	Walk uint32 // the function gc_info, of type (gc_info_t *) -> (); 0: not known
	Area uint32 // address of the first mp_state_mem_area_t
	Pool uint32 // offset in one of gc_pool_start, which gc_pool_end follows
}

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

// heapInfo writes the gc_info_t that is at an address: it is gc_info.
func (m *Machine) heapInfo(at uint32) {
	var all census
	for area := m.code.heap.Area; area != 0; area = m.load(area + areaNext) {
		pool := area + m.code.heap.Pool
		all.total += m.load(pool+4) - m.load(pool)
		table, ok := m.memory.Read(m.load(area+areaTable), m.load(area+areaSize))
		if !ok {
			panic(errBadAddress)
		}
		all.count(table)
	}
	for i, v := range []uint32{
		all.total, all.used * bytesPerBlock, all.free * bytesPerBlock, all.maxFree,
		all.ones, all.twos, all.maxBlock, maxNewSplit,
	} {
		if !m.memory.WriteUint32Le(at+4*uint32(i), v) {
			panic(errBadAddress)
		}
	}
}

// load reads a word of the VM's own state.
func (m *Machine) load(at uint32) uint32 {
	v, ok := m.memory.ReadUint32Le(at)
	if !ok {
		panic(errBadAddress)
	}
	return v
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
