extension [UInt8] {
  /// Whether a file of these bytes has nothing in it but space.
  var isBlank: Bool { allSatisfy { [0x20, 0x09, 0x0A, 0x0D].contains($0) } }
}
