import Autodiff
import Syntax

/// `lambda`, or the function of a `def`: makes the function with what it captures.
final class FunctionNode: Node {
  private let code: Code
  private let defaults: [Node]
  private let keywordDefaults: [Node?]
  /// Where each captured variable stands in the frame that makes the function.
  private let captures: [Int]

  init(
    _ code: Code, defaults: [Node], keywordDefaults: [Node?], captures: [Int], _ span: Span
  ) {
    self.code = code
    self.defaults = defaults
    self.keywordDefaults = keywordDefaults
    self.captures = captures
    super.init(span)
  }

  override func evaluate(_ frame: Frame) throws(Failure) -> Value {
    var values: [Value] = []
    for node in defaults { values.append(frame.session.settled(try node.evaluate(frame))) }
    var keywordValues: [Value] = []
    for node in keywordDefaults {
      keywordValues.append(
        try node.map { node throws(Failure) in frame.session.settled(try node.evaluate(frame)) }
          ?? .unbound)
    }
    return .object(
      FunctionObject(
        code: code, defaults: values, keywordDefaults: keywordValues,
        captured: captures.map { frame.shared[$0] }))
  }
}

/// A list, set, dict or generator comprehension; its variables are hidden slots of the frame.
final class ComprehensionNode: Node {
  enum Kind { case list, set, generator, dict }

  struct Clause {
    let target: Target
    let iterable: Node
    let conditions: [Node]
  }

  private let kind: Kind
  private let key: Node?
  private let element: Node
  private let clauses: [Clause]

  init(_ kind: Kind, key: Node?, element: Node, clauses: [Clause], _ span: Span) {
    self.kind = kind
    self.key = key
    self.element = element
    self.clauses = clauses
    super.init(span)
  }

  override func evaluate(_ frame: Frame) throws(Failure) -> Value {
    switch kind {
    case .dict:
      let dict = DictObject()
      try walk(0, frame) { () throws(Failure) in
        guard let key else { return }
        let name = try key.evaluate(frame)
        let value = try element.evaluate(frame)
        do throws(Failure) { try dict.set(name, value) } catch { throw key.place(error, frame) }
      }
      return .object(dict)
    case .list, .set, .generator:
      var values: [Value] = []
      try walk(0, frame) { () throws(Failure) in
        let value = try element.evaluate(frame)
        do throws(Failure) { try Session.demand(values.bytesForAnother) } catch {
          throw place(error, frame)
        }
        values.append(value)
      }
      if kind == .list { return .list(values) }
      if kind == .set {
        do throws(Failure) { return .object(try SetObject(values)) } catch {
          throw place(error, frame)
        }
      }
      return .object(GeneratorObject(ItemIterator(values)))
    }
  }

  /// Runs `body` for every combination of the clauses from `depth` on.
  private func walk(
    _ depth: Int, _ frame: Frame, _ body: () throws(Failure) -> Void
  ) throws(Failure) {
    guard depth < clauses.count else { return try body() }
    let clause = clauses[depth]
    let iterator = try clause.iterable.iterate(frame)
    while let item = try clause.iterable.next(iterator, frame) {
      try clause.target.assign(item, frame)
      var holds = true
      for condition in clause.conditions where !(try condition.test(frame)) {
        holds = false
        break
      }
      if holds { try walk(depth + 1, frame, body) }
    }
  }
}

extension Node {
  /// The iterator of the value.
  final func iterate(_ frame: Frame) throws(Failure) -> ValueIterator {
    let value = try evaluate(frame)
    do throws(Failure) { return try frame.session.iterator(value) } catch {
      throw place(error, frame)
    }
  }

  /// The next item for a loop of statements; tests for an interruption at each turn.
  final func next(
    _ iterator: ValueIterator, _ frame: Frame, _ mark: inout Tape.LoopMark
  ) throws(Failure) -> Value? {
    do throws(Failure) {
      try frame.session.turn(&mark)
      return try iterator.next(frame.session)
    } catch { throw place(error, frame) }
  }

  /// The next item for a comprehension, which holds items that no variable does.
  fileprivate final func next(
    _ iterator: ValueIterator, _ frame: Frame
  ) throws(Failure) -> Value? {
    do throws(Failure) {
      try frame.session.checkInterruption()
      return try iterator.next(frame.session)
    } catch { throw place(error, frame) }
  }
}

/// What a generator expression gives: its items, once.
final class GeneratorObject: Object {
  private let items: ValueIterator
  init(_ items: ValueIterator) {
    self.items = items
    super.init()
  }
  override var typeName: String { "generator" }
  override func iterator(_ session: Session) throws(Failure) -> ValueIterator { items }
}
