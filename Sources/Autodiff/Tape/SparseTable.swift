#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A table with a place for everything that a tape can ever number, in which few are taken.
///
/// Its address space is reserved whole, so that a look is one load; memory comes when a place is
/// taken, and goes when ``release(keeping:)`` finds a block of places empty.
struct SparseTable<Entry>: ~Copyable {
  /// nil, where nothing is, is a word of zeros, as fresh memory has it.
  private let places: UnsafeMutablePointer<UnsafeMutablePointer<Entry>?>
  private let bytes: Int
  /// Blocks in which places were taken.
  private var blocks: [Int] = []

  /// Places to a block: those of one page of memory.
  private let blockSize = sysconf(Int32(_SC_PAGESIZE)) / MemoryLayout<UnsafeRawPointer?>.stride

  init(capacity: Int) {
    bytes = capacity * MemoryLayout<UnsafeRawPointer?>.stride
    let memory = mmap(
      nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
    guard let memory, memory != MAP_FAILED else {
      preconditionFailure("no address space for a table of \(bytes) bytes")
    }
    places = memory.bindMemory(to: UnsafeMutablePointer<Entry>?.self, capacity: capacity)
  }

  deinit { munmap(places, bytes) }

  /// What stands at a place, for reading without the table.
  var view: UnsafePointer<UnsafeMutablePointer<Entry>?> { UnsafePointer(places) }

  @inline(__always)
  subscript(index: Int) -> UnsafeMutablePointer<Entry>? { places[index] }

  mutating func put(_ entry: UnsafeMutablePointer<Entry>, at index: Int) {
    let block = index / blockSize
    if !blocks.contains(block) { blocks.append(block) }
    places[index] = entry
  }

  mutating func remove(at index: Int) { places[index] = nil }

  /// Gives back the memory of empty blocks, but for the one that a place is in.
  mutating func release(keeping index: Int) {
    guard blocks.count > 1 else { return }
    let kept = index / blockSize
    blocks.removeAll { block in
      guard block != kept else { return false }
      let start = places + block * blockSize
      guard (0..<blockSize).allSatisfy({ start[$0] == nil }) else { return false }
      madvise(start, blockSize * MemoryLayout<UnsafeRawPointer?>.stride, MADV_DONTNEED)
      return true
    }
  }
}
