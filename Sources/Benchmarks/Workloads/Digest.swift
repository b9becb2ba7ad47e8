import Autodiff

#if canImport(Glibc)
  import Glibc
#endif

/// What is compared of a loss and its gradients: the loss, and of each gradient sum, norm, first,
/// middle and last entry.
struct Digest: Sendable, Equatable {
  var loss: Double
  var tensors: [[Double]]

  init(loss: Double, _ gradients: [[Double]]) {
    self.loss = loss
    tensors = gradients.map { Digest.entry($0) }
  }

  init(loss: Double, tensors gradients: [Tensor]) {
    self.loss = loss
    tensors = gradients.map { tensor in tensor.withEntries { Digest.entry($0) } }
  }

  /// Takes the flat form of the peers' file; nil when it has another length.
  init?(flat values: [Double]) {
    guard let loss = values.first, values.count % 5 == 1 else { return nil }
    self.loss = loss
    tensors = stride(from: 1, to: values.count, by: 5).map { Array(values[$0..<$0 + 5]) }
  }

  private static func entry(_ values: some RandomAccessCollection<Double>) -> [Double] {
    var (sum, squares) = (CompensatedSum(), CompensatedSum())
    for value in values {
      sum.add(value)
      squares.add(value * value)
    }
    func at(_ offset: Int) -> Double { values[values.index(values.startIndex, offsetBy: offset)] }
    guard !values.isEmpty else { return [0, 0, 0, 0, 0] }
    return [
      sum.value, squares.value.squareRoot(), at(0), at(values.count / 2), at(values.count - 1),
    ]
  }

  /// The largest relative difference, as the peers' file measures it; NaN where one is.
  ///
  /// Sums are relative to the gradient's norm, entries to a thousandth of it, so that what nearly
  /// cancels is not asked for more than float64 has; infinite where the forms differ.
  func difference(from reference: Digest) -> Double {
    guard tensors.count == reference.tensors.count else { return .infinity }
    let largest = reference.tensors.map { $0[1] }.max() ?? 0
    let floor = 1e-12 + 1e-6 * largest
    var worst = abs(loss - reference.loss) / (abs(reference.loss) + floor)
    for (mine, theirs) in zip(tensors, reference.tensors) {
      for place in mine.indices {
        let scale = max(abs(theirs[place]), theirs[1] * (place >= 2 ? 1e-3 : 1))
        let difference = abs(mine[place] - theirs[place]) / (scale + floor)
        // `max` would lose NaN.
        if !(difference <= worst) { worst = difference }
        if worst.isNaN { return worst }
      }
    }
    return worst
  }
}

/// What results are held against.
enum Reference: Sendable {
  case digest(Digest)
  /// The sum of a Jacobian's entries and of their squares.
  case jacobian(sum: Double, squares: Double)

  /// Differences above this are failures.
  static let tolerance = 1e-9
}

/// A sum that carries its rounding error (Neumaier), so that it depends on no other order.
struct CompensatedSum {
  private var sum = 0.0
  private var lost = 0.0

  init() {}
  init(_ values: some Sequence<Double>) { for value in values { add(value) } }

  mutating func add(_ value: Double) {
    let next = sum + value
    lost += abs(sum) >= abs(value) ? (sum - next) + value : (value - next) + sum
    sum = next
  }

  var value: Double { sum + lost }
}
