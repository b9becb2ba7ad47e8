import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// Threads whose stack is as large as deep recursion in a cell may need.
public enum LargeStack {
  /// The size of the stack that code runs on; memory is taken only as it is used.
  public static let size = 256 << 20

  /// Runs `body` on a large stack and waits for its end.
  public static func run<Result: Sendable>(_ body: @escaping @Sendable () -> Result) -> Result {
    let box = Box<Result>()
    guard let thread = start(size: size, { box.value.withLock { $0 = body() } }) else {
      // Under a tight limit of memory: the stack at hand must do.
      return body()
    }
    pthread_join(thread, nil)
    return box.value.withLock { $0 } ?? body()
  }

  /// Starts a thread; nil when the system has no room for it.
  public static func start(size: Int, _ body: @escaping @Sendable () -> Void) -> pthread_t? {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setstacksize(&attributes, size)
    let task = Unmanaged.passRetained(Work(body))
    var thread = pthread_t()
    let code = pthread_create(
      &thread, &attributes,
      { argument in
        if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body() }
        return nil
      }, task.toOpaque())
    if code != 0 {
      task.release()
      return nil
    }
    return thread
  }

  private final class Work: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  private final class Box<Value: Sendable>: Sendable {
    let value = Mutex<Value?>(nil)
  }
}
