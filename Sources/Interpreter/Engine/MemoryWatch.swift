import Autodiff
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Looks at the memory of the process while cells run, and stops the cell that takes too much.
///
/// Large tensors are refused before they are taken. What grows bit by bit, as lists, strings and
/// the tape do, is seen here, so that none of it pays for being counted. Between cells the thread
/// sleeps.
final class MemoryWatch: Sendable {
  /// Two looks are so far apart, in microseconds: what grows meanwhile fits what the limit leaves.
  private static let interval: UInt32 = 20_000
  /// After so many looks without a cell the thread goes to sleep, and a cell has to wake it.
  private static let patience = 10
  /// A cell that begins above the limit may still take this much, to put things right.
  private static let slack = 64 << 20
  /// When no cell runs, freed memory goes back to the system if the process grew by so much since
  /// its start.
  private static let growth = 32 << 20

  private let cells: RunningCells
  /// The number of the running cell; 0 between cells.
  private let running = Atomic<Int>(0)
  private let isAsleep = Atomic<Bool>(false)
  /// Whether no cell will ever run again.
  private let isClosed = Atomic<Bool>(false)
  private let hasThread = Atomic<Bool>(false)
  // Sendable: a semaphore is made for several threads.
  nonisolated(unsafe) private let bell: UnsafeMutablePointer<sem_t>

  init(_ cells: RunningCells) {
    self.cells = cells
    bell = .allocate(capacity: 1)
    sem_init(bell, 0, 0)
  }

  deinit {
    sem_destroy(bell)
    bell.deallocate()
  }

  /// A cell begins; `number` is not 0 and differs from that of the cell before.
  func begin(_ number: Int) {
    running.store(number, ordering: .sequentiallyConsistent)
    if isAsleep.exchange(false, ordering: .sequentiallyConsistent) {
      sem_post(bell)
    } else if !hasThread.exchange(true, ordering: .relaxed) {
      start()
    }
  }

  /// The cell has ended.
  func end() { running.store(0, ordering: .sequentiallyConsistent) }

  /// No cell runs any more: the thread ends, and what it holds is freed.
  func close() {
    isClosed.store(true, ordering: .sequentiallyConsistent)
    sem_post(bell)
  }

  /// Starts the thread; without one, only large tensors are refused.
  private func start() {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    pthread_attr_setstacksize(&attributes, 256 << 10)
    let owned = Unmanaged.passRetained(self)
    var thread = pthread_t()
    let status = pthread_create(
      &thread, &attributes,
      { pointer in
        guard let pointer else { return nil }
        Unmanaged<MemoryWatch>.fromOpaque(pointer).takeRetainedValue().watch()
        return nil
      }, owned.toOpaque())
    if status != 0 { owned.release() }
  }

  private func watch() {
    var cell = 0
    var allowed = 0
    var idle = 0
    let first = SystemMemory.resident
    while !isClosed.load(ordering: .sequentiallyConsistent) {
      usleep(Self.interval)
      let number = running.load(ordering: .sequentiallyConsistent)
      guard number != 0 else {
        idle += 1
        if idle > Self.patience {
          idle = 0
          // Other programs have uses for what cells took and freed.
          if SystemMemory.resident > first + Self.growth { BufferPool.releaseFreed() }
          sleep()
        }
        continue
      }
      idle = 0
      var resident = SystemMemory.resident
      if number != cell {
        cell = number
        if resident > MemoryLimit.bytes - Self.slack {
          // Of what cells before it took and freed.
          BufferPool.releaseAll()
          resident = SystemMemory.resident
        }
        allowed = max(MemoryLimit.bytes, resident + Self.slack)
      }
      guard resident > allowed else { continue }
      // What was freed may still be held for reuse.
      BufferPool.releaseAll()
      if SystemMemory.resident > allowed { cells.request(with: MemoryLimit.error()) }
    }
  }

  /// Sleeps until a cell begins.
  private func sleep() {
    isAsleep.store(true, ordering: .sequentiallyConsistent)
    // A cell that began meanwhile saw a thread that was awake.
    if running.load(ordering: .sequentiallyConsistent) != 0,
      isAsleep.exchange(false, ordering: .sequentiallyConsistent)
    {
      return
    }
    while sem_wait(bell) != 0, errno == EINTR {}
  }
}
