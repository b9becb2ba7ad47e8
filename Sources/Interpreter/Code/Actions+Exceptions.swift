import Autodiff
import Syntax

/// `raise value`.
final class RaiseAction: Action {
  private let value: Node?
  init(_ value: Node?, _ span: Span) {
    self.value = value
    super.init(span)
  }

  override func run(_ frame: Frame) throws(Failure) -> Flow {
    let session = frame.session
    guard let value else {
      guard let current = session.handled.last else {
        throw Failure(.runtime, "raise without a value stands outside of an except block")
          .placed(at: span, in: frame)
      }
      throw Failure(current)
    }
    let raised = try value.evaluate(frame)
    switch raised {
    case .object(let exception as ExceptionObject):
      exception.frames = []
      throw Failure(exception).placed(at: span, in: frame)
    case .object(let type as ClassObject) where type.exceptionKind != nil:
      guard
        let exception = try type.call(Arguments([]), session).object(ExceptionObject.self)
      else { break }
      throw Failure(exception).placed(at: span, in: frame)
    default: break
    }
    throw Failure(
      .type, "only exceptions can be raised, not \(raised.described)",
      hint: "raise ValueError(\"what is wrong\")"
    ).placed(at: span, in: frame)
  }
}

/// `try`, `except`, `else`, `finally`.
final class TryAction: Action {
  struct Handler {
    /// Nil catches all exceptions but an interruption.
    let kinds: Node?
    let target: Target?
    let body: Block
    let span: Span
  }

  private let body: Block
  private let handlers: [Handler]
  private let otherwise: Block
  private let finally: Block

  init(
    body: [Action], handlers: [Handler], otherwise: [Action], finally: [Action], _ span: Span
  ) {
    self.body = Block(body)
    self.handlers = handlers
    self.otherwise = Block(otherwise)
    self.finally = Block(finally)
    super.init(span)
  }

  override func run(_ frame: Frame) throws(Failure) -> Flow {
    let flow: Flow
    do throws(Failure) {
      flow = try attempt(frame)
    } catch {
      // A `return` or `break` in finally takes the failure's place, as in Python.
      let diverted = try finally.run(frame)
      if diverted != .next { return diverted }
      throw error
    }
    let returned = frame.returned
    let diverted = try finally.run(frame)
    if diverted != .next { return diverted }
    frame.returned = returned
    return flow
  }

  private func attempt(_ frame: Frame) throws(Failure) -> Flow {
    let session = frame.session
    do throws(Failure) {
      let flow = try body.run(frame)
      if flow != .next { return flow }
    } catch {
      for handler in handlers where try matches(handler, error, frame) {
        session.handled.append(error.exception)
        defer { session.handled.removeLast() }
        // An interruption that is caught is answered: what follows runs.
        if error.isInterrupt {
          session.sink.interruptWasAnswered()
          session.interruption.clear()
        }
        try handler.target?.assign(.object(error.exception), frame)
        let flow = try handler.body.run(frame)
        try? handler.target?.delete(frame)
        return flow
      }
      throw error
    }
    return try otherwise.run(frame)
  }

  private func matches(
    _ handler: Handler, _ failure: Failure, _ frame: Frame
  ) throws(Failure) -> Bool {
    guard let kinds = handler.kinds else { return !failure.isInterrupt }
    let value = try kinds.evaluate(frame)
    let candidates = value.object(TupleObject.self)?.items ?? [value]
    for candidate in candidates {
      guard let type = candidate.object(ClassObject.self), type.exceptionKind != nil else {
        throw Failure(.type, "except needs an exception class, not \(candidate.described)")
          .placed(at: kinds.span, in: frame)
      }
      if failure.exception.isInstance(of: type) { return true }
    }
    return false
  }
}

/// `with no_grad():` and objects with `__enter__` and `__exit__`.
final class WithAction: Action {
  private let items: [(context: Node, target: Target?)]
  private let body: Block

  init(_ items: [(context: Node, target: Target?)], _ body: [Action], _ span: Span) {
    self.items = items
    self.body = Block(body)
    super.init(span)
  }

  override func run(_ frame: Frame) throws(Failure) -> Flow { try enter(0, frame) }

  private func enter(_ index: Int, _ frame: Frame) throws(Failure) -> Flow {
    guard index < items.count else { return try body.run(frame) }
    let session = frame.session
    let value = try items[index].context.evaluate(frame)
    if value.object(NoGradientObject.self) != nil {
      return try session.withoutRecording { () throws(Failure) in try enter(index + 1, frame) }
    }
    guard let enterMethod = try session.optionalAttribute("__enter__", of: value),
      let exitMethod = try session.optionalAttribute("__exit__", of: value)
    else {
      throw items[index].context.place(
        Failure(.type, "with takes no_grad(), not \(value.described)"), frame)
    }
    let entered = try session.call(enterMethod, Arguments([]))
    try items[index].target?.assign(entered, frame)
    let flow: Flow
    do throws(Failure) {
      flow = try enter(index + 1, frame)
    } catch {
      let handled = try session.call(
        exitMethod, Arguments([.string(error.exception.typeName), .object(error.exception), .none]))
      if try session.truth(handled) { return .next }
      throw error
    }
    _ = try session.call(exitMethod, Arguments([.none, .none, .none]))
    return flow
  }
}

/// What `no_grad()` gives: inside `with` nothing is recorded.
final class NoGradientObject: Object {
  override var typeName: String { "no_grad" }
}
