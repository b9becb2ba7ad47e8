/// A range of UTF-8 offsets in a source text.
public struct Span: Sendable, Hashable {
  public var start: Int
  public var end: Int

  public init(_ start: Int, _ end: Int) {
    self.start = start
    self.end = end
  }

  /// The smallest span that holds both.
  public func union(_ other: Span) -> Span { Span(min(start, other.start), max(end, other.end)) }
}

/// A source text with the name that errors call it by.
public final class Source: Sendable {
  /// How errors name this text: `Cell In[3]`, or a file's path.
  public let name: String
  /// The text as UTF-8 bytes.
  public let utf8: [UInt8]
  /// The offset at which each line starts.
  private let lineStarts: [Int]

  public init(name: String, text: String) {
    self.name = name
    utf8 = Array(text.utf8)
    var starts = [0]
    for (offset, byte) in utf8.enumerated() where byte == 0x0A { starts.append(offset + 1) }
    lineStarts = starts
  }

  public var lineCount: Int { lineStarts.count }

  /// The text of a span.
  public func text(_ span: Span) -> String {
    let end = min(max(span.end, 0), utf8.count)
    return String(decoding: utf8[min(max(span.start, 0), end)..<end], as: UTF8.self)
  }

  /// The line, from 1, that an offset lies in.
  public func line(at offset: Int) -> Int {
    var low = 0
    var high = lineStarts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    return low + 1
  }

  /// The span of a line (from 1) without its line end.
  public func span(ofLine line: Int) -> Span {
    let start = lineStarts[line - 1]
    var end = line < lineStarts.count ? lineStarts[line] - 1 : utf8.count
    if end > start, utf8[end - 1] == 0x0D { end -= 1 }
    return Span(start, end)
  }
}
