import Autodiff
import Syntax

/// A literal.
final class ConstantNode: Node {
  let value: Value
  init(_ value: Value, _ span: Span) {
    self.value = value
    super.init(span)
  }
  override func evaluate(_ frame: Frame) throws(Failure) -> Value { value }
}

/// An f-string.
final class FormattedNode: Node {
  enum Piece {
    case text(String)
    case value(Node, conversion: Character?, spec: [Piece], label: String?)
  }
  private let pieces: [Piece]

  init(_ pieces: [Piece], _ span: Span) {
    self.pieces = pieces
    super.init(span)
  }

  override func evaluate(_ frame: Frame) throws(Failure) -> Value {
    do throws(Failure) {
      return .string(try FormattedNode.text(pieces, frame))
    } catch { throw place(error, frame) }
  }

  private static func text(_ pieces: [Piece], _ frame: Frame) throws(Failure) -> String {
    var result = ""
    for piece in pieces {
      switch piece {
      case .text(let text): result += text
      case .value(let node, let conversion, let spec, let label):
        let value = try node.evaluate(frame)
        let format = try text(spec, frame)
        result += label ?? ""
        if conversion == "r" || conversion == "a"
          || (label != nil && conversion == nil && format.isEmpty)
        {
          result += try frame.session.format(.string(frame.session.repr(value)), spec: format)
        } else if conversion == "s" || format.isEmpty {
          result += try frame.session.format(.string(frame.session.text(value)), spec: format)
        } else {
          result += try frame.session.format(value, spec: format)
        }
      }
    }
    return result
  }
}

/// `[a, b]`, `(a, b)` and `{a, b}`, perhaps with `*c` among the items.
final class DisplayNode: Node {
  enum Kind { case list, tuple, set }
  private let kind: Kind
  private let items: [(node: Node, isStarred: Bool)]

  private let isWrittenWithPoint: Bool

  var nodes: [Node] { items.map(\.node) }

  init(
    _ kind: Kind, _ items: [(node: Node, isStarred: Bool)], isWrittenWithPoint: Bool, _ span: Span
  ) {
    self.kind = kind
    self.items = items
    self.isWrittenWithPoint = isWrittenWithPoint
    super.init(span)
  }

  override func evaluate(_ frame: Frame) throws(Failure) -> Value {
    var values: [Value] = []
    values.reserveCapacity(items.count)
    for (node, isStarred) in items {
      let value = try node.evaluate(frame)
      if isStarred {
        do throws(Failure) {
          values += try frame.session.items(of: value)
        } catch { throw node.place(error, frame) }
      } else {
        values.append(value)
      }
    }
    switch kind {
    case .list: return .list(values)
    case .tuple:
      let tuple = TupleObject(values)
      tuple.isWrittenWithPoint = isWrittenWithPoint
      return .object(tuple)
    case .set:
      do throws(Failure) { return .object(try SetObject(values)) } catch {
        throw place(error, frame)
      }
    }
  }
}

/// `{key: value, **mapping}`.
final class DictNode: Node {
  private let items: [(key: Node?, value: Node)]

  init(_ items: [(key: Node?, value: Node)], _ span: Span) {
    self.items = items
    super.init(span)
  }

  override func evaluate(_ frame: Frame) throws(Failure) -> Value {
    let dict = DictObject()
    for (key, value) in items {
      if let key {
        let name = try key.evaluate(frame)
        let item = try value.evaluate(frame)
        do throws(Failure) { try dict.set(name, item) } catch { throw key.place(error, frame) }
      } else {
        let mapping = try value.evaluate(frame)
        guard let other = mapping.object(DictObject.self) else {
          throw value.place(
            Failure(.type, "** needs a dict, not \(mapping.described)"), frame)
        }
        for (name, item) in other.items { try dict.set(name, item) }
      }
    }
    return .object(dict)
  }
}

/// `start:stop:step` in an index.
final class SliceNode: Node {
  private let lower: Node?
  private let upper: Node?
  private let step: Node?

  init(_ lower: Node?, _ upper: Node?, _ step: Node?, _ span: Span) {
    self.lower = lower
    self.upper = upper
    self.step = step
    super.init(span)
  }

  override func evaluate(_ frame: Frame) throws(Failure) -> Value {
    func int(_ node: Node?) throws(Failure) -> Int? {
      guard let node else { return nil }
      let value = try node.evaluate(frame)
      if value.isNone { return nil }
      guard let number = value.traced?.tensor.item else {
        throw node.place(Failure(.type, "a slice needs integers, not \(value.described)"), frame)
      }
      guard let int = Int(exactly: number) else {
        throw node.place(
          Failure(
            .type, "a slice needs integers, not \(Printing.number(number))",
            hint: "use // for a division that gives an integer, or int(…)"), frame)
      }
      return int
    }
    return .object(
      SliceObject(start: try int(lower), stop: try int(upper), step: try int(step) ?? 1))
  }
}
