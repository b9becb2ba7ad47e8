#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Aligned memory for buffers.
///
/// Entries start on a cache line, so that vector loads never straddle two.
enum BufferPool {
  private static let alignment = 64

  static func take(_ count: Int) -> UnsafeMutablePointer<Double> {
    let bytes = max(count, 1) * MemoryLayout<Double>.stride
    var memory: UnsafeMutableRawPointer?
    guard posix_memalign(&memory, alignment, bytes) == 0, let memory else {
      preconditionFailure("out of memory for \(bytes) bytes")
    }
    return memory.bindMemory(to: Double.self, capacity: max(count, 1))
  }

  static func give(_ pointer: UnsafeMutablePointer<Double>, _ count: Int) { free(pointer) }
}
