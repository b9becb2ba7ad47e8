import ArgumentParser

/// A size on the command line: `512M`, `2G`, `1.5GiB`, or a number of bytes.
struct ByteCount: ExpressibleByArgument {
  var bytes: Int

  init(bytes: Int) { self.bytes = bytes }

  init?(argument: String) {
    let digits = argument.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    guard let number = Double(digits), number > 0,
      let exponent = Self.exponents[argument.dropFirst(digits.count).lowercased()]
    else { return nil }
    let bytes = number * Double(1 << exponent)
    guard bytes >= 1, bytes < Double(1 << 62) else { return nil }
    self.bytes = Int(bytes)
  }

  /// Powers of two, as memory is counted.
  private static let exponents = [
    "": 0, "b": 0, "k": 10, "kb": 10, "kib": 10, "m": 20, "mb": 20, "mib": 20, "g": 30, "gb": 30,
    "gib": 30, "t": 40, "tb": 40, "tib": 40,
  ]

  /// Reads the value of an option.
  static func argument(_ text: String) throws -> ByteCount {
    guard let size = ByteCount(argument: text) else {
      throw ValidationError("it must be \(help), not '\(text)'")
    }
    return size
  }

  static let help = "a number of bytes, or one with K, M, G or T behind it"
}
