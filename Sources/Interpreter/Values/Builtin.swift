import Autodiff

/// A built-in function: one value states its name, signature, summary and body.
final class Builtin: Object {
  typealias Body = (_ arguments: BoundArguments, _ session: Session) throws(Failure) -> Value

  let name: String
  /// The parameters as help shows them, which also says how calls are bound:
  /// `x, axis=None, *rest, sep=' '`.
  ///
  /// Read when it is first asked for, so that a process starts without reading hundreds.
  private(set) lazy var signature = Signature(signatureText)
  private let signatureText: String
  let summary: String
  /// What completion calls it: `function`, `gate`, `type`.
  let type: String
  /// The row, where this applies one elementwise gate.
  let gate: Gate?
  /// The row, where it takes one number: such calls skip the binding.
  let unaryGate: Gate?
  /// The row, where it sums up or averages its one argument.
  let reductionGate: Gate?
  /// The body for calls with one value by place, where there is a shorter way than binding.
  let direct: Direct?
  private let body: Body

  typealias Direct = (_ value: Value, _ session: Session) throws(Failure) -> Value

  init(
    _ name: String, _ signature: String, _ summary: String, type: String = "function",
    gate: Gate? = nil, direct: Direct? = nil, body: @escaping Body
  ) {
    self.direct = direct
    self.name = name
    signatureText = signature
    self.summary = summary
    self.type = type
    self.gate = gate
    unaryGate = gate.flatMap { if case .unary = $0.kind { $0 } else { nil } }
    reductionGate = type == "gate" && gate == nil ? Gates.reductions[name] : nil
    self.body = body
    super.init(tag: .builtin)
  }

  override var typeName: String { "function" }
  override var described: String { "the function \(name)" }
  override var isCallable: Bool { true }
  override func repr(_ session: Session) throws(Failure) -> String { "<function \(name)>" }
  override func call(_ arguments: Arguments, _ session: Session) throws(Failure) -> Value {
    let value = try body(try signature.bind(arguments, function: name), session)
    // What was interrupted in its midst is not whole.
    try session.checkInterruption()
    return value
  }
  override func attribute(_ name: String, _ session: Session) throws(Failure) -> Value? {
    switch name {
    case "__name__": .string(self.name)
    case "__doc__": .string(summary)
    default: nil
    }
  }
}

/// The parameters of a built-in function.
struct Signature {
  let text: String
  /// Names by place; those after a `*` are given by name only.
  let names: [String]
  /// How many parameters can be given by place.
  let placed: Int
  /// How many have no default.
  let required: Int
  /// Whether more values are taken, by `*rest`; likewise by `**rest`.
  let takesRest: Bool
  let takesKeywordRest: Bool

  init(_ text: String) {
    self.text = text
    var names: [String] = []
    var placed = 0
    var required = 0
    var star = false
    var rest = false
    var keywordRest = false
    for part in text.split(separator: ",") {
      let part = part.drop { $0 == " " }
      if part.hasPrefix("**") {
        keywordRest = true
      } else if part.hasPrefix("*") {
        star = true
        rest = part.count > 1
      } else if let equals = part.firstIndex(of: "=") {
        names.append(String(part[..<equals]))
        if !star { placed += 1 }
      } else if !part.isEmpty {
        names.append(String(part))
        if !star { placed += 1 }
        required += 1
      }
    }
    self.names = names
    self.placed = placed
    self.required = required
    takesRest = rest
    takesKeywordRest = keywordRest
  }

  /// Puts the arguments of a call in the parameters' places.
  func bind(_ arguments: Arguments, function: String) throws(Failure) -> BoundArguments {
    var values = [Value?](repeating: nil, count: names.count)
    var rest: [Value] = []
    for (index, value) in arguments.positional.enumerated() {
      if index < placed {
        values[index] = value
      } else if takesRest {
        rest.append(value)
      } else {
        throw Failure(
          .type,
          "\(function)() takes \(placed) argument\(placed == 1 ? "" : "s"), not"
            + " \(arguments.positional.count)", hint: "\(function)(\(text))")
      }
    }
    var more: [(name: String, value: Value)] = []
    for (name, value) in arguments.keywords {
      guard let index = names.firstIndex(of: name) else {
        if takesKeywordRest {
          more.append((name, value))
          continue
        }
        throw Failure(
          .type, "\(function)() has no parameter \(name)", hint: "\(function)(\(text))")
      }
      guard values[index] == nil else {
        throw Failure(.type, "\(function)() got two values for \(name)")
      }
      values[index] = value
    }
    for index in 0..<required where index < names.count && values[index] == nil {
      throw Failure(
        .type, "\(function)() needs a value for \(names[index])", hint: "\(function)(\(text))")
    }
    return BoundArguments(
      function: function, names: names, values: values, rest: rest, keywordRest: more)
  }
}

/// The arguments of a call to a built-in function, in the places of its parameters.
struct BoundArguments {
  let function: String
  let names: [String]
  /// Nil where a parameter with a default was not given.
  let values: [Value?]
  let rest: [Value]
  let keywordRest: [(name: String, value: Value)]

  /// The value at a place; nil where it was not given or is None.
  subscript(index: Int) -> Value? {
    guard let value = values[index], !value.isNone else { return nil }
    return value
  }

  /// The value at a place that has no default.
  func value(_ index: Int) -> Value { values[index] ?? .none }

  private func refuse(_ index: Int, _ expected: String) -> Failure {
    Failure(
      .type, "\(function)() needs \(expected) for \(names[index]), not \(value(index).described)")
  }

  /// A tensor, or what can be seen as one: a number, a boolean, a rectangular list.
  func tensor(_ index: Int, _ session: Session) throws(Failure) -> Traced {
    if let traced = try session.tensor(value(index)) { return traced }
    throw refuse(index, "a tensor")
  }

  func number(_ index: Int, default other: Double) throws(Failure) -> Double {
    guard let value = self[index] else { return other }
    guard let number = value.traced?.tensor.item else { throw refuse(index, "a number") }
    return number
  }

  func int(_ index: Int, default other: Int? = nil) throws(Failure) -> Int {
    if self[index] == nil, let other { return other }
    guard let number = value(index).traced?.tensor.item, let int = Int(exactly: number) else {
      throw refuse(index, "an integer")
    }
    return int
  }

  func optionalInt(_ index: Int) throws(Failure) -> Int? {
    self[index] == nil ? nil : try int(index)
  }

  func bool(_ index: Int, default other: Bool, _ session: Session) throws(Failure) -> Bool {
    guard let value = self[index] else { return other }
    return try session.truth(value)
  }

  func string(_ index: Int) throws(Failure) -> String {
    guard let text = value(index).text else { throw refuse(index, "a string") }
    return text
  }

  func string(_ index: Int, default other: String) throws(Failure) -> String {
    self[index] == nil ? other : try string(index)
  }

  /// Integers given as one number, a tuple, a list, a range or a tensor.
  func integers(_ index: Int, _ session: Session) throws(Failure) -> [Int] {
    try session.integers(value(index), what: "\(names[index]) of \(function)()")
  }

  /// A shape given as a number or a tuple; checked for negative lengths and for size.
  func shape(_ index: Int, _ session: Session) throws(Failure) -> Shape {
    try session.shape(of: integers(index, session))
  }

  /// The axes of a reduction: nil for all.
  func axes(_ index: Int, of shape: Shape, _ session: Session) throws(Failure) -> [Int]? {
    guard self[index] != nil else { return nil }
    var axes: [Int] = []
    for axis in try integers(index, session) {
      do throws(GateError) {
        axes.append(try shape.resolved(axis: axis))
      } catch { throw Failure(error) }
    }
    guard Set(axes).count == axes.count else {
      throw Failure(.value, "an axis stands twice in axis=\(try session.repr(value(index)))")
    }
    return axes.sorted()
  }
}
