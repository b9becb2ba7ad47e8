import Glibc

/// A part of the product that takes bytes from outside.
protocol Target: AnyObject {
  /// Inputs to start from.
  static var seeds: [[UInt8]] { get }
  /// Words that inputs are made of; ASCII without quotes and backslashes.
  static var words: [String] { get }
  /// The longest input that is tried, in bytes.
  static var longest: Int { get }

  /// Gives the input to the product. What is wrong ends the process: a trap, or ``fail(_:)``.
  func test(_ input: [UInt8])
}

/// Ends the process as a crash, whose input libFuzzer then writes down.
func fail(_ claim: String) -> Never {
  fatalError(claim)
}

/// Says something beside libFuzzer's own lines.
func report(_ line: String) {
  let bytes = Array("\(line)\n".utf8)
  _ = write(STDERR_FILENO, bytes, bytes.count)
}

/// The bytes as text, with what is no UTF-8 replaced.
func text(of bytes: some Sequence<UInt8>) -> String {
  String(decoding: Array(bytes), as: UTF8.self)
}

/// A number that depends on every byte: what an input decides without a byte of its own.
func number(of text: String) -> UInt64 {
  text.utf8.reduce(14_695_981_039_346_656_037) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
}
