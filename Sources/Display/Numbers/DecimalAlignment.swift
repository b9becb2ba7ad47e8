/// Where numbers of a column meet: at the decimal point, or the exponent, or the end.
enum DecimalAlignment {
  /// Columns before the decimal point and from it on, for ASCII text of a number.
  static func split(_ text: String) -> (left: Int, right: Int) {
    let bytes = text.utf8
    // `inf` and `nan` hold no digit: they end where whole numbers end.
    guard text.last?.isNumber == true else { return (bytes.count, 0) }
    var left = 0
    for byte in bytes {
      if byte == UInt8(ascii: ".") || byte == UInt8(ascii: "e") { break }
      left += 1
    }
    return (left, bytes.count - left)
  }
}
