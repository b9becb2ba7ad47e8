/// What the grammar tells of a text, in order.
protocol ParseEvents {
  mutating func begin(isObject: Bool, at offset: Int)
  /// `end` is the place after the closing bracket.
  mutating func finish(end: Int)
  mutating func key(_ span: Lexicon.StringSpan, in text: Lexicon)
  mutating func string(_ span: Lexicon.StringSpan, in text: Lexicon)
  mutating func number(_ range: Range<Int>, in text: Lexicon)
  mutating func literal(_ value: JSON, _ range: Range<Int>)
}

/// The structure of RFC 8259, read in a loop: the nesting is a list of bits, not a stack of calls.
enum Grammar {
  static func read<Events: ParseEvents>(
    _ bytes: UnsafeRawBufferPointer, maximumDepth: Int, into events: inout Events
  ) throws(JSON.ParseError) {
    let text = Lexicon(bytes: bytes)
    /// Whether each open container is an object.
    var open: [Bool] = []
    var at = text.skipSpace(0)

    // Each turn reads one value, then whatever closes behind it.
    value: while true {
      guard at < bytes.count else { throw text.error("a value is missing", at: at) }
      switch bytes[at] {
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        let isObject = bytes[at] == UInt8(ascii: "{")
        guard open.count < maximumDepth else {
          throw text.error("the nesting is deeper than \(maximumDepth) levels", at: at)
        }
        events.begin(isObject: isObject, at: at)
        at = text.skipSpace(at + 1)
        guard at < bytes.count, bytes[at] == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]"))
        else {
          open.append(isObject)
          if isObject { at = try key(at: at, text, &events) }
          continue value
        }
        at += 1
        events.finish(end: at)
      case UInt8(ascii: "\""):
        let span = try text.string(at: at)
        events.string(span, in: text)
        at = span.end
      case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
        let end = try text.numberEnd(at: at)
        events.number(at..<end, in: text)
        at = end
      case UInt8(ascii: "t") where text.hasWord("true", at: at):
        events.literal(.bool(true), at..<at + 4)
        at += 4
      case UInt8(ascii: "f") where text.hasWord("false", at: at):
        events.literal(.bool(false), at..<at + 5)
        at += 5
      case UInt8(ascii: "n") where text.hasWord("null", at: at):
        events.literal(.null, at..<at + 4)
        at += 4
      case 0xEF where at == 0 && text.hasWord("\u{FEFF}", at: 0):
        throw text.error("the text starts with a byte order mark", at: at)
      default:
        throw text.error("a value is expected here", at: at)
      }

      while let isObject = open.last {
        at = text.skipSpace(at)
        guard at < bytes.count else {
          throw text.error("the text ends inside an \(isObject ? "object" : "array")", at: at)
        }
        if bytes[at] == UInt8(ascii: ",") {
          at = text.skipSpace(at + 1)
          if isObject { at = try key(at: at, text, &events) }
          continue value
        }
        guard bytes[at] == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
          throw text.error("a comma or \(isObject ? "}" : "]") is expected here", at: at)
        }
        at += 1
        open.removeLast()
        events.finish(end: at)
      }
      break
    }
    at = text.skipSpace(at)
    if at < bytes.count { throw text.error("there is more text after the value", at: at) }
  }

  /// Reads a key and its colon; returns the place of the value.
  @inline(__always)
  private static func key<Events: ParseEvents>(
    at start: Int, _ text: Lexicon, _ events: inout Events
  ) throws(JSON.ParseError) -> Int {
    guard start < text.bytes.count, text.bytes[start] == UInt8(ascii: "\"") else {
      throw text.error("a key in quotes is expected here", at: start)
    }
    let span = try text.string(at: start)
    events.key(span, in: text)
    let at = text.skipSpace(span.end)
    guard at < text.bytes.count, text.bytes[at] == UInt8(ascii: ":") else {
      throw text.error("a colon is expected here", at: at)
    }
    return text.skipSpace(at + 1)
  }
}
