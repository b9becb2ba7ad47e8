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
  package static func start(
    name: String, stackSize: Int, _ body: @escaping @Sendable () -> Void
  ) throws(KernelFailure) {
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

  private final class Body {
    let run: @Sendable () -> Void

    init(run: @escaping @Sendable () -> Void) { self.run = run }
  }
}
