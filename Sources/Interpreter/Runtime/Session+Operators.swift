import Autodiff
import Syntax

// Operators on values of any kind.

extension Session {
  /// A binary operator; `names` are the operands as the user wrote them, for errors.
  func binary(
    _ operation: Operation, _ a: Value, _ b: Value, names: @autoclosure () -> [String] = []
  ) throws(Failure) -> Value {
    if let (x, m) = a.scalar, let (y, n) = b.scalar { return try numbers(operation, x, m, y, n) }
    if case .object(let object) = a,
      let value = try object.binary(operation, b, isLeft: true, self)
    {
      return value
    }
    if case .object(let object) = b,
      let value = try object.binary(operation, a, isLeft: false, self)
    {
      return value
    }
    if let value = try strings(operation, a, b) { return value }
    guard let x = try tensor(a), let y = try tensor(b) else {
      throw Failure(
        .type, "cannot \(operation.verb(a.described, b.described))",
        hint: Session.operatorHint(operation, a, b))
    }
    let isLogical: Bool =
      switch operation {
      case .bitAnd, .bitOr, .bitXor: true
      default: false
      }
    if isLogical, !x.tensor.isMask || !y.tensor.isMask {
      throw Failure(
        .type,
        "\(operation.symbol) combines masks and booleans, not \(a.described) and"
          + " \(b.described)", hint: "compare first, as (x > 0) \(operation.symbol) (y > 0)")
    }
    do throws(GateError) {
      return Value(try tape.pointee.apply(OperatorGates.row(operation), [x, y]))
    } catch {
      throw Failure(error, operands: names())
    }
  }

  /// Operators on two numbers.
  private func numbers(
    _ operation: Operation, _ x: Double, _ m: NodeID, _ y: Double, _ n: NodeID
  ) throws(Failure) -> Value {
    let value: Double
    switch operation {
    case .add: value = x + y
    case .subtract: value = x - y
    case .multiply: value = x * y
    case .divide: value = x / y
    case .matmul:
      throw Failure(
        .shape,
        "@ multiplies matrices, not the numbers \(Printing.number(x)) and"
          + " \(Printing.number(y))", hint: "use * for numbers")
    case .bitAnd, .bitOr, .bitXor:
      guard let p = Int(exactly: x), let q = Int(exactly: y) else {
        throw Failure(.type, "\(operation.symbol) combines masks, booleans and integers")
      }
      return .int(operation == .bitAnd ? p & q : operation == .bitOr ? p | q : p ^ q)
    case .floorDivide, .remainder, .power:
      let (value, node) = tape.pointee.apply(binary: OperatorGates.row(operation), x, m, y, n)
      return .number(value, node)
    }
    return .number(
      value, tape.pointee.record(binary: OperatorGates.row(operation), value: value, x, m, y, n))
  }

  private func strings(_ operation: Operation, _ a: Value, _ b: Value) throws(Failure) -> Value? {
    switch (operation, a, b) {
    case (.add, .string(let x), .string(let y)):
      try Session.demand(x.text.utf8.count + y.text.utf8.count)
      return .string(x.text + y.text)
    case (.multiply, .string(let x), .number(let count, _)),
      (.multiply, .number(let count, _), .string(let x)):
      guard let count = Int(exactly: count) else { return nil }
      guard count <= 0 || x.text.utf8.count <= (1 << 28) / count else {
        throw Failure(.memory, "a string repeated \(count) times would take more than 256 MiB")
      }
      try Session.demand(x.text.utf8.count * max(count, 0))
      return .string(x.text.isEmpty ? "" : String(repeating: x.text, count: max(count, 0)))
    case (.remainder, .string(let x), _): return .string(try percentFormat(x.text, b))
    default: return nil
    }
  }

  private static func operatorHint(_ operation: Operation, _ a: Value, _ b: Value) -> String? {
    switch (a, b) {
    case (.string, _), (_, .string):
      operation == .add ? "str(…) makes a text of a value; f\"{x}\" puts it into one" : nil
    case (.none, _), (_, .none): "a function without return gives None"
    default: nil
    }
  }

  /// `-x`, `+x`, `~x`.
  func unary(
    _ operation: UnaryOperator, _ x: Value, name: @autoclosure () -> String = ""
  ) throws(Failure) -> Value {
    switch operation {
    case .minus:
      if case .number(let number, let node) = x {
        let (value, result) = tape.pointee.apply(unary: Gates.negative, number, node)
        return .number(value, result)
      }
      if case .object(let object) = x, let value = try object.negated(self) { return value }
      if let traced = try tensor(x) { return try apply(Gates.negative, [traced]) }
    case .plus: if try tensor(x) != nil { return x }
    case .invert:
      switch x {
      case .boolean(let value): return .boolean(!value)
      case .number(let value, _):
        if let int = Int(exactly: value) { return .int(~int) }
      default:
        if let traced = try tensor(x), traced.tensor.isMask {
          return try apply(OperatorGates.not, [traced])
        }
      }
      throw Failure(.type, "~ turns masks and booleans around, not \(x.described)")
    }
    throw Failure(
      .type,
      "\(operation == .minus ? "-" : "+") takes a number or a tensor,"
        + " not \(x.described)")
  }

  // MARK: Truth and order

  /// Whether a value counts as true.
  func truth(_ value: Value) throws(Failure) -> Bool {
    switch value {
    case .boolean(let value): return value
    case .number(let value, _): return value != 0
    case .none, .unbound: return false
    case .string(let string): return !string.text.isEmpty
    case .object(let object): return try object.truth(self)
    case .tensor, .param:
      guard let item = value.traced?.tensor.item else {
        throw Failure(
          .value, "the truth of \(value.described) is not defined",
          hint: "use any(…) or all(…) of it")
      }
      return item != 0
    }
  }

  /// Equality as one boolean: tensors are equal when shapes and all entries are.
  func areEqual(_ a: Value, _ b: Value) throws(Failure) -> Bool {
    switch (a, b) {
    case (.none, .none): return true
    case (.string(let x), .string(let y)): return x.text == y.text
    case (.object(let x), _):
      if let answer = try x.isEqual(to: b, self) { return answer }
      if case .object(let y) = b {
        if let answer = try y.isEqual(to: a, self) { return answer }
        return x === y
      }
      return false
    case (_, .object(let y)): return try y.isEqual(to: a, self) ?? false
    default:
      guard let x = a.traced, let y = b.traced else { return false }
      return x.tensor.isEqual(y.tensor)
    }
  }

  func areEqual(_ a: [Value], _ b: [Value]) throws(Failure) -> Bool {
    guard a.count == b.count else { return false }
    return try nested { () throws(Failure) in
      // What is identical is equal, as in Python: so a list that contains itself equals itself.
      for (x, y) in zip(a, b) where !x.isIdentical(to: y) {
        try checkInterruption()
        if !(try areEqual(x, y)) { return false }
      }
      return true
    }
  }

  /// Order of numbers, strings, lists and tuples.
  func isLess(_ a: Value, _ b: Value) throws(Failure) -> Bool {
    if case .string(let x) = a, case .string(let y) = b {
      // By code points, as Python orders them.
      return x.text.unicodeScalars.lexicographicallyPrecedes(y.text.unicodeScalars)
    }
    if case .object(let x) = a, let answer = try x.isLess(than: b, self) { return answer }
    if let x = a.traced?.tensor.item, let y = b.traced?.tensor.item { return x < y }
    throw Failure(.type, "\(a.described) and \(b.described) have no order")
  }

  func isLess(_ a: [Value], _ b: [Value]) throws(Failure) -> Bool {
    try nested { () throws(Failure) in
      for (x, y) in zip(a, b) {
        try checkInterruption()
        if !(try areEqual(x, y)) { return try isLess(x, y) }
      }
      return a.count < b.count
    }
  }

  /// A comparison: a boolean, or a mask where a tensor takes part.
  func compare(
    _ operation: ComparisonOperator, _ a: Value, _ b: Value,
    names: @autoclosure () -> [String] = []
  ) throws(Failure) -> Value {
    if case .number(let x, _) = a, case .number(let y, _) = b {
      switch operation {
      case .less: return .boolean(x < y)
      case .lessEqual: return .boolean(x <= y)
      case .greater: return .boolean(x > y)
      case .greaterEqual: return .boolean(x >= y)
      case .equal, .is: return .boolean(x == y)
      case .notEqual, .isNot: return .boolean(x != y)
      case .in, .notIn: break
      }
    }
    switch operation {
    case .is: return .boolean(a.isIdentical(to: b))
    case .isNot: return .boolean(!a.isIdentical(to: b))
    case .in: return .boolean(try contains(b, a))
    case .notIn: return .boolean(!(try contains(b, a)))
    default: break
    }
    // A list is no number, so == of the two is false, as in Python; of a tensor it is a mask.
    let isOfTensors =
      operation == .equal || operation == .notEqual
      ? a.isTensor || b.isTensor || a.isTensorLike && b.isTensorLike
      : a.isTensorLike || b.isTensorLike
    if isOfTensors, let x = try tensor(a), let y = try tensor(b) {
      do throws(GateError) {
        return Value(try tape.pointee.apply(OperatorGates.row(operation), [x, y]))
      } catch { throw Failure(error, operands: names()) }
    }
    switch operation {
    case .equal: return .boolean(try areEqual(a, b))
    case .notEqual: return .boolean(!(try areEqual(a, b)))
    case .less: return .boolean(try isLess(a, b))
    case .greater: return .boolean(try isLess(b, a))
    case .lessEqual:
      if try isLess(a, b) { return .boolean(true) }
      return .boolean(try areEqual(a, b))
    default:
      if try isLess(b, a) { return .boolean(true) }
      return .boolean(try areEqual(a, b))
    }
  }

  private func contains(_ container: Value, _ value: Value) throws(Failure) -> Bool {
    switch container {
    case .string(let string):
      guard let part = value.text else {
        throw Failure(.type, "a string contains strings, not \(value.described)")
      }
      return part.isEmpty || string.text.contains(part)
    case .tensor, .param:
      guard let number = value.traced?.tensor.item, let traced = container.traced else {
        return false
      }
      return traced.tensor.withEntries { $0.contains(number) }
    case .object(let object): return try object.contains(value, self)
    default: throw Failure(.type, "\(container.described) contains nothing to look in")
    }
  }
}

extension Value {
  fileprivate var isTensor: Bool {
    switch self {
    case .tensor, .param: true
    default: false
    }
  }

  /// Whether a comparison with it gives a mask: a tensor of rank 1 or more, or a number or boolean.
  fileprivate var isTensorLike: Bool {
    switch self {
    case .tensor, .param, .number, .boolean: true
    default: false
    }
  }
}

extension BinaryOperator {
  /// What it does to two things, for a sentence that begins with "cannot".
  func verb(_ a: String, _ b: String) -> String {
    switch self {
    case .add: "add \(a) and \(b)"
    case .subtract: "subtract \(b) from \(a)"
    case .multiply: "multiply \(a) by \(b)"
    case .divide, .floorDivide: "divide \(a) by \(b)"
    case .remainder: "take \(a) modulo \(b)"
    case .power: "raise \(a) to the power of \(b)"
    case .matmul: "multiply \(a) by \(b)"
    case .bitAnd, .bitOr, .bitXor: "combine \(a) and \(b) by \(symbol)"
    }
  }
}

/// The rows of operators, looked up once.
enum OperatorGates {
  private static let rows: [Gate] = BinaryOperator.allCases.map { Gates.row($0.rawValue) }
  private static let places: [Gate] = [
    "less", "less_equal", "greater", "greater_equal", "equal",
    "not_equal",
  ].map { Gates.row($0) }
  static let not = Gates.row("logical_not")

  private static let add = Gates.row("add")
  private static let subtract = Gates.row("subtract")
  private static let multiply = Gates.row("multiply")
  private static let divide = Gates.row("divide")

  @inline(__always)
  static func row(_ operation: BinaryOperator) -> Gate {
    switch operation {
    case .add: add
    case .subtract: subtract
    case .multiply: multiply
    case .divide: divide
    case .floorDivide: rows[4]
    case .remainder: rows[5]
    case .power: rows[6]
    case .matmul: rows[7]
    case .bitAnd: rows[8]
    case .bitOr: rows[9]
    case .bitXor: rows[10]
    }
  }

  static func row(_ operation: ComparisonOperator) -> Gate {
    switch operation {
    case .less: places[0]
    case .lessEqual: places[1]
    case .greater: places[2]
    case .greaterEqual: places[3]
    case .notEqual: places[5]
    default: places[4]
    }
  }
}
