import CLinux

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A thread with a stack of a chosen size.
package enum KernelThread {
  /// Starts a thread.
  ///
  /// The stack is address space only until it is used; where the system refuses that much, half is
  /// tried, and so on.
  ///
  /// - Parameter isPrompt: whether it is one that ``becomePrompt()`` is for.
  package static func start(
    name: String, stackSize: Int, isPrompt: Bool = false, _ body: @escaping @Sendable () -> Void
  ) throws(KernelFailure) {
    let body: @Sendable () -> Void = {
      set_time_slice(isPrompt ? Self.promptSlice : 0)
      body()
    }
    var size = stackSize
    var code: Int32 = 0
    repeat {
      var attributes = pthread_attr_t()
      pthread_attr_init(&attributes)
      defer { pthread_attr_destroy(&attributes) }
      pthread_attr_setstacksize(&attributes, size)
      pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
      let box = Unmanaged.passRetained(Body(run: body))
      var thread = pthread_t()
      code = pthread_create(
        &thread, &attributes,
        { argument in
          guard let argument else { return nil }
          let body = Unmanaged<Body>.fromOpaque(argument).takeRetainedValue()
          body.run()
          return nil
        }, box.toOpaque())
      if code == 0 { return }
      box.release()
      size /= 2
    } while size >= 1 << 20
    throw .system("the \(name) thread", code)
  }

  /// Asks that this thread, and those that libraries start from it, run as soon as they have
  /// something to do, also while all processors compute.
  ///
  /// What ``start(name:stackSize:isPrompt:_:)`` starts is not meant: that computes.
  package static func becomePrompt() { set_time_slice(promptSlice) }

  /// In nanoseconds; the shortest that Linux gives.
  private static let promptSlice: UInt64 = 100_000

  private final class Body {
    let run: @Sendable () -> Void

    init(run: @escaping @Sendable () -> Void) { self.run = run }
  }
}
