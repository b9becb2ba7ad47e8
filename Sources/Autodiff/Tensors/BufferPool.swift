import CKernels
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Aligned memory for buffers, recycled: pages that were touched before are written ten times as
/// fast as fresh ones.
///
/// Memory comes in classes of sizes, eight to each power of two; what is given back waits in its
/// class until it is taken again or the pool holds too much. Entries start on a cache line, so that
/// vector loads never straddle two.
public enum BufferPool {
  /// A cache line.
  private static let alignment = 64
  /// From here on memory is asked for in huge pages.
  private static let hugeBytes = 4 << 20
  private static let hugePage = 2 << 20
  /// Below this a list of its own would cost more than it saves.
  private static let smallest = 512

  private struct Shelf {
    var waiting: [[UnsafeMutableRawPointer]] = []
    var bytes = 0
    /// The most that waits; what is given back beyond goes to the system.
    var limit = BufferPool.defaultLimit
    /// What stands for memory that was refused, with its bytes.
    var decoys: [UnsafeMutableRawPointer: Int] = [:]
  }

  // `Sendable`: the pointers are owned by the shelf alone, which the mutex guards.
  private static let shelf = Mutex(SendableShelf())
  private struct SendableShelf: @unchecked Sendable { var shelf = Shelf() }

  /// A sixty-fourth of the machine's memory, 64 to 256 MiB.
  private static var defaultLimit: Int {
    let pages = sysconf(Int32(_SC_PHYS_PAGES))
    let memory = max(pages, 0) * sysconf(Int32(_SC_PAGESIZE))
    return min(max(memory / 64, 64 << 20), 256 << 20)
  }

  /// The class of a size, and the bytes that its members have.
  private static func sizeClass(_ bytes: Int) -> (index: Int, bytes: Int) {
    let size = max(bytes, smallest)
    let exponent = Int.bitWidth - 1 - (size - 1).leadingZeroBitCount
    let step = 1 << (exponent - 3)
    let eighth = (size - 1 - (1 << exponent)) >> (exponent - 3)
    return (exponent * 8 + eighth, (1 << exponent) + (eighth + 1) * step)
  }

  static func take(_ count: Int) -> UnsafeMutablePointer<Double> {
    let wanted = max(count, 1) * MemoryLayout<Double>.stride
    let (index, bytes) = sizeClass(wanted)
    let recycled = shelf.withLock { state -> SendablePointer? in
      guard index < state.shelf.waiting.count,
        let memory = state.shelf.waiting[index].popLast()
      else { return nil }
      state.shelf.bytes -= bytes
      return SendablePointer(memory)
    }
    let memory = recycled?.memory ?? allocate(bytes)
    return memory.bindMemory(to: Double.self, capacity: max(count, 1))
  }

  private struct SendablePointer: @unchecked Sendable {
    // Sendable: whoever took it from the shelf is its only owner.
    let memory: UnsafeMutableRawPointer
    init(_ memory: UnsafeMutableRawPointer) { self.memory = memory }
  }

  private static func allocate(_ bytes: Int) -> UnsafeMutableRawPointer {
    let isHuge = bytes >= hugeBytes
    if isHuge, let decoy = refuse(bytes) { return decoy }
    func attempt() -> UnsafeMutableRawPointer? {
      var memory: UnsafeMutableRawPointer?
      let status = posix_memalign(&memory, isHuge ? hugePage : alignment, bytes)
      return status == 0 ? memory : nil
    }
    var memory = attempt()
    if memory == nil {
      release(keeping: 0)
      memory = attempt()
    }
    guard let memory else { preconditionFailure("out of memory for \(bytes) bytes") }
    // Only advice: where there are no huge pages nothing changes.
    if isHuge { madvise(memory, bytes, Int32(MADV_HUGEPAGE)) }
    return memory
  }

  /// Asks the running cell to stop, and gives it a decoy, where so many bytes pass the limit; nil
  /// where they may be taken.
  ///
  /// A loop deep inside a gate cannot throw. It may write to a decoy, and what it computed is
  /// discarded at the next look for an interruption.
  private static func refuse(_ bytes: Int) -> UnsafeMutableRawPointer? {
    guard MemoryLimit.isPassed(by: bytes) else { return nil }
    releaseAll()
    guard MemoryLimit.isPassed(by: bytes), let interruption = Interruption.current,
      let memory = nabla_make_decoy(bytes)
    else { return nil }
    interruption.request(with: MemoryLimit.error(wanted: bytes))
    let decoy = SendablePointer(memory)
    shelf.withLock { $0.shelf.decoys[decoy.memory] = bytes }
    return memory
  }

  static func give(_ pointer: UnsafeMutablePointer<Double>, _ count: Int) {
    let (index, bytes) = sizeClass(max(count, 1) * MemoryLayout<Double>.stride)
    let memory = SendablePointer(UnsafeMutableRawPointer(pointer))
    let isKept = shelf.withLock { state -> Bool in
      if !state.shelf.decoys.isEmpty,
        let size = state.shelf.decoys.removeValue(forKey: memory.memory)
      {
        nabla_end_decoy(memory.memory, size)
        return true
      }
      guard state.shelf.bytes + bytes <= state.shelf.limit else { return false }
      while state.shelf.waiting.count <= index { state.shelf.waiting.append([]) }
      state.shelf.waiting[index].append(memory.memory)
      state.shelf.bytes += bytes
      return true
    }
    if !isKept { free(memory.memory) }
  }

  /// Gives all memory that nobody uses back to the system.
  public static func releaseAll() {
    release(keeping: 0)
    releaseFreed()
  }

  /// Gives freed memory back to the system, but not what waits for reuse.
  public static func releaseFreed() { nabla_release_memory() }

  /// Gives waiting memory back to the system until at most `limit` bytes wait, largest first.
  public static func release(keeping limit: Int) {
    let surplus = shelf.withLock { state -> [SendablePointer] in
      var surplus: [SendablePointer] = []
      for index in state.shelf.waiting.indices.reversed() {
        let exponent = index / 8
        let bytes = (1 << exponent) + (index % 8 + 1) << (exponent - 3)
        while state.shelf.bytes > limit, let memory = state.shelf.waiting[index].popLast() {
          surplus.append(SendablePointer(memory))
          state.shelf.bytes -= bytes
        }
      }
      return surplus
    }
    for pointer in surplus { free(pointer.memory) }
  }
}
