/// A template of `str.format`, split into literal text and replacement fields.
public struct FormatTemplate: Sendable, Hashable {
  public indirect enum Part: Sendable, Hashable {
    case literal(String)
    case field(Field)
  }

  /// What stands between braces: `{name.attribute[item]!r:spec}`.
  public struct Field: Sendable, Hashable {
    public var source: Source
    public var path: [Step]
    /// `s`, `r` or `a`.
    public var conversion: Unicode.Scalar?
    /// The specification, which may hold fields itself.
    public var spec: [Part]
  }

  /// Where a field's value comes from; numbers are given to empty names in turn.
  public enum Source: Sendable, Hashable {
    case position(Int)
    case keyword(String)
  }

  /// A step from a value to a part of it.
  public enum Step: Sendable, Hashable {
    case attribute(String)
    case index(Int)
    case key(String)
  }

  public private(set) var parts: [Part]

  public init(_ template: String) throws(FormatError) {
    var parser = TemplateParser(template)
    parts = try parser.parts(depth: 0)
  }

  /// The template with the values that `resolve` gives for its fields' sources and paths.
  public func text(resolve: (Source, [Step]) throws -> FormatArgument) throws -> String {
    try FormatTemplate.text(parts, resolve)
  }

  private static func text(
    _ parts: [Part], _ resolve: (Source, [Step]) throws -> FormatArgument
  ) throws -> String {
    var result = ""
    for part in parts {
      switch part {
      case .literal(let text): result += text
      case .field(let field):
        var value = try resolve(field.source, field.path)
        if let conversion = field.conversion {
          value = .string(conversion == "s" ? value.text : value.representation)
        }
        result += try TextFormat.format(value, spec: text(field.spec, resolve))
      }
    }
    return result
  }
}

private struct TemplateParser {
  private var rest: ArraySlice<Unicode.Scalar>
  private var nextPosition = 0
  /// Whether names are numbers given by the template; nil before the first.
  private var isManual: Bool?

  init(_ template: String) { rest = Array(template.unicodeScalars)[...] }

  /// The parts up to the end, or inside a specification up to its closing brace.
  mutating func parts(depth: Int) throws(FormatError) -> [FormatTemplate.Part] {
    var parts: [FormatTemplate.Part] = []
    var literal = ""
    func closed() -> [FormatTemplate.Part] {
      literal.isEmpty ? parts : parts + [.literal(literal)]
    }
    while let scalar = rest.first {
      if scalar == "}" && depth > 0 { return closed() }
      rest.removeFirst()
      switch scalar {
      case "{" where depth == 0 && rest.first == "{", "}" where rest.first == "}":
        rest.removeFirst()
        literal.unicodeScalars.append(scalar)
      case "}": throw FormatError(.value, "Single '}' encountered in format string")
      case "{":
        guard depth < 2 else { throw FormatError(.value, "Max string recursion exceeded") }
        parts = closed()
        literal = ""
        parts.append(.field(try field(depth: depth)))
      default: literal.unicodeScalars.append(scalar)
      }
    }
    if depth > 0 { throw FormatError(.value, "expected '}' before end of string") }
    return closed()
  }

  private mutating func field(depth: Int) throws(FormatError) -> FormatTemplate.Field {
    guard !rest.isEmpty else {
      throw FormatError(.value, "Single '{' encountered in format string")
    }
    let name = run(until: [".", "[", "!", ":", "}", "{"])
    let source = try source(name)
    var field = FormatTemplate.Field(source: source, path: [], conversion: nil, spec: [])
    while let scalar = rest.popFirst() {
      switch scalar {
      case ".":
        let attribute = run(until: [".", "[", "!", ":", "}", "{"])
        if attribute.isEmpty { throw FormatError(.value, "Empty attribute in format string") }
        field.path.append(.attribute(attribute))
      case "[":
        let item = run(until: ["]"])
        guard rest.popFirst() != nil else {
          throw FormatError(.value, "Missing ']' in format string")
        }
        if item.isEmpty { throw FormatError(.value, "Empty attribute in format string") }
        field.path.append(Int(item).map(FormatTemplate.Step.index) ?? .key(item))
      case "!":
        guard let conversion = rest.popFirst(), "sra".unicodeScalars.contains(conversion),
          rest.first == ":" || rest.first == "}"
        else { throw FormatError(.value, "conversion must be !r, !s or !a in format string") }
        field.conversion = conversion
      case ":":
        field.spec = try parts(depth: depth + 1)
        rest.removeFirst()
        return field
      case "}": return field
      default: throw FormatError(.value, "unexpected '\(scalar)' in field name")
      }
    }
    throw FormatError(.value, "expected '}' before end of string")
  }

  private mutating func source(_ name: String) throws(FormatError) -> FormatTemplate.Source {
    let isNumber = !name.isEmpty && name.utf8.allSatisfy { (48...57).contains($0) }
    guard name.isEmpty || isNumber else { return .keyword(name) }
    if let isManual, isManual != isNumber {
      let (old, new) = isManual ? ("manual", "automatic") : ("automatic", "manual")
      throw FormatError(
        .value,
        "cannot switch from \(old) field \(old == "manual" ? "specification" : "numbering")"
          + " to \(new) field \(new == "manual" ? "specification" : "numbering")")
    }
    isManual = isNumber
    if isNumber {
      guard let position = Int(name) else {
        throw FormatError(.value, "Too many decimal digits in format string")
      }
      return .position(position)
    }
    nextPosition += 1
    return .position(nextPosition - 1)
  }

  private mutating func run(until stops: Set<Unicode.Scalar>) -> String {
    let end = rest.firstIndex(where: stops.contains) ?? rest.endIndex
    var text = ""
    text.unicodeScalars.append(contentsOf: rest[..<end])
    rest = rest[end...]
    return text
  }
}
