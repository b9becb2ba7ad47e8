import CLinux
import Glibc
import JupyterKernel

/// Which of several descriptors can be read, as the system keeps account of it: what a look costs
/// does not grow with their number.
struct ReadyList: ~Copyable {
  /// What a descriptor belongs to.
  enum Source {
    case wakeup(Wakeup)
    case signals, drained, parent
    case monitor(Int)
    case channel(Socket)
  }

  private let descriptor: Int32
  private var sources: [Source] = []
  private var events = [epoll_event](repeating: epoll_event(), count: 32)

  init() throws(KernelFailure) {
    descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
    guard descriptor >= 0 else { throw .system("a list of descriptors", errno) }
  }

  deinit { close(descriptor) }

  /// Watches a descriptor until it is closed.
  mutating func add(_ watched: Int32, for source: Source) throws(KernelFailure) {
    var event = epoll_event()
    event.events = EPOLLIN.rawValue
    event.data.u64 = UInt64(sources.count)
    guard epoll_ctl(descriptor, EPOLL_CTL_ADD, watched, &event) == 0 else {
      throw .system("what comes of a descriptor", errno)
    }
    sources.append(source)
  }

  /// Waits until something can be read, at most so many milliseconds, or without an end for -1.
  ///
  /// What was added first comes first.
  mutating func wait(milliseconds: Int) -> [Source] {
    let count = epoll_wait(
      descriptor, &events, Int32(events.count), Int32(clamping: milliseconds))
    guard count > 0 else { return [] }
    return events[..<Int(count)].map { Int($0.data.u64) }.sorted().map { sources[$0] }
  }
}
