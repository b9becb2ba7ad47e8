import CYAML

/// Reads one YAML document of plain values, by libyaml.
///
/// Words are those of YAML 1.1, as PyYAML reads them for papermill: `yes`, `no`, `on` and `off` are
/// truth values, and numbers those of ``YAMLNumber``, which takes `1e2` for one too. Dates are
/// strings, as papermill takes them. Aliases are followed.
struct YAMLReader {
  /// Why a text is not YAML that can be used, and where.
  struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ message: String, line: Int) { description = "line \(line): \(message)" }
  }

  /// The deepest nesting, and the most values with all aliases written out.
  private static let maximumDepth = 64
  private static let maximumCount = 100_000

  /// What aliases stand for, and the number of values in each.
  private var anchors: [String: (value: ParameterValue, count: Int)] = [:]
  private var count = 0

  /// The value of the text; of a text without a value, none.
  static func read(_ bytes: [UInt8]) throws(Failure) -> ParameterValue {
    var parser = yaml_parser_t()
    guard yaml_parser_initialize(&parser) == 1 else { throw Failure("no memory", line: 1) }
    defer { yaml_parser_delete(&parser) }
    // The parser keeps the address of its input and its own.
    return try bytes.withUnsafeBufferPointer { input throws(Failure) in
      yaml_parser_set_input_string(&parser, input.baseAddress, input.count)
      var reader = YAMLReader()
      return try reader.document(&parser)
    }
  }

  /// What the parser tells next, freed when this returns.
  private func next<Result>(
    _ parser: inout yaml_parser_t, _ body: (Event) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    var event = yaml_event_t()
    guard yaml_parser_parse(&parser, &event) == 1 else {
      let problem = parser.problem.map { String(cString: $0) } ?? "not YAML"
      throw Failure(problem, line: Int(parser.problem_mark.line) + 1)
    }
    defer { yaml_event_delete(&event) }
    return try body(Event(event))
  }

  private mutating func document(_ parser: inout yaml_parser_t) throws(Failure) -> ParameterValue {
    var value = ParameterValue.none
    while true {
      let event = try next(&parser) { event throws(Failure) in event }
      switch event.kind {
      case .streamStart, .documentEnd: continue
      case .streamEnd: return value
      case .documentStart:
        guard count == 0 else { throw Failure("there is a second document", line: event.line) }
        let first = try next(&parser) { event throws(Failure) in event }
        value = try self.value(first, &parser, depth: 0)
      default: throw Failure("a value is not expected here", line: event.line)
      }
    }
  }

  private mutating func value(
    _ event: Event, _ parser: inout yaml_parser_t, depth: Int
  ) throws(Failure) -> ParameterValue {
    guard depth <= Self.maximumDepth else {
      throw Failure("the nesting is deeper than \(Self.maximumDepth) levels", line: event.line)
    }
    let before = count
    count += 1
    let value: ParameterValue
    switch event.kind {
    case .scalar(let text, let tag, let isPlain):
      value = try YAMLScalar.value(text, tag: tag, isPlain: isPlain, line: event.line)
    case .alias(let name):
      guard let anchor = anchors[name] else {
        throw Failure("*\(name) stands for nothing", line: event.line)
      }
      count += anchor.count
      value = anchor.value
    case .sequenceStart: value = try list(&parser, depth: depth + 1)
    case .mappingStart: value = try dictionary(&parser, depth: depth + 1)
    default: throw Failure("a value is missing", line: event.line)
    }
    guard count <= Self.maximumCount else {
      throw Failure("there are more than \(Self.maximumCount) values", line: event.line)
    }
    if let anchor = event.anchor { anchors[anchor] = (value, count - before) }
    return value
  }

  private mutating func list(
    _ parser: inout yaml_parser_t, depth: Int
  ) throws(Failure) -> ParameterValue {
    var elements: [ParameterValue] = []
    while true {
      let event = try next(&parser) { event throws(Failure) in event }
      if event.kind == .sequenceEnd { return .list(elements) }
      elements.append(try value(event, &parser, depth: depth))
    }
  }

  private mutating func dictionary(
    _ parser: inout yaml_parser_t, depth: Int
  ) throws(Failure) -> ParameterValue {
    var members: [ParameterValue.Member] = []
    while true {
      let event = try next(&parser) { event throws(Failure) in event }
      if event.kind == .mappingEnd { return .dictionary(members) }
      guard case .scalar(let key, _, let isPlain) = event.kind else {
        throw Failure("a key is a single word", line: event.line)
      }
      guard key != "<<" || !isPlain else {
        throw Failure("keys that are merged (<<) are not read", line: event.line)
      }
      guard !members.contains(where: { $0.key == key }) else {
        throw Failure("\(key) is given twice", line: event.line)
      }
      let element = try next(&parser) { event throws(Failure) in event }
      members.append(.init(key: key, value: try value(element, &parser, depth: depth)))
    }
  }
}

extension YAMLReader {
  /// What the parser told, in memory of our own.
  private struct Event {
    enum Kind: Equatable {
      case streamStart
      case streamEnd
      case documentStart
      case documentEnd
      case sequenceStart
      case sequenceEnd
      case mappingStart
      case mappingEnd
      case alias(String)
      case scalar(String, tag: String?, isPlain: Bool)
      case nothing
    }

    let kind: Kind
    let anchor: String?
    let line: Int

    init(_ event: yaml_event_t) {
      line = Int(event.start_mark.line) + 1
      let data = event.data
      switch event.type {
      case YAML_STREAM_START_EVENT: (kind, anchor) = (.streamStart, nil)
      case YAML_STREAM_END_EVENT: (kind, anchor) = (.streamEnd, nil)
      case YAML_DOCUMENT_START_EVENT: (kind, anchor) = (.documentStart, nil)
      case YAML_DOCUMENT_END_EVENT: (kind, anchor) = (.documentEnd, nil)
      case YAML_SEQUENCE_START_EVENT:
        (kind, anchor) = (.sequenceStart, Self.text(data.sequence_start.anchor))
      case YAML_SEQUENCE_END_EVENT: (kind, anchor) = (.sequenceEnd, nil)
      case YAML_MAPPING_START_EVENT:
        (kind, anchor) = (.mappingStart, Self.text(data.mapping_start.anchor))
      case YAML_MAPPING_END_EVENT: (kind, anchor) = (.mappingEnd, nil)
      case YAML_ALIAS_EVENT: (kind, anchor) = (.alias(Self.text(data.alias.anchor) ?? ""), nil)
      case YAML_SCALAR_EVENT:
        let scalar = data.scalar
        let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
        kind = .scalar(
          String(decoding: bytes, as: UTF8.self), tag: Self.text(scalar.tag),
          isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE)
        anchor = Self.text(scalar.anchor)
      default: (kind, anchor) = (.nothing, nil)
      }
    }

    private static func text(_ pointer: UnsafePointer<yaml_char_t>?) -> String? {
      pointer.map { String(cString: $0) }
    }
  }
}

/// What a single word of YAML stands for.
private enum YAMLScalar {
  static func value(
    _ text: String, tag: String?, isPlain: Bool, line: Int
  ) throws(YAMLReader.Failure) -> ParameterValue {
    guard let tag, tag != "!" else {
      return tag == nil && isPlain ? plain(text) : .string(text)
    }
    let name = tag.split(separator: ":").last.map(String.init) ?? tag
    switch (name, plain(text)) {
    case ("str", _): return .string(text)
    case ("int", .integer(let digits)): return .integer(digits)
    case ("float", .integer(let digits)): return .number(Double(digits) ?? .nan)
    case ("float", .number(let number)): return .number(number)
    case ("bool", .bool(let value)): return .bool(value)
    case ("null", .none): return .none
    default: throw YAMLReader.Failure("'\(text)' is no \(tag)", line: line)
    }
  }

  private static func plain(_ text: String) -> ParameterValue {
    switch text {
    case "", "~", "null", "Null", "NULL": return .none
    case "true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON": return .bool(true)
    case "false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF": return .bool(false)
    case ".nan", ".NaN", ".NAN": return .number(.nan)
    case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": return .number(.infinity)
    case "-.inf", "-.Inf", "-.INF": return .number(-.infinity)
    default: break
    }
    return YAMLNumber.value(text) ?? .string(text)
  }
}
