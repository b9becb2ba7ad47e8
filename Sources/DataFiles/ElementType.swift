/// The types of entries that NumPy writes and that a tensor can hold.
public enum ElementType: String, Sendable, CaseIterable {
  case bool, int8, uint8, int16, uint16, int32, uint32, int64, uint64, float16, float32, float64

  /// The bytes of one entry.
  var size: Int {
    switch self {
    case .bool, .int8, .uint8: 1
    case .int16, .uint16, .float16: 2
    case .int32, .uint32, .float32: 4
    case .int64, .uint64, .float64: 8
    }
  }

  /// The letter that stands for the kind in a header.
  private var letter: Character {
    switch self {
    case .bool: "b"
    case .int8, .int16, .int32, .int64: "i"
    case .uint8, .uint16, .uint32, .uint64: "u"
    case .float16, .float32, .float64: "f"
    }
  }

  /// The type as a header states it, little-endian.
  var description: String { "\(size == 1 ? "|" : "<")\(letter)\(size)" }

  /// Reads what a header states, such as `<f8`.
  ///
  /// Throws: text, dates, complex numbers, records, Python objects.
  static func parse(
    _ text: String, _ what: String
  ) throws(FileError) -> (type: ElementType, isBigEndian: Bool) {
    var rest = text[...]
    var order: Character = "="
    if let first = rest.first, "<>=|".contains(first) {
      order = first
      rest = rest.dropFirst()
    }
    if let type = allCases.first(where: { "\($0.letter)\($0.size)" == rest }) {
      return (type, order == ">")
    }
    let kind: String
    switch rest.first {
    case "O":
      throw FileError(
        .value, "\(what) holds Python objects as a pickle, which is never read",
        hint: "in NumPy, np.save(path, x.astype(float)) writes numbers")
    case "U", "S", "a": kind = "text"
    case "M", "m": kind = "dates or times"
    case "c": kind = "complex numbers"
    case "V": kind = "records"
    default: kind = "entries"
    }
    throw FileError(
      .value, "\(what) holds \(kind) of the type \(text), which is no type of real numbers",
      hint: kind == "text" ? "save_csv and load_csv keep columns of text" : nil)
  }

  /// The largest integer up to which float64 has every integer.
  static let exactLimit = 1 << 53
}
