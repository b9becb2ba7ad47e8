/// Cuts text into fields and rows: RFC 4180, any kind of line end, or fields between blanks.
struct FieldScanner {
  struct Field {
    var range: Range<Int>
    var isQuoted = false
    /// Whether quotes inside of it are doubled.
    var hasDoubledQuotes = false
    /// Whether it is the last of its row.
    var endsRow = false
    /// Whether it is all that a row has, and that is nothing.
    var isEmptyRow = false
    /// Its number, where it is one.
    var number: Double?
  }

  enum Fault: Error { case unclosedQuote, textAfterQuote }

  let bytes: UnsafeBufferPointer<UInt8>
  let format: TableFormat
  private(set) var place: Int
  private var isAtRowStart = true

  init(_ bytes: UnsafeBufferPointer<UInt8>, _ format: TableFormat) {
    self.bytes = bytes
    self.format = format
    place = 0
    // A mark of UTF-8 is no part of the text.
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { place = 3 }
  }

  /// Steps over whole lines.
  mutating func skipLines(_ count: Int) {
    for _ in 0..<max(count, 0) {
      guard place < bytes.count else { return }
      while place < bytes.count, !isLineEnd(bytes[place]) { place += 1 }
      takeLineEnd()
    }
  }

  /// The next field, nil at the end; `asksNumber` says whether its number is wanted.
  mutating func next(asksNumber: Bool) throws(Fault) -> Field? {
    if isAtRowStart, place == bytes.count { return nil }
    let wasAtRowStart = isAtRowStart
    if format.delimiter == nil { skipBlanks() }
    isAtRowStart = false
    if format.hasQuotes, place < bytes.count, bytes[place] == UInt8(ascii: "\"") {
      return try quoted(asksNumber: asksNumber)
    }
    let start = place
    if asksNumber, let field = number() { return field }
    while place < bytes.count, !isEnd(bytes[place]) { place += 1 }
    var field = Field(range: trimmed(start..<place))
    end(&field)
    field.isEmptyRow = wasAtRowStart && field.endsRow && field.range.isEmpty
    return field
  }

  /// A field that is a number up to its end; the place stays where it is none.
  private mutating func number() -> Field? {
    let start = place
    if place < bytes.count, isBlank(bytes[place]) { skipBlanks() }
    guard let (value, next) = NumberScanner.scan(bytes, from: place, to: bytes.count) else {
      place = start
      return nil
    }
    var field = Field(range: place..<next)
    place = next
    if place < bytes.count, isBlank(bytes[place]), format.delimiter != nil { skipBlanks() }
    guard place == bytes.count || isEnd(bytes[place]) else {
      place = start
      return nil
    }
    field.number = value
    end(&field)
    return field
  }

  private mutating func quoted(asksNumber: Bool) throws(Fault) -> Field {
    place += 1
    let start = place
    var field = Field(range: start..<start, isQuoted: true)
    while true {
      guard place < bytes.count else { throw .unclosedQuote }
      guard bytes[place] == UInt8(ascii: "\"") else {
        place += 1
        continue
      }
      guard place + 1 < bytes.count, bytes[place + 1] == UInt8(ascii: "\"") else { break }
      field.hasDoubledQuotes = true
      place += 2
    }
    field.range = start..<place
    place += 1
    guard place == bytes.count || isEnd(bytes[place]) else { throw .textAfterQuote }
    if asksNumber {
      let inner = trimmed(field.range)
      if let (value, next) = NumberScanner.scan(
        bytes, from: inner.lowerBound, to: inner.upperBound),
        next == inner.upperBound
      {
        field.number = value
      }
    }
    end(&field)
    return field
  }

  /// Steps over what ends the field.
  private mutating func end(_ field: inout Field) {
    if format.delimiter == nil { skipBlanks() }
    if place < bytes.count, bytes[place] == format.comment {
      while place < bytes.count, !isLineEnd(bytes[place]) { place += 1 }
    }
    if place == bytes.count || isLineEnd(bytes[place]) {
      takeLineEnd()
      field.endsRow = true
      isAtRowStart = true
    } else if format.delimiter != nil {
      place += 1
    }
  }

  /// The field's text; nil where it is not UTF-8.
  func text(_ field: Field) -> String? {
    guard let text = String(validating: bytes[field.range], as: UTF8.self) else { return nil }
    return field.hasDoubledQuotes ? text.replacing("\"\"", with: "\"") : text
  }

  /// Whether a field stands for a value that is not there.
  func isMissing(_ field: Field) -> Bool {
    let range = trimmed(field.range)
    guard range.count <= 4 else { return false }
    switch range.count {
    case 0: return true
    case 2: return matches(range, "na")
    case 3: return matches(range, "n/a")
    case 4: return matches(range, "null")
    default: return false
    }
  }

  private func matches(_ range: Range<Int>, _ word: String) -> Bool {
    zip(bytes[range], word.utf8).allSatisfy { $0 == $1 || $0 | 0x20 == $1 && $0 > 0x40 }
  }

  private func trimmed(_ range: Range<Int>) -> Range<Int> {
    var start = range.lowerBound
    var end = range.upperBound
    while start < end, isBlank(bytes[start]) { start += 1 }
    while end > start, isBlank(bytes[end - 1]) { end -= 1 }
    return start..<end
  }

  private mutating func takeLineEnd() {
    guard place < bytes.count else { return }
    let isReturn = bytes[place] == UInt8(ascii: "\r")
    place += 1
    if isReturn, place < bytes.count, bytes[place] == UInt8(ascii: "\n") { place += 1 }
  }

  private mutating func skipBlanks() {
    while place < bytes.count, isBlank(bytes[place]) { place += 1 }
  }

  private func isLineEnd(_ byte: UInt8) -> Bool { byte == 10 || byte == 13 }

  private func isBlank(_ byte: UInt8) -> Bool {
    (byte == 0x20 || byte == 9) && byte != format.delimiter
  }

  private func isEnd(_ byte: UInt8) -> Bool {
    if let delimiter = format.delimiter {
      if byte == delimiter { return true }
    } else if byte == 0x20 || byte == 9 {
      return true
    }
    return isLineEnd(byte) || byte == format.comment
  }
}
