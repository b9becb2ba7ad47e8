#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Axes of a variance, and what its divisor is less than the count.
public struct Spread: Sendable {
  public var axes: [Int]?
  public var keepsDimensions: Bool
  public var ddof: Double

  public init(axes: [Int]?, keepsDimensions: Bool, ddof: Double = 0) {
    self.axes = axes
    self.keepsDimensions = keepsDimensions
    self.ddof = ddof
  }

  init(_ parameters: Parameters) throws(GateError) {
    switch parameters {
    case .none: self.init(axes: nil, keepsDimensions: false)
    case .axes(let axes, let keeps): self.init(axes: axes, keepsDimensions: keeps)
    case .other(let spread as Spread): self = spread
    default: throw .parameters
    }
  }

  func reduction(_ source: Shape) throws(GateError) -> Reduction {
    try Reduction(source, axes: axes, keepsDimensions: keepsDimensions)
  }

  /// What the sum of squares is divided by.
  func divisor(_ reduction: Reduction) -> Double { max(0, Double(reduction.length) - ddof) }
}

extension Gate {
  private static let spreads = [
    Sample([Shape(3, 4)], .axes(nil, keepDimensions: false)),
    Sample([Shape(3, 4)], .other(Spread(axes: [0], keepsDimensions: false, ddof: 1))),
    Sample([Shape(2, 3, 4)], .other(Spread(axes: [0, 2], keepsDimensions: true))),
  ]

  private static let axesSamples = [
    Sample([Shape(3, 4)], .axes(nil, keepDimensions: false)),
    Sample([Shape(3, 4)], .axes([0], keepDimensions: false)),
    Sample([Shape(2, 3, 4)], .axes([0, 2], keepDimensions: true)),
    Sample([Shape()], .axes(nil, keepDimensions: false)),
  ]

  /// Variances and lengths.
  ///
  /// Parameters: `.other(Spread)` or `.axes` for `var` and `std`, `.axes`
  /// for the others.
  static let spreadGates: [Gate] = [
    .general(
      "var", parameters: ["axis=None", "ddof=0", "keepdims=False"],
      summary: "The variance of all entries, or along axes.",
      formula: "Σ (x - mean(x))**2 / (n - ddof)",
      localGradient: "2 * (x - mean(x)) / (n - ddof)",
      note: "nan when n <= ddof; 0 for one entry and ddof=0", samples: spreads,
      usesOperands: true,
      forward: { operands, parameters throws(GateError) in
        let spread = try Spread(parameters)
        return try operands[0].variance(spread, spread.reduction(operands[0].shape))
      },
      local: { tape, application, _ throws(GateError) in
        let spread = try Spread(application.parameters)
        let reduction = try spread.reduction(application.operands[0].shape)
        let centred = try tape.centred(application.operands[0], reduction)
        let factor = Traced(constant: 2 / spread.divisor(reduction))
        return try reduction.weighted(tape.multiply(factor, centred))
      }),
    .general(
      "std", parameters: ["axis=None", "ddof=0", "keepdims=False"],
      summary: "The standard deviation of all entries, or along axes.",
      formula: "sqrt(var(x))", localGradient: "(x - mean(x)) / ((n - ddof) * std)",
      note: "the slope is 0 where all entries are equal", samples: spreads,
      usesOperands: true, usesResult: true,
      forward: { operands, parameters throws(GateError) in
        let spread = try Spread(parameters)
        var result = try operands[0].variance(spread, spread.reduction(operands[0].shape))
        result.update { entries in
          for index in entries.indices { entries[index].formSquareRoot() }
        }
        return result
      },
      local: { tape, application, _ throws(GateError) in
        let spread = try Spread(application.parameters)
        let reduction = try spread.reduction(application.operands[0].shape)
        let centred = try tape.centred(application.operands[0], reduction)
        let deviation = try tape.reshape(application.result, reduction.kept)
        let scaled = try tape.multiply(
          Traced(constant: spread.divisor(reduction)), deviation)
        return try reduction.weighted(tape.apply("divide_or_zero", centred, scaled))
      }),
    .general(
      "norm", parameters: ["axis=None", "keepdims=False"], symbol: "‖x‖",
      summary: "The Euclidean length of all entries, or along axes.",
      formula: "sqrt(Σ x**2)", localGradient: "x / f", note: "the slope at 0 is 0",
      source: "NumPy", samples: axesSamples, usesOperands: true, usesResult: true,
      forward: { operands, parameters throws(GateError) in
        operands[0].length(try Reduction(operands[0].shape, parameters))
      },
      local: { tape, application, _ throws(GateError) in
        let reduction = try Reduction(application.operands[0].shape, application.parameters)
        let length = try tape.reshape(application.result, reduction.kept)
        return try reduction.weighted(
          tape.apply("divide_or_zero", application.operands[0], length))
      }),
    .general(
      "logsumexp", parameters: ["axis=None", "keepdims=False"],
      summary: "The logarithm of the sum of exponentials, without overflow: a smooth maximum.",
      formula: "log(Σ exp(x))", localGradient: "softmax(x)",
      note: "-inf when there are no entries", source: "SciPy", samples: axesSamples,
      usesOperands: true, usesResult: true,
      forward: { operands, parameters throws(GateError) in
        let reduction = try Reduction(operands[0].shape, parameters)
        return operands[0].logSumExp(reduction).total
      },
      local: { tape, application, _ throws(GateError) in
        let reduction = try Reduction(application.operands[0].shape, application.parameters)
        let total = try tape.reshape(application.result, reduction.kept)
        let shifted = try tape.subtract(application.operands[0], total)
        return try reduction.weighted(tape.apply("exp", shifted))
      }),
  ]
}

extension Tape {
  /// The operand less the mean of its group.
  fileprivate mutating func centred(
    _ x: Traced, _ reduction: Reduction
  ) throws(GateError) -> Traced {
    let mean = try apply(
      "mean", x, parameters: .axes(reduction.axes, keepDimensions: true))
    return try subtract(x, mean)
  }
}

extension Tensor {
  /// The variance of each group, by two passes; exactly 0 where all entries are equal.
  fileprivate func variance(_ spread: Spread, _ reduction: Reduction) -> Tensor {
    let means = mean(reduction)
    let mean = means.reshaped(reduction.kept).broadcast(to: shape)
    var squares = self
    mean.withEntries { mean in
      squares.update { entries in
        for index in entries.indices {
          let difference = entries[index] - mean[index]
          entries[index] = difference * difference
        }
      }
    }
    let divisor = spread.divisor(reduction)
    var result = squares.summed(to: reduction.kept).reshaped(reduction.result)
    result.update { entries in
      for index in entries.indices { entries[index] /= divisor }
      // The mean of equal entries is rounded; what that leaves would pass for a spread.
      let suspects = entries.indices.filter {
        entries[$0] > 0 && entries[$0].squareRoot() <= 1e-12 * abs(means[$0])
      }
      guard !suspects.isEmpty else { return }
      let starts = reduction.starts
      let steps = reduction.steps
      withEntries { source in
        for index in suspects {
          let start = starts[index]
          if steps.allSatisfy({ source[start + $0] == source[start] }) { entries[index] = 0 }
        }
      }
    }
    return result
  }

  /// The Euclidean length of each group; scaled where squares would leave the range of numbers.
  fileprivate func length(_ reduction: Reduction) -> Tensor {
    var squares = self
    squares.update { entries in
      for index in entries.indices { entries[index] *= entries[index] }
    }
    var result = squares.summed(to: reduction.kept).reshaped(reduction.result)
    let starts = reduction.starts
    let steps = reduction.steps
    withEntries { source in
      result.update { entries in
        for index in entries.indices {
          let square = entries[index]
          if square > 1e-280, square.isFinite {
            entries[index] = square.squareRoot()
            continue
          }
          var largest = 0.0
          for step in steps { largest = max(largest, abs(source[starts[index] + step])) }
          guard largest > 0, largest.isFinite else {
            entries[index] = square.squareRoot()
            continue
          }
          var sum = 0.0
          for step in steps {
            let ratio = source[starts[index] + step] / largest
            sum += ratio * ratio
          }
          entries[index] = largest * sum.squareRoot()
        }
      }
    }
    return result
  }

  /// log Σ exp of each group, and what it is above the group's largest entry.
  ///
  /// The largest entry counts as exactly 1 and the others go through log1p, so that a total that is
  /// hardly above its largest term keeps its digits.
  func logSumExp(_ reduction: Reduction) -> (total: Tensor, largest: Tensor, excess: Tensor) {
    guard reduction.length > 0 else {
      let empty = Tensor(repeating: -.infinity, shape: reduction.result)
      return (empty, empty, Tensor(repeating: 0, shape: reduction.result))
    }
    if let rows = RowExponentials(reduction) {
      let (largest, excess) = rows.logSumExp(self, reduction.result)
      var total = excess
      total.add(largest)
      return (total, largest, excess)
    }
    let places = reduction.best(self) { $0 > $1 }
    let largest = withEntries { source in
      Tensor(shape: reduction.result, values: places.map { source[$0] })
    }
    let shift = largest.reshaped(reduction.kept).broadcast(to: shape)
    var others = self
    shift.withEntries { shift in
      others.update { entries in
        for index in entries.indices {
          entries[index] = exp(entries[index] - (shift[index].isFinite ? shift[index] : 0))
        }
        for place in places { entries[place] = 0 }
      }
    }
    var excess = others.summed(to: reduction.kept).reshaped(reduction.result)
    excess.update { entries in
      for index in entries.indices { entries[index] = log1p(entries[index]) }
    }
    var total = excess
    largest.withEntries { largest in
      total.update { entries in for index in entries.indices { entries[index] += largest[index] } }
    }
    return (total, largest, excess)
  }
}
