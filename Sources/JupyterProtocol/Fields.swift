import JSON

/// The members of a request's content, read by type.
///
/// A member that is there must have its type; a member that may be left out has a stated default.
public struct Fields: Sendable {
  public let object: JSON.Object
  /// What the members belong to, for error messages.
  public let subject: String

  public init(_ object: JSON.Object, of subject: String) {
    self.object = object
    self.subject = subject
  }

  /// Reads one JSON part of a message, which must be an object and not too large.
  public init(
    parsing bytes: [UInt8], of subject: String, maximumDepth: Int = 512,
    maximumSize: Int = 1 << 20
  ) throws(MalformedContent) {
    guard bytes.count <= maximumSize else {
      throw MalformedContent("\(subject) has \(bytes.count) bytes, more than \(maximumSize)")
    }
    let value: JSON
    do { value = try JSON.parse(bytes, maximumDepth: maximumDepth) } catch {
      throw MalformedContent("\(subject) is no JSON: \(error)")
    }
    guard let object = value.object else {
      throw MalformedContent("\(subject) must be a JSON object, not \(value.kindName)")
    }
    self.init(object, of: subject)
  }

  public func string(_ key: String) throws(MalformedContent) -> String {
    try required(key, "a string", \.string)
  }
  public func string(_ key: String, default value: String) throws(MalformedContent) -> String {
    try optional(key, "a string", \.string) ?? value
  }
  public func bool(_ key: String, default value: Bool) throws(MalformedContent) -> Bool {
    try optional(key, "a boolean", \.bool) ?? value
  }
  public func int(_ key: String) throws(MalformedContent) -> Int {
    try required(key, "an integer", \.clampedInt)
  }
  public func int(_ key: String, default value: Int) throws(MalformedContent) -> Int {
    try optional(key, "an integer", \.clampedInt) ?? value
  }
  public func object(_ key: String) throws(MalformedContent) -> JSON.Object {
    try optional(key, "an object", \.object) ?? [:]
  }

  /// The `code` of a request.
  func code() throws(MalformedContent) -> String {
    let code = try string("code")
    let size = code.utf8.count
    guard size <= Self.maximumCodeSize else {
      throw MalformedContent(
        "the code has \(size) bytes, more than the \(Self.maximumCodeSize >> 20) MiB that it may "
          + "have; large data belongs in a file")
    }
    return code
  }

  /// Longer code is refused, in bytes.
  static let maximumCodeSize = 8 << 20

  /// A member that may also be null.
  public func stringOrNull(_ key: String) throws(MalformedContent) -> String? {
    object[key]?.isNull ?? true ? nil : try string(key)
  }
  /// A member that may also be null.
  public func intOrNull(_ key: String) throws(MalformedContent) -> Int? {
    object[key]?.isNull ?? true ? nil : try int(key)
  }

  private func required<Value>(
    _ key: String, _ kind: String, _ read: (JSON) -> Value?
  ) throws(MalformedContent) -> Value {
    guard let value = try optional(key, kind, read) else {
      throw MalformedContent("\(subject) has no `\(key)`, which must be \(kind)")
    }
    return value
  }

  private func optional<Value>(
    _ key: String, _ kind: String, _ read: (JSON) -> Value?
  ) throws(MalformedContent) -> Value? {
    guard let member = object[key] else { return nil }
    guard let value = read(member) else {
      throw MalformedContent("`\(key)` of \(subject) must be \(kind), not \(member.kindName)")
    }
    return value
  }
}

/// A request whose JSON does not have the shape that its type needs.
public struct MalformedContent: Error, Equatable, CustomStringConvertible {
  public let description: String
  public init(_ description: String) { self.description = description }
}

extension JSON {
  /// An integer; one that no `Int` holds is the nearest that there is.
  fileprivate var clampedInt: Int? {
    guard case .number(let number) = self else { return nil }
    if let int = number.int { return int }
    guard let double = number.double, double.rounded() == double, abs(double) >= 0x1p63 else {
      return nil
    }
    return double < 0 ? .min : .max
  }

  /// The kind of value with its article, for messages.
  fileprivate var kindName: String {
    switch self {
    case .null: "null"
    case .bool: "a boolean"
    case .number: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}
