import Autodiff
import DataFiles
import Files
import Syntax

extension Failure {
  /// What went wrong with a data file.
  init(_ error: FileError) {
    self.init(
      ExceptionObject(kind: error.kind.rawValue, message: error.message, hint: error.hint))
  }
}

// Data files as the loaders see them: names start from the working folder.

extension Session {
  /// What reading and writing keeps to.
  var bounds: Bounds { Bounds(memory: MemoryLimit.bytes, interruption: interruption) }

  /// The file that an argument names; `suffix` is added where the name does not end with it.
  func file(
    _ call: BoundArguments, _ index: Int = 0, suffix: String = ""
  ) throws(Failure) -> DataFile {
    let name = try call.string(index)
    guard !name.isEmpty, !name.contains("\0") else {
      throw Failure(
        .value, "\(call.function)() needs the name of a file, not \(Printing.quoted(name))")
    }
    let path = FolderListing.atHome(name)
    return DataFile(path.hasSuffix(suffix) ? path : path + suffix, in: folder)
  }

  /// Reads from a file; where it is missing, the error names one that is there.
  func reading<R>(
    _ file: DataFile, _ body: () throws(FileError) -> R
  ) throws(Failure) -> R {
    do throws(FileError) {
      return try body()
    } catch {
      guard error.kind == .notFound, error.hint == nil else { throw Failure(error) }
      throw Failure(FileError(error.kind, error.message, hint: hint(forMissing: file)))
    }
  }

  func writing(_ body: () throws(FileError) -> Void) throws(Failure) {
    do throws(FileError) { try body() } catch { throw Failure(error) }
  }

  /// A file of a similar name in the same folder, or the folder that is missing itself.
  private func hint(forMissing file: DataFile) -> String? {
    let place = DiskFile(file.path)
    let shown = DiskFile(file.name)
    guard DiskFile(place.folder).isFolder else { return "there is no folder \(shown.folder)" }
    let names = DiskFile.names(inFolder: place.folder).sorted()
    let longer = names.first { $0.hasPrefix(place.name + ".") }
    guard let name = longer ?? nearest(to: place.name, among: names) else { return nil }
    let start = file.name.dropLast(shown.name.count)
    return "did you mean '\(start)\(name)'?"
  }

  /// The type that entries are to have in a file: a name such as `'float32'`, or a dtype.
  func elementType(_ call: BoundArguments, _ index: Int) throws(Failure) -> ElementType? {
    guard let value = call[index] else { return nil }
    let name = value.object(TypeObject.self)?.name ?? value.text ?? ""
    let stem = String(name.drop { "<=|".contains($0) })
    if let type = ElementType(rawValue: stem) ?? Session.elementTypes[stem] { return type }
    guard !stem.hasPrefix(">") else {
      throw Failure(
        .type, "\(call.function)() writes little-endian entries, not \(Printing.quoted(name))")
    }
    switch try dtype(value) {
    case .float: return .float64
    case .int: return .int64
    case .bool: return .bool
    }
  }

  /// Short names of types, as NumPy has them.
  private static let elementTypes: [String: ElementType] = [
    "f2": .float16, "f4": .float32, "f8": .float64, "half": .float16, "single": .float32,
    "i1": .int8, "i2": .int16, "i4": .int32, "i8": .int64, "u1": .uint8, "u2": .uint16,
    "u4": .uint32, "u8": .uint64, "b1": .bool,
  ]

  /// One character that separates fields; nil where none was given.
  func delimiter(_ call: BoundArguments, _ index: Int) throws(Failure) -> UInt8? {
    guard call[index] != nil else { return nil }
    let text = try call.string(index)
    guard text.utf8.count == 1, let byte = text.utf8.first, byte != 10, byte != 13, byte != 34
    else {
      throw Failure(
        .value,
        "\(call.function)() needs one ASCII character for \(call.names[index]), not"
          + " \(Printing.quoted(text))")
    }
    return byte
  }

  /// Columns given by place or name: one, or several in a list; nil where none were given.
  func columnKeys(
    _ call: BoundArguments, _ index: Int
  ) throws(Failure) -> [TableFormat.ColumnKey]? {
    guard let value = call[index] else { return nil }
    let isOne = if case .number = value { true } else { value.text != nil }
    var keys: [TableFormat.ColumnKey] = []
    for item in isOne ? [value] : try items(of: value) {
      if let name = item.text {
        keys.append(.name(name))
      } else {
        keys.append(contentsOf: try integers(item, what: call.names[index]).map { .place($0) })
      }
    }
    guard !keys.isEmpty else {
      throw Failure(.value, "\(call.function)() needs at least one column")
    }
    return keys
  }

  /// A number that counts lines; `default` where none was given.
  func lineCount(
    _ call: BoundArguments, _ index: Int, default other: Int
  ) throws(Failure) -> Int {
    let count = try call.int(index, default: other)
    guard count >= 0 else {
      throw Failure(
        .value, "\(call.function)() needs \(call.names[index]) of at least 0, not \(count)")
    }
    return count
  }

  /// The numbers of a table, one row for each of its rows.
  func rows(of table: DataTable, _ file: DataFile) throws(Failure) -> Tensor {
    let shape = try shape(of: [table.rowCount, table.columnCount])
    return Tensor(shape: shape, values: table.numbers)
  }
}
