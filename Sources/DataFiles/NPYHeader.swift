import Autodiff

/// What stands before the entries of an npy file.
///
/// Source: NEP 1 and the module documentation of `numpy.lib.format`, versions 1.0, 2.0 and 3.0.
struct NPYHeader {
  var type: ElementType
  var isBigEndian = false
  var isFortranOrder = false
  var shape: Shape

  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
  /// Headers are short; longer ones describe records.
  private static let longest = 1 << 16

  /// The magic, the version, the length and the header of version 1.0, padded to 64 bytes.
  var bytes: [UInt8] {
    var text =
      "{'descr': '\(type.description)', 'fortran_order': False, 'shape': \(shape.description), }"
    text += String(repeating: " ", count: 63 - (text.utf8.count + 10) % 64) + "\n"
    let count = text.utf8.count
    return NPYHeader.magic + [1, 0, UInt8(count & 0xFF), UInt8(count >> 8)] + Array(text.utf8)
  }

  /// The bytes that the entries take: shapes are checked to fit the memory as float64.
  var entryBytes: Int { shape.count * type.size }

  /// Reads the header, and leaves the source at the first entry.
  ///
  /// Throws: another kind of file, a damaged header, types and shapes that no tensor has.
  static func read(from source: some ByteSource, _ what: String) throws(FileError) -> NPYHeader {
    func damaged(_ reason: String, hint: String? = nil) -> FileError {
      FileError(.value, "\(what) is no npy file that can be read: \(reason)", hint: hint)
    }
    guard source.remaining >= 10 else {
      throw damaged(
        source.remaining == 0 ? "it is empty" : "it ends after \(source.remaining) bytes")
    }
    let start = try source.next(8)
    guard !start.starts(with: [0x50, 0x4B]) else {
      throw damaged("it is a zip archive, as npz files are", hint: "load_npz reads npz files")
    }
    guard start.starts(with: magic) else {
      throw damaged(foreign(start) ?? "it does not begin as npy files do")
    }
    let version = start[6]
    guard (1...3).contains(version), start[7] == 0 else {
      throw damaged("it has version \(version).\(start[7]), and 1.0, 2.0 and 3.0 are known")
    }
    let width = version == 1 ? 2 : 4
    guard source.remaining >= width else { throw damaged("it ends in the header") }
    let length = try source.next(width).reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= source.remaining else { throw damaged("it ends in the header") }
    guard length <= longest else {
      throw damaged("its header of \(length) bytes is longer than one of numbers")
    }
    return try parse(source.next(length), what)
  }

  /// What a file that begins otherwise seems to be.
  private static func foreign(_ start: [UInt8]) -> String? {
    start[0] == 0x80 && start[1] <= 5 ? "it is a pickle, which is never read" : nil
  }

  /// Reads the dict that a header is.
  static func parse(_ bytes: [UInt8], _ what: String) throws(FileError) -> NPYHeader {
    var literal = HeaderLiteral(bytes)
    guard let fields = literal.dict() else {
      throw FileError(.value, "\(what) has a damaged header")
    }
    guard fields.count == 3, let description = fields["descr"],
      case .boolean(let isFortranOrder)? = fields["fortran_order"],
      case .tuple(let lengths)? = fields["shape"]
    else {
      throw FileError(.value, "\(what) has a header that is not one of an array")
    }
    guard case .text(let text) = description else {
      throw FileError(.value, "\(what) holds records, and a tensor holds numbers")
    }
    let (type, isBigEndian) = try ElementType.parse(text, what)
    let shape: Shape
    do throws(GateError) {
      shape = try Shape(checking: lengths)
    } catch {
      throw FileError(
        error.kind == .memory ? .memory : .value,
        "\(what) has a shape that no tensor has: \(error.message)")
    }
    return NPYHeader(
      type: type, isBigEndian: isBigEndian, isFortranOrder: isFortranOrder, shape: shape)
  }
}
