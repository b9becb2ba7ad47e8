import Files

extension DataFile {
  /// The rows of a text file.
  ///
  /// Throws: text where a number belongs, rows of different lengths, quotes that do not close; the
  /// message names the row as the file counts it, from 1, and the column.
  public func loadTable(_ format: TableFormat, _ bounds: Bounds) throws(FileError) -> DataTable {
    let bytes = try bytes(bounds)
    return try bytes.withUnsafeBufferPointer { bytes throws(FileError) in
      if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
        throw FileError(
          .value, "\(name) is UTF-16 text, and UTF-8 is read", hint: "save it as UTF-8")
      }
      if bytes.contains(0) {
        throw FileError(.value, "\(name) is no text: it has zero bytes")
      }
      var reader = TableReader(bytes, format, name, bounds)
      return try reader.table()
    }
  }
}

/// Reads a table in one pass; the first value of a column says whether it has numbers or text.
private struct TableReader {
  private enum Content {
    case unknown
    case numbers
    case text
  }

  private var scanner: FieldScanner
  private let format: TableFormat
  private let file: String
  private let bounds: Bounds

  /// The row at hand as the file counts it, and the first that had fields.
  private var row = 0
  private var firstRow = 0
  /// The fields that a row must have.
  private var width = 0
  private var names: [String]?
  /// For each column of the file its place in the result; nil where it is left out.
  private var targets: [Int?] = []
  /// For each column of the result its place in the file.
  private var places: [Int] = []
  private var contents: [Content] = []
  private var texts: [[String]] = []
  private var numbers: [Double] = []
  private var rowCount = 0

  init(
    _ bytes: UnsafeBufferPointer<UInt8>, _ format: TableFormat, _ file: String, _ bounds: Bounds
  ) {
    scanner = FieldScanner(bytes, format)
    self.format = format
    self.file = file
    self.bounds = bounds
  }

  mutating func table() throws(FileError) -> DataTable {
    scanner.skipLines(format.skippedRows)
    row = format.skippedRows
    try readFirstRow()
    while rowCount < format.mostRows, try readRow() {}
    let isText = contents.map { $0 == .text }
    return DataTable(
      places: places, names: names.map { names in places.map { names[$0] } }, rowCount: rowCount,
      texts: zip(isText, texts).map { $0 ? $1 : nil }, numbers: numbers)
  }

  // MARK: The first row

  /// Reads the first row that has fields: names, or the first of the data.
  private mutating func readFirstRow() throws(FileError) {
    var fields: [FieldScanner.Field] = []
    var rowStart = scanner
    while let field = try next(column: fields.count, asksNumber: true) {
      if field.isEmptyRow {
        row += 1
        rowStart = scanner
        continue
      }
      fields.append(field)
      if field.endsRow { break }
    }
    firstRow = row + 1
    guard !fields.isEmpty else { throw FileError(.value, "\(file) has no rows") }
    width = fields.count
    let isHeader =
      format.header
      ?? (fields.allSatisfy { $0.number == nil } && fields.contains { !scanner.isMissing($0) })
    if isHeader {
      row += 1
      var names: [String] = []
      for field in fields {
        names.append(try text(of: field, column: names.count))
      }
      self.names = names
    } else {
      scanner = rowStart
    }
    try chooseColumns()
  }

  /// Says which columns go where.
  private mutating func chooseColumns() throws(FileError) {
    targets = [Int?](repeating: nil, count: width)
    let keys = format.columns ?? (0..<width).map { .place($0) }
    for (target, key) in keys.enumerated() {
      let place: Int
      switch key {
      case .place(let given):
        place = given < 0 ? given + width : given
        guard targets.indices.contains(place) else {
          throw FileError(
            .value, "\(file) has no column \(given): its columns are 0 to \(width - 1)")
        }
      case .name(let name):
        guard let found = names?.firstIndex(of: name) else {
          throw FileError(
            .value, "\(file) has no column '\(name)'",
            hint: names.map { "its columns are \($0.prefix(20).joined(separator: ", "))" }
              ?? "its first row has no names; header=True takes it for such")
        }
        place = found
      }
      guard targets[place] == nil else {
        throw FileError(.value, "a column of \(file) is asked for twice")
      }
      targets[place] = target
      places.append(place)
    }
    contents = .init(repeating: .unknown, count: keys.count)
    texts = .init(repeating: [], count: keys.count)
  }

  // MARK: Rows of data

  /// Reads a row; false at the end.
  private mutating func readRow() throws(FileError) -> Bool {
    var column = 0
    while let field = try next(
      column: column, asksNumber: column < width && targets[column].map { contents[$0] } != .text)
    {
      if field.isEmptyRow {
        row += 1
        continue
      }
      if column == 0 { numbers.append(contentsOf: repeatElement(.nan, count: contents.count)) }
      if column < width, let target = targets[column] {
        try take(field, column: column, target: target)
      }
      column += 1
      guard field.endsRow else { continue }
      row += 1
      guard column == width else {
        throw FileError(
          .value,
          "\(file), row \(row) has \(column) field\(column == 1 ? "" : "s"), and row \(firstRow)"
            + " has \(width)")
      }
      rowCount += 1
      if rowCount & 0xFFF == 0 {
        try bounds.check()
        try bounds.admit(numbers.count * MemoryLayout<Double>.stride, file)
      }
      return true
    }
    return false
  }

  private mutating func take(
    _ field: FieldScanner.Field, column: Int, target: Int
  ) throws(FileError) {
    switch contents[target] {
    case .text: texts[target].append(try text(of: field, column: column))
    case .numbers, .unknown:
      if let number = field.number {
        numbers[rowCount * contents.count + target] = number
        contents[target] = .numbers
      } else if scanner.isMissing(field) || format.text == .missing {
        return
      } else if format.text == .column, contents[target] == .unknown {
        contents[target] = .text
        texts[target] = .init(repeating: "", count: rowCount)
        texts[target].append(try text(of: field, column: column))
      } else {
        let text = try text(of: field, column: column)
        throw FileError(
          .value,
          "\(place(column, row + 1)): '\(text.prefix(40))\(text.count > 40 ? "…" : "")' is no number",
          hint: format.text == .column && contents[target] == .numbers
            ? "the column's first value is a number; an empty field is nan" : nil)
      }
    }
  }

  // MARK: Fields

  private mutating func next(
    column: Int, asksNumber: Bool
  ) throws(FileError) -> FieldScanner.Field? {
    do throws(FieldScanner.Fault) {
      return try scanner.next(asksNumber: asksNumber)
    } catch {
      switch error {
      case .unclosedQuote:
        throw FileError(.value, "\(place(column, row + 1)): the quote is not closed")
      case .textAfterQuote:
        throw FileError(
          .value, "\(place(column, row + 1)): text follows the closing quote",
          hint: "a quote inside of quotes is doubled")
      }
    }
  }

  private func text(
    of field: FieldScanner.Field, column: Int
  ) throws(FileError) -> String {
    guard let text = scanner.text(field) else {
      throw FileError(
        .value, "\(place(column, row + 1)): the text is not UTF-8",
        hint: "save the file as UTF-8")
    }
    return text
  }

  private func place(_ column: Int, _ row: Int) -> String {
    let name = names.flatMap { column < $0.count ? " ('\($0[column])')" : nil } ?? ""
    return "\(file), row \(row), column \(column + 1)\(name)"
  }
}
