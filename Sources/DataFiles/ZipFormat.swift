/// Numbers that both sides of the zip format need.
///
/// Source: PKWARE's APPNOTE, version 6.3.10.
enum ZipFormat {
  static let localHeader: UInt32 = 0x0403_4B50
  static let directoryEntry: UInt32 = 0x0201_4B50
  static let directoryEnd: UInt32 = 0x0605_4B50
  static let wideDirectoryEnd: UInt32 = 0x0606_4B50
  static let wideDirectoryLocator: UInt32 = 0x0706_4B50

  static let localHeaderSize = 30
  static let directoryEntrySize = 46
  static let directoryEndSize = 22
  static let wideDirectoryEndSize = 56
  static let wideDirectoryLocatorSize = 20

  static let stored: UInt16 = 0
  static let deflated: UInt16 = 8
  /// The extra field with sizes of eight bytes.
  static let wideField: UInt16 = 1
  /// A deflated byte stands for at most so many bytes.
  static let largestRatio = 1032
}

/// Little-endian numbers in bytes.
extension [UInt8] {
  /// The number at an offset; nil past the end.
  func number<T: FixedWidthInteger>(_: T.Type, at offset: Int) -> T? {
    let size = MemoryLayout<T>.size
    guard offset >= 0, offset <= count - size else { return nil }
    return self[offset..<(offset + size)].reversed().reduce(0) { $0 << 8 | T($1) }
  }

  mutating func append<T: FixedWidthInteger>(number: T) {
    for place in 0..<MemoryLayout<T>.size {
      append(UInt8(truncatingIfNeeded: number >> T(place * 8)))
    }
  }
}
