import Autodiff
import Files

extension DataFile {
  /// A column of a table to write.
  public enum Column: Sendable {
    case numbers(Tensor)
    case text([String])

    var count: Int {
      switch self {
      case .numbers(let tensor): tensor.count
      case .text(let texts): texts.count
      }
    }
  }

  /// Writes columns of one length as rows of fields, numbers in their shortest exact form.
  ///
  /// Throws: columns of different lengths.
  public func saveTable(
    _ columns: [Column], header: [String]?, delimiter: UInt8, _ bounds: Bounds
  ) throws(FileError) {
    let rowCount = columns.first?.count ?? 0
    for (place, column) in columns.enumerated() where column.count != rowCount {
      let name = header.map { "'\($0[place])'" } ?? "\(place)"
      throw FileError(
        .shape,
        "column \(name) of \(self.name) has \(column.count) rows, and the first has"
          + " \(rowCount)")
    }
    try saveLines(rowCount, header, delimiter, bounds) { row, lines in
      for (place, column) in columns.enumerated() {
        if place > 0 { lines.append(delimiter) }
        switch column {
        case .numbers(let tensor): TableText.append(tensor[row], to: &lines)
        case .text(let texts):
          TableText.append(texts[row], delimiter, alone: columns.count == 1, to: &lines)
        }
      }
    }
  }

  /// Writes the rows of a tensor of rank 2 as rows of fields.
  public func saveRows(
    _ tensor: Tensor, header: [String]?, delimiter: UInt8, _ bounds: Bounds
  ) throws(FileError) {
    let columns = tensor.shape[1]
    try saveLines(tensor.shape[0], header, delimiter, bounds) { row, lines in
      for column in 0..<columns {
        if column > 0 { lines.append(delimiter) }
        TableText.append(tensor[row * columns + column], to: &lines)
      }
    }
  }

  private func saveLines(
    _ count: Int, _ header: [String]?, _ delimiter: UInt8, _ bounds: Bounds,
    append: (_ row: Int, _ lines: inout [UInt8]) -> Void
  ) throws(FileError) {
    try replace(
      { file throws(DiskFile.Failure) in
        var lines: [UInt8] = []
        if let header {
          TableText.append(header, delimiter, to: &lines)
          lines.append(UInt8(ascii: "\n"))
        }
        for row in 0..<count {
          append(row, &lines)
          lines.append(UInt8(ascii: "\n"))
          try TableText.flush(&lines, file)
          if row & 0xFFF == 0, bounds.isInterrupted { return }
        }
        try file.write(lines)
      }, bounds)
  }

  /// Writes lines of text as they are.
  public func saveText(_ text: [UInt8], _ bounds: Bounds) throws(FileError) {
    try replace({ file throws(DiskFile.Failure) in try file.write(text) }, bounds)
  }
}

/// The text of fields.
private enum TableText {
  /// The shortest digits that read back as the number; whole numbers without a fraction.
  static func append(_ number: Double, to bytes: inout [UInt8]) {
    if let whole = Int32(exactly: number), !(whole == 0 && number.sign == .minus) {
      bytes.append(contentsOf: whole.description.utf8)
    } else {
      var text = number.description
      if text.hasSuffix(".0") { text.removeLast(2) }
      bytes.append(contentsOf: text.utf8)
    }
  }

  /// A text, in quotes where it could be taken for something else (RFC 4180).
  static func append(_ text: String, _ delimiter: UInt8, alone: Bool, to bytes: inout [UInt8]) {
    let utf8 = Array(text.utf8)
    let isBlank: (UInt8?) -> Bool = { $0 == 0x20 || $0 == 9 }
    let needsQuotes =
      utf8.contains { $0 == delimiter || $0 == UInt8(ascii: "\"") || $0 == 10 || $0 == 13 }
      || isBlank(utf8.first) || isBlank(utf8.last) || utf8.isEmpty && alone
    guard needsQuotes else {
      bytes += utf8
      return
    }
    bytes.append(UInt8(ascii: "\""))
    for byte in utf8 {
      if byte == UInt8(ascii: "\"") { bytes.append(byte) }
      bytes.append(byte)
    }
    bytes.append(UInt8(ascii: "\""))
  }

  static func append(_ row: [String], _ delimiter: UInt8, to bytes: inout [UInt8]) {
    for (place, text) in row.enumerated() {
      if place > 0 { bytes.append(delimiter) }
      append(text, delimiter, alone: row.count == 1, to: &bytes)
    }
  }

  /// Writes lines once there are enough of them.
  static func flush(_ lines: inout [UInt8], _ file: Replacement) throws(DiskFile.Failure) {
    guard lines.count >= 1 << 20 else { return }
    try file.write(lines)
    lines.removeAll(keepingCapacity: true)
  }
}
