import Autodiff
import DataFiles

extension Builtins {
  /// Tensors from files and into files; names start from the working folder.
  static func files() -> [Builtin] {
    [
      Builtin("load_npy", "path", "The tensor of an npy file, as np.save writes it.") {
        call, session throws(Failure) in
        let file = try session.file(call)
        let bounds = session.bounds
        return .fresh(
          try session.reading(file) { () throws(FileError) in try file.loadNPY(bounds) })
      },
      Builtin(
        "save_npy", "path, x, dtype=None",
        "Writes a tensor as an npy file, which np.load reads; dtype is the type in the file,"
          + " such as 'float32' or 'int64'."
      ) { call, session throws(Failure) in
        try save(call, session, dtypeAt: 2)
      },
      Builtin(
        "load_npz", "path, *names",
        "A dict of the arrays of an npz file by their names, of all or of those that are named."
      ) { call, session throws(Failure) in
        let file = try session.file(call)
        let bounds = session.bounds
        let archive = try session.reading(file) { () throws(FileError) in
          try Archive(file, bounds)
        }
        var names = call.rest.isEmpty ? archive.names : []
        for value in call.rest {
          guard let name = value.text else {
            throw Failure(.type, "load_npz() needs names of arrays, not \(value.described)")
          }
          names.append(name)
        }
        let dict = DictObject()
        var bytes = 0
        for name in names {
          let array = try session.array(name, of: archive, file)
          try dict.set(.string(name), array)
          bytes += (array.traced?.tensor.count ?? 0) * MemoryLayout<Double>.stride
          guard bytes <= MemoryLimit.bytes else {
            throw Failure(
              .memory,
              "the arrays of \(file.name) take more than the limit of"
                + " \(MemoryLimit.text(MemoryLimit.bytes))",
              hint: "np.load(path) reads each array when it is asked for")
          }
        }
        return .object(dict)
      },
      Builtin(
        "save_npz", "path, *tensors, **named",
        "Writes tensors as an npz file, under their names or as arr_0, arr_1 and so on."
      ) { call, session throws(Failure) in
        try saveArchive(call, session, isCompressed: false)
      },
      Builtin(
        "load_csv", "path, header=None, delimiter=None, columns=None, named=None",
        "The rows of a csv file: a tensor of shape (rows, columns) where all columns are numbers,"
          + " else, or with named=True, a dict of columns. A column whose first value is text is"
          + " a list of strings; an empty field, NA or null is nan. The first row is taken for a"
          + " header when it has no number; header=True or False says it. columns=[…] takes some,"
          + " by place or name; fields end at commas or at the delimiter."
      ) { call, session throws(Failure) in
        try loadTable(call, session)
      },
      Builtin(
        "save_csv", "path, x, header=None, delimiter=None",
        "Writes the rows of a tensor, or a dict of columns, as a csv file; numbers read back"
          + " exactly. header=[…] names the columns."
      ) { call, session throws(Failure) in
        try saveTable(call, session)
      },
    ]
  }

  /// Writes one tensor as an npy file.
  static func save(
    _ call: BoundArguments, _ session: Session, dtypeAt place: Int? = nil
  ) throws(Failure) -> Value {
    let file = try session.file(call, suffix: ".npy")
    let tensor = try array(call.value(1), function: call.function, session).tensor
    let type = try place.flatMap { place throws(Failure) in
      try session.elementType(call, place)
    }
    let bounds = session.bounds
    try session.writing { () throws(FileError) in try file.saveNPY(tensor, as: type, bounds) }
    return .none
  }

  /// Writes the further arguments as an npz file.
  static func saveArchive(
    _ call: BoundArguments, _ session: Session, isCompressed: Bool
  ) throws(Failure) -> Value {
    let file = try session.file(call, suffix: ".npz")
    var tensors: [(name: String, tensor: Tensor)] = []
    for (place, value) in call.rest.enumerated() {
      tensors.append(
        ("arr_\(place)", try array(value, function: call.function, session).tensor))
    }
    for (name, value) in call.keywordRest {
      guard !tensors.contains(where: { $0.name == name }) else {
        throw Failure(.value, "\(call.function)() got two arrays for the name \(name)")
      }
      tensors.append((name, try array(value, function: call.function, session).tensor))
    }
    let bounds = session.bounds
    try session.writing { () throws(FileError) in
      try file.saveNPZ(tensors, isCompressed: isCompressed, bounds)
    }
    return .none
  }

  // MARK: Tables

  private static func loadTable(
    _ call: BoundArguments, _ session: Session
  ) throws(Failure) -> Value {
    let file = try session.file(call)
    var format = TableFormat()
    if let header = call[1] {
      guard case .boolean(let isHeader) = header else {
        throw Failure(
          .type, "load_csv() needs True, False or None for header, not \(header.described)")
      }
      format.header = isHeader
    }
    format.delimiter = try session.delimiter(call, 2) ?? UInt8(ascii: ",")
    format.columns = try session.columnKeys(call, 3)
    let isNamed = call[4] == nil ? nil : try call.bool(4, default: false, session)
    if isNamed == false { format.text = .error }
    let bounds = session.bounds
    let table = try session.reading(file) { () throws(FileError) in
      try file.loadTable(format, bounds)
    }
    if isNamed != true, table.isNumeric { return .fresh(try session.rows(of: table, file)) }
    let dict = DictObject()
    for column in 0..<table.columnCount {
      let key: Value =
        table.names.map { .string($0[column]) } ?? .int(table.places[column])
      guard try dict.value(key) == nil else {
        throw Failure(.value, "\(file.name) has two columns \(try session.repr(key))")
      }
      let value: Value =
        if let texts = table.texts[column] {
          .list(texts.map { .string($0) })
        } else {
          .fresh(
            Tensor(shape: try session.shape(of: [table.rowCount]), values: table.column(column)))
        }
      try dict.set(key, value)
    }
    return .object(dict)
  }

  private static func saveTable(
    _ call: BoundArguments, _ session: Session
  ) throws(Failure) -> Value {
    let file = try session.file(call)
    let delimiter = try session.delimiter(call, 3) ?? UInt8(ascii: ",")
    var header = try names(call, 2, session)
    let bounds = session.bounds
    func check(_ columns: Int) throws(Failure) {
      guard let header, header.count != columns else { return }
      throw Failure(
        .shape,
        "save_csv() got \(header.count) names in header for \(columns)"
          + " column\(columns == 1 ? "" : "s")")
    }
    if let dict = call.value(1).object(DictObject.self) {
      var columns: [DataFile.Column] = []
      for (key, value) in dict.items {
        columns.append(try column(value, "column \(try session.repr(key))", session))
      }
      if header == nil {
        header = try dict.items.map { item throws(Failure) in try session.text(item.key) }
      }
      try check(columns.count)
      try session.writing { () throws(FileError) in
        try file.saveTable(columns, header: header, delimiter: delimiter, bounds)
      }
      return .none
    }
    let x = try array(call.value(1), function: "save_csv", session).tensor
    guard x.shape.rank <= 2 else {
      throw Failure(
        .shape, "save_csv() writes rows and columns, not a tensor of shape \(x.shape)",
        hint: "x.reshape(len(x), -1) makes one row of each entry; save_npy keeps the shape")
    }
    let table = x.shape.rank == 2 ? x : x.reshaped(Shape(x.count, 1))
    try check(table.shape[1])
    try session.writing { () throws(FileError) in
      try file.saveRows(table, header: header, delimiter: delimiter, bounds)
    }
    return .none
  }

  /// Names of columns; nil where none are given.
  private static func names(
    _ call: BoundArguments, _ index: Int, _ session: Session
  ) throws(Failure) -> [String]? {
    guard let value = call[index] else { return nil }
    guard value.text == nil, case .object = value else {
      throw Failure(
        .type, "\(call.function)() needs a list of names for header, not \(value.described)")
    }
    return try session.items(of: value).map { item throws(Failure) in try session.text(item) }
  }

  /// A column to write: a tensor or list of numbers, or strings.
  private static func column(
    _ value: Value, _ what: String, _ session: Session
  ) throws(Failure) -> DataFile.Column {
    if let x = try session.tensor(value)?.tensor {
      guard x.shape.rank == 1 else {
        throw Failure(.shape, "\(what) must have one axis, and has shape \(x.shape)")
      }
      return .numbers(x)
    }
    guard case .object = value else {
      throw Failure(.type, "\(what) must be a tensor or a list, not \(value.described)")
    }
    var texts: [String] = []
    for item in try session.items(of: value) {
      if let text = item.text {
        texts.append(text)
      } else if let number = item.traced?.tensor.item {
        texts.append(Printing.number(number))
      } else {
        throw Failure(.type, "\(what) must have numbers and strings, not \(item.described)")
      }
    }
    return .text(texts)
  }
}

extension Session {
  /// An array of an npz file.
  func array(_ name: String, of archive: Archive, _ file: DataFile) throws(Failure) -> Value {
    let bounds = bounds
    let tensor = try reading(file) { () throws(FileError) in try archive.tensor(name, bounds) }
    guard let tensor else {
      throw Failure(
        .key, "\(file.name) has no array \(Printing.quoted(name))",
        hint: nearestKey(to: .string(name), in: archive.names.map { .string($0) })
          ?? "it has \(archive.names.prefix(20).joined(separator: ", "))")
    }
    return .fresh(tensor)
  }
}
