/// Reads the Python literal that an npy header is: a dict of strings, booleans and tuples.
struct HeaderLiteral {
  enum Field: Equatable {
    case text(String)
    case boolean(Bool)
    case tuple([Int])
    /// A list, which describes records; it is not read further.
    case list
  }

  private let bytes: [UInt8]
  private var place = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The fields by name; nil where the text is no such dict, or has a field twice.
  mutating func dict() -> [String: Field]? {
    var fields: [String: Field] = [:]
    guard take("{") else { return nil }
    while !take("}") {
      guard let name = string(), take(":"), fields[name] == nil, let value = field() else {
        return nil
      }
      fields[name] = value
      // Records may hold all that Python has, so the rest is left unread.
      if value == .list { return fields.merging(HeaderLiteral.unread) { known, _ in known } }
      guard take(",") || peek() == UInt8(ascii: "}") else { return nil }
    }
    return peek() == nil ? fields : nil
  }

  /// Fields that stand for those after a list.
  private static let unread: [String: Field] = [
    "fortran_order": .boolean(false), "shape": .tuple([]),
  ]

  private mutating func field() -> Field? {
    switch peek() {
    case UInt8(ascii: "'"), UInt8(ascii: "\""): return string().map { .text($0) }
    case UInt8(ascii: "("): return tuple().map { .tuple($0) }
    case UInt8(ascii: "["): return .list
    default:
      if take("True") { return .boolean(true) }
      if take("False") { return .boolean(false) }
      return nil
    }
  }

  /// A string without escapes.
  private mutating func string() -> String? {
    guard let quote = peek(), quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
      return nil
    }
    guard let end = bytes[(place + 1)...].firstIndex(of: quote) else { return nil }
    let text = bytes[(place + 1)..<end]
    guard !text.contains(UInt8(ascii: "\\")) else { return nil }
    place = end + 1
    return String(validating: text, as: UTF8.self)
  }

  /// Integers in parentheses; Python 2 wrote some with an L.
  private mutating func tuple() -> [Int]? {
    var numbers: [Int] = []
    guard take("(") else { return nil }
    while !take(")") {
      guard let number = integer() else { return nil }
      numbers.append(number)
      _ = take("L")
      guard take(",") || peek() == UInt8(ascii: ")") else { return nil }
    }
    return numbers
  }

  /// An integer; one that is too large for the machine is as large as can be.
  private mutating func integer() -> Int? {
    let isNegative = take("-")
    var number = 0
    var digits = 0
    while place < bytes.count, (48...57).contains(bytes[place]) {
      let (tens, overflow) = number.multipliedReportingOverflow(by: 10)
      let (sum, more) = tens.addingReportingOverflow(Int(bytes[place] - 48))
      number = overflow || more ? Int.max : sum
      digits += 1
      place += 1
    }
    return digits == 0 ? nil : isNegative ? -number : number
  }

  /// The next byte that is no blank.
  private mutating func peek() -> UInt8? {
    while place < bytes.count, bytes[place] == 0x20 || (9...13).contains(bytes[place]) {
      place += 1
    }
    return place < bytes.count ? bytes[place] : nil
  }

  /// Steps over a text where it comes next.
  private mutating func take(_ text: String) -> Bool {
    guard peek() != nil, bytes[place...].starts(with: text.utf8) else { return false }
    place += text.utf8.count
    return true
  }
}
