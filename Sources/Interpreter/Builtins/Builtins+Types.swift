import Autodiff

extension Builtins {
  /// The built-in types that have a name of their own.
  static func types() -> [TypeObject] {
    [
      TypeObject(
        "int", "A number without its fraction, or of a text to a base.", dtype: .int,
        constructor: Builtin("int", "x=0, base=10", "A whole number.") {
          call, session throws(Failure) in
          try integer(call, session)
        }, matches: isInteger),
      TypeObject(
        "float", "A number, of a number or a text.", dtype: .float,
        constructor: Builtin("float", "x=0", "A number.") { call, session throws(Failure) in
          try number(call, session)
        }, matches: isNumber),
      TypeObject(
        "bool", "Whether a value counts as true.", dtype: .bool,
        constructor: Builtin("bool", "x=False", "True or False.") {
          call, session throws(Failure) in
          .boolean(try session.truth(call.value(0)))
        }
      ) { if case .boolean = $0 { true } else { false } },
      TypeObject(
        "str", "The text of a value.",
        constructor: Builtin("str", "x=''", "A string.") { call, session throws(Failure) in
          .string(call.values[0] == nil ? "" : try session.text(call.value(0)))
        }
      ) { $0.text != nil },
      TypeObject(
        "list", "A list of items.",
        constructor: Builtin("list", "items=None", "A list.") { call, session throws(Failure) in
          .list(try items(call, session))
        }
      ) { $0.object(ListObject.self) != nil },
      TypeObject(
        "tuple", "A tuple of items.",
        constructor: Builtin("tuple", "items=None", "A tuple.") { call, session throws(Failure) in
          .tuple(try items(call, session))
        }
      ) { $0.object(TupleObject.self) != nil },
      TypeObject(
        "set", "A set of items.",
        constructor: Builtin("set", "items=None", "A set.") { call, session throws(Failure) in
          .object(try SetObject(items(call, session)))
        }
      ) { $0.object(SetObject.self) != nil },
      TypeObject(
        "dict", "A dict of another one, of pairs and of keywords.",
        constructor: Builtin("dict", "items=None, **more", "A dict.") {
          call, session throws(Failure) in
          let dict = DictObject()
          if let items = call[0] { try dict.update(with: items, session) }
          for (name, value) in call.keywordRest {
            try dict.set(.string(name), session.settled(value))
          }
          return .object(dict)
        }
      ) { $0.object(DictObject.self) != nil },
      TypeObject("object", "What every value is.") { _ in true },
      TypeObject(
        "type", "What a value is.",
        constructor: Builtin("type", "x", "The type of a value.") { call, session in
          type(of: call.value(0), session)
        }
      ) { $0.object(TypeObject.self) != nil || $0.object(ClassObject.self) != nil },
      TypeObject(
        "slice", "A part of a sequence.",
        constructor: Builtin("slice", "start, stop=None, step=None", "A slice.") {
          call, session throws(Failure) in
          let isPair = call.values[1] != nil
          return .object(
            SliceObject(
              start: isPair ? try call.optionalInt(0) : nil,
              stop: try call.optionalInt(isPair ? 1 : 0), step: try call.int(2, default: 1)))
        }
      ) { $0.object(SliceObject.self) != nil },
      ndarray,
    ]
  }

  /// Types that are known by a name of NumPy's alone.
  static func arrayTypes() -> [TypeObject] {
    let floats = ["float64", "float32", "float16", "float_", "double", "floating", "number"]
    let integers = ["int64", "int32", "int16", "int8", "uint8", "int_", "intp", "integer", "uint"]
    return floats.map {
      TypeObject($0, "A number.", dtype: .float, constructor: cast($0, .float), matches: isNumber)
    }
      + integers.map {
        TypeObject(
          $0, "A whole number.", dtype: .int, constructor: cast($0, .int), matches: isInteger)
      }
      + [
        TypeObject("bool_", "A boolean.", dtype: .bool, constructor: cast("bool_", .bool)) {
          if case .boolean = $0 { true } else { false }
        }
      ]
  }

  private static func cast(_ name: String, _ dtype: DType) -> Builtin {
    Builtin(name, "x=0", "A value as \(name).") { call, session throws(Failure) in
      if call.values[0] == nil { return .int(0) }
      return Value(
        try session.converted(array(call.value(0), function: name, session), to: dtype))
    }
  }

  private static var ndarray: TypeObject {
    TypeObject("ndarray", "A tensor with axes.") {
      switch $0 {
      case .tensor: true
      case .param(let param): !param.tensor.isScalar
      default: false
      }
    }
  }

  private static func isInteger(_ value: Value) -> Bool {
    switch value {
    case .number(let number, _): number == number.rounded() && number.isFinite
    case .boolean: true
    default: false
    }
  }

  /// There is one number type, so every number is a float.
  private static func isNumber(_ value: Value) -> Bool {
    switch value {
    case .number: true
    case .param(let param): param.tensor.isScalar
    default: false
    }
  }

  /// What `type(x)` gives.
  static func type(of value: Value, _ session: Session) -> Value {
    func named(_ name: String) -> Value { session.builtins[name] ?? .none }
    switch value {
    case .none, .unbound: return .object(TypeObject("NoneType", "None.") { $0.isNone })
    case .boolean: return named("bool")
    case .number: return named(isInteger(value) ? "int" : "float")
    case .tensor: return named("ndarray")
    case .param(let param): return named(param.tensor.isScalar ? "float" : "ndarray")
    case .string: return named("str")
    case .object(let object):
      if let instance = object as? InstanceObject { return .object(instance.type) }
      if let exception = object as? ExceptionObject {
        if let type = exception.userClass { return .object(type) }
        return named(exception.kind)
      }
      let name = object.typeName
      if let known = session.builtins[name], known.object(TypeObject.self) != nil { return known }
      return .object(
        TypeObject(name, "A \(name).") { other in
          if case .object(let other) = other { other.typeName == name } else { false }
        })
    }
  }

  private static func items(
    _ call: BoundArguments, _ session: Session
  ) throws(Failure) -> [Value] {
    guard let value = call[0] else { return [] }
    return try session.items(of: value).map { session.settled($0) }
  }

  private static func integer(
    _ call: BoundArguments, _ session: Session
  ) throws(Failure) -> Value {
    guard let text = call.value(0).text else {
      if call.values[0] == nil { return .int(0) }
      guard let number = try call.tensor(0, session).tensor.item else {
        throw Failure(
          .type, "int() needs one number, not \(call.value(0).described)",
          hint: "x.astype(int) truncates every entry")
      }
      guard number.isFinite else {
        throw Failure(.value, "\(Printing.number(number)) is no integer")
      }
      let node = call.value(0).node
      return .number(number.rounded(.towardZero) + 0, node.isTracked ? .constant : node)
    }
    let radix = try call.int(1, default: 10)
    guard (2...36).contains(radix) else {
      throw Failure(.value, "int() needs a base from 2 to 36, not \(radix)")
    }
    let digits = text.trimmed.filter { $0 != "_" }
    if radix == 10, let number = decimalInteger(digits) { return .number(number, .fresh) }
    let prefixes = [2: "0b", 8: "0o", 16: "0x"]
    let sign = digits.hasPrefix("-") ? "-" : ""
    var bare = digits.drop { $0 == "-" || $0 == "+" }.lowercased()
    if let prefix = prefixes[radix], bare.hasPrefix(prefix) { bare = String(bare.dropFirst(2)) }
    guard radix != 10, let number = Int(sign + bare, radix: radix) else {
      throw Failure(
        .value, "\(Printing.quoted(text)) is no integer" + (radix == 10 ? "" : " to base \(radix)"),
        hint: Double(text.trimmed) == nil ? nil : "int(float(…)) truncates a number with a fraction"
      )
    }
    return .number(Double(number), .fresh)
  }

  private static func decimalInteger(_ text: String) -> Double? {
    let digits = text.utf8.drop { $0 == 43 || $0 == 45 }
    guard !digits.isEmpty, text.utf8.count - digits.count <= 1,
      digits.allSatisfy({ (48...57).contains($0) })
    else { return nil }
    return Double(text)
  }

  private static func number(
    _ call: BoundArguments, _ session: Session
  ) throws(Failure) -> Value {
    guard let text = call.value(0).text else {
      if call.values[0] == nil { return .number(0) }
      let x = try call.tensor(0, session)
      guard x.shape.count == 1 else {
        throw Failure(.type, "float() needs one number, not \(call.value(0).described)")
      }
      // The number keeps its place on the tape: only its shape may change.
      return Value(
        try session.reshape(session.converted(x, to: .float), Shape.scalar))
    }
    let digits = text.trimmed.filter { $0 != "_" }
    let isPlain = digits.utf8.allSatisfy { $0 != UInt8(ascii: "x") && $0 != UInt8(ascii: "X") }
    guard isPlain, !digits.lowercased().contains("("), let number = Double(digits) else {
      throw Failure(.value, "\(Printing.quoted(text)) is no number")
    }
    return .number(number, .fresh)
  }
}
