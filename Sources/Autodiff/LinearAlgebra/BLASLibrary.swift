import COpenBLAS

/// The library that computes large products, opened when it is first needed.
public enum BLASLibrary {
  /// What the library says of itself; nil where it cannot be opened.
  public static var version: String? {
    guard let symbol = nabla_blas_symbol("openblas_get_config") else { return nil }
    typealias Function = @convention(c) () -> UnsafePointer<CChar>?
    let function = unsafeBitCast(symbol, to: Function.self)
    let words = function().map { String(cString: $0) }?.split(separator: " ") ?? []
    return words.count > 1 ? String(words[1]) : nil
  }

  /// The largest error of a product by the library; nil where it cannot be opened.
  ///
  /// The entries are small integers, which every order of additions sums exactly: so it is 0, or the
  /// library is not to be trusted.
  public static func productError() -> Double? {
    let (rows, inner, columns) = (65, 130, 67)
    let a = (0..<rows * inner).map { Double($0 * 7 % 13) - 6 }
    let b = (0..<inner * columns).map { Double($0 * 5 % 11) - 5 }
    var c = [Double](repeating: 0, count: rows * columns)
    let status = nabla_dgemm(
      a, Int32(inner), 0, b, Int32(columns), 0, &c, Int32(columns), Int32(rows), Int32(inner),
      Int32(columns), 0)
    guard status == 0 else { return nil }
    var error = 0.0
    for row in 0..<rows {
      for column in 0..<columns {
        var sum = 0.0
        for place in 0..<inner { sum += a[row * inner + place] * b[place * columns + column] }
        let difference = (sum - c[row * columns + column]).magnitude
        error = difference.isNaN ? .infinity : max(error, difference)
      }
    }
    return error
  }
}
