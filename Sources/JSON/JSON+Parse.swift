extension JSON {
  /// Reads a text by RFC 8259, strictly, and without recursion.
  ///
  /// Invalid UTF-8, a byte order mark and nesting past `maximumDepth` are errors. Half of a surrogate
  /// pair in a `\u` escape becomes U+FFFD. Numbers keep their text.
  public static func parse(
    _ bytes: [UInt8], maximumDepth: Int = 512
  ) throws(ParseError) -> JSON {
    try result(maximumDepth) { body in bytes.withUnsafeBytes(body) }
  }

  public static func parse(
    _ bytes: ArraySlice<UInt8>, maximumDepth: Int = 512
  ) throws(ParseError) -> JSON {
    try result(maximumDepth) { body in bytes.withUnsafeBytes(body) }
  }

  public static func parse(
    _ bytes: UnsafeRawBufferPointer, maximumDepth: Int = 512
  ) throws(ParseError) -> JSON {
    var builder = TreeBuilder()
    try Grammar.read(bytes, maximumDepth: maximumDepth, into: &builder)
    return builder.root
  }

  /// Reads a text by RFC 8259; see ``parse(_:maximumDepth:)``.
  public init(parsing text: String) throws(ParseError) {
    var text = text
    self = try Self.result(512) { body in text.withUTF8 { body(UnsafeRawBufferPointer($0)) } }
  }

  /// Takes an error of one type through a function that rethrows any.
  private static func result(
    _ maximumDepth: Int,
    _ access: ((UnsafeRawBufferPointer) -> Result<JSON, ParseError>) -> Result<JSON, ParseError>
  ) throws(ParseError) -> JSON {
    try access { bytes in
      Result { () throws(ParseError) in try parse(bytes, maximumDepth: maximumDepth) }
    }.get()
  }
}

/// Builds a value from what the grammar tells.
private struct TreeBuilder: ParseEvents {
  private struct Container {
    var isObject: Bool
    var key = ""
    var elements: [JSON] = []
    var object = JSON.Object()
  }

  private(set) var root = JSON.null
  private var current: Container?
  private var outer: [Container] = []

  mutating func begin(isObject: Bool, at offset: Int) {
    if let current { outer.append(current) }
    current = Container(isObject: isObject)
    if isObject { current?.object.reserve(8) }
  }

  mutating func finish(end: Int) {
    guard let finished = current else { return }
    current = outer.popLast()
    add(finished.isObject ? .object(finished.object) : .array(finished.elements))
  }

  mutating func key(_ span: Lexicon.StringSpan, in text: Lexicon) {
    current?.key = text.text(span)
  }

  mutating func string(_ span: Lexicon.StringSpan, in text: Lexicon) {
    add(.string(text.text(span)))
  }

  mutating func number(_ range: Range<Int>, in text: Lexicon) {
    add(.number(JSON.Number(verbatim: text.text(range))))
  }

  mutating func literal(_ value: JSON, _ range: Range<Int>) { add(value) }

  @inline(__always)
  private mutating func add(_ value: JSON) {
    guard current != nil else {
      root = value
      return
    }
    if current?.isObject == true {
      if let key = current?.key { current?.object[key] = value }
    } else {
      current?.elements.append(value)
    }
  }
}
