/// The parts of an XML text in order: what an image is made of, without spaces, comments and prologs.
struct XMLTokens {
  enum Token: Equatable {
    /// An element begins; the attributes in the order of their names.
    case open(String, [Attribute])
    case close(String)
    case text(String)
  }

  struct Attribute: Equatable {
    var name: String
    var value: String
  }

  private(set) var tokens: [Token] = []

  /// Nil for a text whose tags do not close.
  init?(_ source: String) {
    let bytes = Array(source.utf8)
    var at = 0
    func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
    func find(_ mark: String, from start: Int) -> Int? {
      let mark = Array(mark.utf8)
      guard bytes.count >= mark.count, start <= bytes.count - mark.count else { return nil }
      return (start...(bytes.count - mark.count)).first {
        bytes[$0..<($0 + mark.count)].elementsEqual(mark)
      }
    }
    while at < bytes.count {
      guard bytes[at] == UInt8(ascii: "<") else {
        let end = bytes[at...].firstIndex(of: UInt8(ascii: "<")) ?? bytes.count
        let words = text(at..<end).split(whereSeparator: \.isWhitespace).joined(separator: " ")
        if !words.isEmpty { tokens.append(.text(words)) }
        at = end
        continue
      }
      let skipped = [("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>"), ("<!", ">")]
      if let (opening, closing) = skipped.first(where: { bytes[at...].starts(with: $0.0.utf8) }) {
        guard let end = find(closing, from: at + opening.utf8.count) else { return nil }
        if opening == "<![CDATA[" { tokens.append(.text(text((at + 9)..<end))) }
        at = end + closing.utf8.count
        continue
      }
      guard let end = Self.tagEnd(bytes, at) else { return nil }
      addTag(text((at + 1)..<end))
      at = end + 1
    }
  }

  /// The place of the `>` that closes a tag: not one in quotes.
  private static func tagEnd(_ bytes: [UInt8], _ start: Int) -> Int? {
    var quote: UInt8?
    for at in start..<bytes.count {
      let byte = bytes[at]
      if let open = quote {
        if byte == open { quote = nil }
      } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        quote = byte
      } else if byte == UInt8(ascii: ">") {
        return at
      }
    }
    return nil
  }

  private mutating func addTag(_ tag: String) {
    if tag.hasPrefix("/") {
      return tokens.append(.close(tag.dropFirst().trimmingSpace))
    }
    let isEmpty = tag.hasSuffix("/")
    var rest = isEmpty ? tag.dropLast() : tag[...]
    let name = String(rest.prefix { !$0.isWhitespace })
    rest = rest.dropFirst(name.count)
    var attributes: [Attribute] = []
    while let equals = rest.firstIndex(of: "=") {
      let key = rest[..<equals].trimmingSpace
      rest = rest[rest.index(after: equals)...].drop(while: \.isWhitespace)
      guard let quote = rest.first, quote == "\"" || quote == "'" else { break }
      rest = rest.dropFirst()
      let value = rest.prefix { $0 != quote }
      attributes.append(Attribute(name: key, value: String(value)))
      rest = rest.dropFirst(value.count + 1)
    }
    tokens.append(.open(name, attributes.sorted { $0.name < $1.name }))
    if isEmpty { tokens.append(.close(name)) }
  }
}

extension StringProtocol {
  fileprivate var trimmingSpace: String {
    split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }
}
