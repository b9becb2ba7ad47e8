extension JSON {
  /// The value as UTF-8, without spaces.
  public func serialized() -> [UInt8] {
    var writer = Writer(indent: nil)
    writer.write(self)
    return writer.bytes
  }

  /// The value as text, without spaces.
  public func serializedString() -> String { String(decoding: serialized(), as: UTF8.self) }

  /// The value as UTF-8 over several lines, each level `indent` spaces further in.
  ///
  /// Members keep their order, characters outside ASCII stay as they are: the form in which Jupyter
  /// writes notebooks, with an indent of 1. `level` is the level of the value itself, for text that is
  /// put into a larger one. There is no line end behind the value.
  public func pretty(indent: Int = 1, level: Int = 0) -> [UInt8] {
    var writer = Writer(indent: indent, level: level)
    writer.write(self)
    return writer.bytes
  }

  public func prettyString(indent: Int = 1) -> String {
    String(decoding: pretty(indent: indent), as: UTF8.self)
  }
}

/// Writes values as text; a value that was parsed is at most as deep as its parser allowed.
private struct Writer {
  private(set) var bytes: [UInt8] = []
  private let indent: Int?
  private var level: Int

  init(indent: Int?, level: Int = 0) {
    self.indent = indent
    self.level = level
    bytes.reserveCapacity(256)
  }

  mutating func write(_ value: JSON) {
    switch value {
    case .null: append("null")
    case .bool(let value): append(value ? "true" : "false")
    case .number(let number): bytes.append(contentsOf: number.text.utf8)
    case .string(let text): write(text)
    case .array(let elements):
      write(elements, "[", "]") { writer, element in writer.write(element) }
    case .object(let object):
      write(object.pairs, "{", "}") { writer, member in
        writer.write(member.key)
        writer.append(writer.indent == nil ? ":" : ": ")
        writer.write(member.value)
      }
    }
  }

  private mutating func write<Element>(
    _ elements: [Element], _ opening: StaticString, _ closing: StaticString,
    each: (inout Writer, Element) -> Void
  ) {
    append(opening)
    if !elements.isEmpty {
      level += 1
      var isFirst = true
      for element in elements {
        if !isFirst { append(",") }
        isFirst = false
        breakLine()
        each(&self, element)
      }
      level -= 1
      breakLine()
    }
    append(closing)
  }

  private mutating func breakLine() {
    guard let indent else { return }
    bytes.append(UInt8(ascii: "\n"))
    bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: indent * level))
  }

  private mutating func append(_ text: StaticString) {
    bytes.append(
      contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  private mutating func write(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    var text = text
    text.withUTF8 { body in
      var start = 0
      for at in 0..<body.count {
        let byte = body[at]
        guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else {
          continue
        }
        bytes.append(contentsOf: UnsafeBufferPointer(rebasing: body[start..<at]))
        start = at + 1
        appendEscape(of: byte)
      }
      bytes.append(contentsOf: UnsafeBufferPointer(rebasing: body[start...]))
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private mutating func appendEscape(of byte: UInt8) {
    bytes.append(UInt8(ascii: "\\"))
    switch byte {
    case 0x08: append("b")
    case 0x09: append("t")
    case 0x0A: append("n")
    case 0x0C: append("f")
    case 0x0D: append("r")
    case 0..<0x20:
      append("u00")
      let digits: [UInt8] = Array("0123456789abcdef".utf8)
      bytes.append(digits[Int(byte >> 4)])
      bytes.append(digits[Int(byte & 15)])
    default: bytes.append(byte)
    }
  }
}
