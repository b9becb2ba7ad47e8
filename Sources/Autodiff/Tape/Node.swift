/// One recorded gate application, or a leaf: trivial, so that recording is a few stores.
///
/// A gate of numbers keeps its operands' values in place; an application to tensors keeps an
/// index into the tape's applications.
struct Node {
  var gate: UInt16
  var flags: Flags
  /// The operands' nodes; 0 and 1 are untracked.
  var a: UInt32
  var b: UInt32
  /// The index of the application, for nodes that are one.
  var application: UInt32
  /// The value, of rank 0.
  var value: Double
  /// The operands' values, of rank 0.
  var x: Double
  var y: Double

  struct Flags: OptionSet {
    let rawValue: UInt16

    static let leaf = Flags(rawValue: 1)
    /// A trainable leaf.
    static let param = Flags(rawValue: 2)
    /// Depends on a trainable leaf, or is one.
    static let trained = Flags(rawValue: 4)
    /// A gate applied to tensors, or a general gate.
    static let application = Flags(rawValue: 8)
    /// The value has a rank above 0.
    static let tensor = Flags(rawValue: 16)
    /// A name or a place holds it: its gradient is kept after a pass.
    static let named = Flags(rawValue: 32)
    /// The first operand depends on a trainable leaf; likewise the second.
    static let trainedA = Flags(rawValue: 64)
    static let trainedB = Flags(rawValue: 128)
    /// One operand only.
    static let unary = Flags(rawValue: 256)
    /// A gate was applied to it as a tensor.
    static let used = Flags(rawValue: 512)
    /// A param that no value stands for any more.
    static let dropped = Flags(rawValue: 1024)
  }
}
