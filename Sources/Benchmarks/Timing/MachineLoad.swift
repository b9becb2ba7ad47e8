import Files

#if canImport(Glibc)
  import Glibc
#endif

/// A clock that only goes forward.
enum Clock {
  static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  static func seconds<Failure: Error>(_ body: () throws(Failure) -> Void) throws(Failure) -> Double
  {
    let start = now
    try body()
    return now - start
  }

  static func sleep(_ seconds: Double) { usleep(UInt32(seconds * 1e6)) }
}

/// What the processors did from a moment on, to tell whether other processes disturbed a timing.
struct MachineLoad {
  private let start = Clock.now
  private let all = MachineLoad.busySeconds
  private let own = MachineLoad.ownSeconds

  /// Cores that other processes used since then, on average; 0 where the system does not tell.
  func coresOfOthers() -> Double {
    guard let all, let now = MachineLoad.busySeconds else { return 0 }
    let others = (now - all) - (MachineLoad.ownSeconds - own)
    return max(0, others / max(Clock.now - start, 1e-9))
  }

  /// The processor and how many of its cores there are.
  static var machine: String {
    let bytes = (try? DiskFile("/proc/cpuinfo").read()) ?? []
    let line = String(decoding: bytes, as: UTF8.self).split(separator: "\n").first {
      $0.hasPrefix("model name")
    }
    let name = line?.split(separator: ":").last.map { $0.drop { $0 == " " } } ?? "a processor"
    return "\(name), \(sysconf(Int32(_SC_NPROCESSORS_ONLN))) cores"
  }

  /// Seconds that all processors were busy, from the first line of `/proc/stat`.
  private static var busySeconds: Double? {
    guard let bytes = try? DiskFile("/proc/stat").read() else { return nil }
    let line = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    let fields = line.split(separator: " ").dropFirst().compactMap { Double($0) }
    guard fields.count >= 7 else { return nil }
    // user, nice, system; irq, softirq.
    let ticks: Double = [0, 1, 2, 5, 6].reduce(0) { $0 + fields[$1] }
    return ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
  }

  private static var ownSeconds: Double {
    var usage = rusage()
    guard getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return 0 }
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) * 1e-6 }
    return seconds(usage.ru_utime) + seconds(usage.ru_stime)
  }
}
