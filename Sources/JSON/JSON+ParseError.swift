extension JSON {
  /// Why bytes are not JSON, and where.
  public struct ParseError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Bytes from the start.
    public let offset: Int
    /// The line, from 1.
    public let line: Int
    /// The column in code points, from 1.
    public let column: Int
    /// What is wrong, in one sentence without a full stop.
    public let message: String

    public var description: String { "line \(line), column \(column): \(message)" }

    init(_ message: String, at offset: Int, in bytes: UnsafeRawBufferPointer) {
      self.message = message
      self.offset = offset
      var line = 1
      var column = 1
      for byte in bytes.prefix(offset) {
        if byte == UInt8(ascii: "\n") {
          line += 1
          column = 1
        } else if byte & 0xC0 != 0x80 {
          column += 1
        }
      }
      self.line = line
      self.column = column
    }
  }
}
