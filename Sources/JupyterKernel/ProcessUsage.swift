import Files
import JupyterProtocol
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Measures what this process takes of the machine, from one request to the next.
final class ProcessUsage: Sendable {
  /// Processor time at one moment, in clock ticks or nanoseconds as each is given.
  private struct Sample {
    var time: Int64 = 0
    var process: Int64 = 0
    var hostBusy: Int64 = 0
    var hostTotal: Int64 = 0
  }

  private let last = Mutex(Sample())

  func reply() -> UsageReply {
    let now = Self.sample()
    let before = last.withLock { last in
      defer { last = now }
      return last
    }
    let elapsed = now.time - before.time
    let hostElapsed = now.hostTotal - before.hostTotal
    let memory = Self.memory()
    var name = [CChar](repeating: 0, count: 256)
    let isNamed = gethostname(&name, name.count - 1) == 0
    return UsageReply(
      hostname: isNamed
        ? String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        : "",
      processID: Int(getpid()),
      processorUse: before.time == 0
        ? 0 : Self.percent(now.process - before.process, of: elapsed),
      memory: Self.residentBytes(), processorCount: sysconf(Int32(_SC_NPROCESSORS_ONLN)),
      hostProcessorUse: before.time == 0
        ? 0 : Self.percent(now.hostBusy - before.hostBusy, of: hostElapsed),
      hostMemory: memory)
  }

  private static func percent(_ part: Int64, of whole: Int64) -> Double {
    guard whole > 0 else { return 0 }
    return (Double(part) / Double(whole) * 1000).rounded() / 10
  }

  private static func sample() -> Sample {
    var sample = Sample()
    sample.time = Timestamp.now().nanoseconds
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    sample.process = Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    // The first line: cpu user nice system idle iowait ...
    let fields = SystemFile.text(of: "/proc/stat").prefix { $0 != "\n" }.split(separator: " ")
      .dropFirst()
      .compactMap { Int64($0) }
    sample.hostTotal = fields.reduce(0, +)
    let idle = fields.count > 4 ? fields[3] + fields[4] : 0
    sample.hostBusy = sample.hostTotal - idle
    return sample
  }

  private static func residentBytes() -> Int {
    let fields = SystemFile.text(of: "/proc/self/statm").split(separator: " ")
    guard fields.count > 1, let pages = Int(fields[1]) else { return 0 }
    return pages * sysconf(Int32(_SC_PAGESIZE))
  }

  private static func memory() -> UsageReply.HostMemory {
    var memory = UsageReply.HostMemory(total: 0, available: 0, free: 0)
    for line in SystemFile.text(of: "/proc/meminfo").split(separator: "\n") {
      let fields = line.split(separator: " ")
      guard fields.count > 1, let kilobytes = Int(fields[1]) else { continue }
      switch fields[0] {
      case "MemTotal:": memory.total = kilobytes << 10
      case "MemAvailable:": memory.available = kilobytes << 10
      case "MemFree:": memory.free = kilobytes << 10
      default: break
      }
    }
    return memory
  }
}
