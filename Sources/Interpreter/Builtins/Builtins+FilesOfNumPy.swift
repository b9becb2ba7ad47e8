import Autodiff
import DataFiles

extension Builtins {
  /// Files as NumPy's own functions read and write them.
  static var numpyFiles: [Builtin] {
    [
      Builtin(
        "load", "file, mmap_mode=None, allow_pickle=False",
        "The tensor of an npy file, or the arrays of an npz file; a pickle is never read."
      ) { call, session throws(Failure) in
        let file = try session.file(call)
        let bounds = session.bounds
        let start = try session.reading(file) { () throws(FileError) in try file.prefix(2) }
        guard start == Array("PK".utf8) else {
          return .fresh(
            try session.reading(file) { () throws(FileError) in try file.loadNPY(bounds) })
        }
        return .object(
          ArchiveObject(
            try session.reading(file) { () throws(FileError) in try Archive(file, bounds) }, file))
      },
      Builtin(
        "save", "file, arr, allow_pickle=False", "Writes a tensor as an npy file."
      ) { call, session throws(Failure) in
        try save(call, session)
      },
      Builtin(
        "savez", "file, *args, **kwds", "Writes tensors as an npz file, as save_npz does."
      ) { call, session throws(Failure) in
        try saveArchive(call, session, isCompressed: false)
      },
      Builtin(
        "savez_compressed", "file, *args, **kwds", "Writes tensors as a compressed npz file."
      ) { call, session throws(Failure) in
        try saveArchive(call, session, isCompressed: true)
      },
      Builtin(
        "loadtxt",
        "fname, dtype=None, comments='#', delimiter=None, skiprows=0, usecols=None, unpack=False,"
          + " ndmin=0, max_rows=None",
        "The numbers of a text file, between blanks or delimiters; load_csv knows headers and text."
      ) { call, session throws(Failure) in
        var format = TableFormat()
        format.skippedRows = try session.lineCount(call, 4, default: 0)
        format.mostRows = try session.lineCount(call, 8, default: .max)
        format.text = .error
        return try numbers(
          call, session, &format, delimiterAt: 3, columnsAt: 5, unpackAt: 6,
          least: call.int(7, default: 0))
      },
      Builtin(
        "genfromtxt",
        "fname, dtype=None, comments='#', delimiter=None, skip_header=0, usecols=None,"
          + " unpack=False, max_rows=None, names=None",
        "The numbers of a text file; what is no number is nan. load_csv(path, named=True) gives"
          + " columns by name."
      ) { call, session throws(Failure) in
        guard call[8] == nil else {
          throw Failure(
            .type, "genfromtxt() makes no records with names",
            hint: "load_csv(path, named=True) gives a dict of columns")
        }
        var format = TableFormat()
        format.skippedRows = try session.lineCount(call, 4, default: 0)
        format.mostRows = try session.lineCount(call, 7, default: .max)
        format.text = .missing
        return try numbers(
          call, session, &format, delimiterAt: 3, columnsAt: 5, unpackAt: 6, least: 0)
      },
      Builtin(
        "savetxt",
        "fname, X, fmt='%.18e', delimiter=' ', newline='\\n', header='', footer='', comments='# '",
        "Writes the rows of a tensor as text, each number in a format."
      ) { call, session throws(Failure) in
        try saveText(call, session)
      },
    ]
  }

  /// What `loadtxt` and `genfromtxt` have in common: a tensor without axes of length 1.
  private static func numbers(
    _ call: BoundArguments, _ session: Session, _ format: inout TableFormat,
    delimiterAt delimiter: Int, columnsAt columns: Int, unpackAt unpack: Int, least: Int
  ) throws(Failure) -> Value {
    let file = try session.file(call)
    let dtype = try call[1].map { value throws(Failure) in try session.dtype(value) }
    format.header = false
    format.delimiter = try session.delimiter(call, delimiter)
    format.hasQuotes = format.delimiter != nil
    let comments = try call.values[2] == nil ? "#" : call.string(2, default: "")
    guard comments.utf8.count <= 1 else {
      throw Failure(
        .value,
        "\(call.function)() needs one character for comments, not"
          + " \(Printing.quoted(comments))")
    }
    format.comment = comments.utf8.first
    format.columns = try session.columnKeys(call, columns)
    let bounds = session.bounds
    let settings = format
    let table = try session.reading(file) { () throws(FileError) in
      try file.loadTable(settings, bounds)
    }
    let rows = try session.rows(of: table, file)
    var lengths = rows.shape.dimensions.filter { $0 != 1 }
    // With two axes at least, a single row stays one; with one, a single number has an axis.
    if least >= 2 { lengths = rows.shape.dimensions }
    if least == 1, lengths.isEmpty { lengths = [1] }
    var x = Traced(rows.reshaped(Shape(lengths)), .fresh)
    if let dtype { x = try session.converted(x, to: dtype) }
    if try call.bool(unpack, default: false, session), x.rank == 2 {
      let turned = try session.permute(x, [1, 0])
      x = Traced(turned.tensor, .fresh)
    }
    return Value(x)
  }

  private static func saveText(
    _ call: BoundArguments, _ session: Session
  ) throws(Failure) -> Value {
    let file = try session.file(call)
    let x = try array(call.value(1), function: "savetxt", session).tensor
    guard x.shape.rank == 1 || x.shape.rank == 2 else {
      throw Failure(.shape, "savetxt() writes one or two axes, not a tensor of shape \(x.shape)")
    }
    let width = x.shape.rank == 2 ? x.shape[1] : 1
    let delimiter = try call.string(3, default: " ")
    let newline = try call.string(4, default: "\n")
    let comments = try call.string(7, default: "# ")
    let template = try rowTemplate(call, width, delimiter, session)
    func remark(_ index: Int) throws(Failure) -> String {
      let text = try call.string(index, default: "")
      return text.isEmpty ? "" : comments + text.replacing("\n", with: "\n" + comments) + newline
    }
    var text = Array(try remark(5).utf8)
    for row in 0..<x.shape[0] {
      let entries = (0..<width).map { Value.number(x[row * width + $0]) }
      text += Array(try session.percentFormat(template, .tuple(entries)).utf8)
      text += newline.utf8
      try session.checkInterruption()
    }
    text += try remark(6).utf8
    let bounds = session.bounds
    let bytes = text
    try session.writing { () throws(FileError) in try file.saveText(bytes, bounds) }
    return .none
  }

  /// The format of a whole row, from one for each number or one for all of them.
  private static func rowTemplate(
    _ call: BoundArguments, _ width: Int, _ delimiter: String, _ session: Session
  ) throws(Failure) -> String {
    let escaped = delimiter.replacing("%", with: "%%")
    if let value = call[2], value.text == nil {
      var formats: [String] = []
      for item in try session.items(of: value) { formats.append(try session.text(item)) }
      guard formats.count == width else {
        throw Failure(
          .value, "savetxt() got \(formats.count) formats for \(width) columns")
      }
      return formats.joined(separator: escaped)
    }
    let format = try call.string(2, default: "%.18e")
    let count = format.replacing("%%", with: "").count { $0 == "%" }
    guard count == 1 || count == width else {
      throw Failure(
        .value, "\(Printing.quoted(format)) formats \(count) numbers, and a row has \(width)")
    }
    return count == 1
      ? [String](repeating: format, count: width).joined(separator: escaped) : format
  }
}
