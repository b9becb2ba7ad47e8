extension Gate {
  /// Softmax.
  ///
  /// Parameters: `.axis`.
  static let softmaxes: [Gate] = [
    .general(
      "softmax", parameters: ["axis=-1"],
      summary: "Exponentials divided by their sum along an axis: probabilities.",
      formula: "exp(x) / Σ exp(x)", localGradient: "diagonal + rank one: diag(f) - f fᵀ",
      note: "without overflow for any finite x", source: "SciPy",
      samples: [
        Sample([Shape(5)], .axis(0)), Sample([Shape(3, 4)], .axis(0)),
        Sample([Shape(2, 3, 4)], .axis(-1)),
      ],
      usesResult: true,
      forward: { operands, parameters throws(GateError) in
        let x = operands[0]
        let reduction = try Reduction(x.shape, axes: [parameters.axis()], keepsDimensions: true)
        if x.count == 0 { return x }
        if let rows = RowExponentials(reduction) { return rows.softmax(x) }
        let powers = try x.exponentials(reduction)
        return try powers.elementwise("divide", powers.summed(to: reduction.kept))
      },
      local: { _, application, _ throws(GateError) in
        let shape = application.result.shape
        let axis = try shape.resolved(axis: application.parameters.axis())
        return LinearMap(
          rows: shape, columns: shape, .softmax(application.result, axis: axis))
      }),
    .general(
      "log_softmax", parameters: ["axis=-1"],
      summary: "The logarithm of softmax, without underflow.",
      formula: "x - logsumexp(x)", localGradient: "identity - 1 softmax(x)ᵀ",
      note: "without overflow or underflow for any finite x", source: "SciPy",
      samples: [
        Sample([Shape(5)], .axis(0)), Sample([Shape(3, 4)], .axis(0)),
        Sample([Shape(2, 3, 4)], .axis(-1)),
      ],
      usesResult: true,
      forward: { operands, parameters throws(GateError) in
        let x = operands[0]
        let reduction = try Reduction(x.shape, axes: [parameters.axis()], keepsDimensions: true)
        if x.count == 0 { return x }
        // Largest and excess apart: x - largest is exact where it matters.
        let parts = x.logSumExp(reduction)
        return try x.elementwise("subtract", parts.largest).elementwise("subtract", parts.excess)
      },
      local: { tape, application, _ throws(GateError) in
        let shape = application.result.shape
        let reduction = try Reduction(
          shape, axes: [application.parameters.axis()], keepsDimensions: true)
        let shares = try tape.apply("negative", tape.apply("exp", application.result))
        let rankOne = LinearMap.broadcast(from: reduction.kept, to: shape)
          .after(reduction.weighted(shares))
        return LinearMap(rows: shape, columns: shape, .total([.identity(shape), rankOne]))
      }),
  ]

  private static let labelSamples = [
    Sample([Shape(3, 4)], .labels([1, 3, 0])), Sample([Shape(4)], .labels([2])),
  ]

  /// Mean losses.
  ///
  /// Parameters: `.labels` for `cross_entropy` and `svm_loss`, one class a row; none for the others.
  static let losses: [Gate] = [
    .general(
      "cross_entropy", operands: ["scores"], parameters: ["labels"],
      summary: "The mean over rows of -log of the softmax of the labelled score.",
      formula: "mean(logsumexp(s) - s[y])", localGradient: "(softmax(s) - onehot(y)) / N",
      note: "sound at scores of ±1000; nan when there are no rows",
      source: "Goodfellow et al. 2016",
      samples: labelSamples, usesOperands: true,
      forward: { operands, parameters throws(GateError) in
        let batch = try LabelledRows(operands[0].shape, parameters)
        let reduction = try Reduction(operands[0].shape, axes: [-1], keepsDimensions: true)
        let parts = operands[0].logSumExp(reduction)
        let losses = operands[0].withEntries { scores in
          batch.places.enumerated().map { row, place in
            (parts.largest[row] - scores[place]) + parts.excess[row]
          }
        }
        return batch.mean(losses)
      },
      local: { tape, application, _ throws(GateError) in
        let shape = application.operands[0].shape
        let batch = try LabelledRows(shape, application.parameters)
        if !tape.isRecording {
          return .inner(Traced(constant: try batch.shares(application.operands[0].tensor)))
        }
        let shares = try tape.apply(
          "softmax", application.operands[0], parameters: .axis(shape.rank - 1))
        let difference = try tape.subtract(shares, Traced(constant: batch.oneHot))
        return .inner(
          try tape.multiply(difference, Traced(constant: 1 / Double(batch.places.count))))
      }),
    .general(
      "svm_loss", operands: ["scores", "delta"], defaults: [1], parameters: ["labels"],
      summary: "The multiclass hinge loss: scores that come within delta of the labelled one.",
      formula: "mean(Σ over j ≠ y of max(0, s[j] - s[y] + delta))",
      localGradient: "(1 for each positive margin, minus their count for the label) / N",
      note: "a margin of exactly 0 has slope 0; nan when there are no rows",
      source: "Weston and Watkins 1999", domain: [-2...2, 0.5...1.5],
      samples: [
        Sample([Shape(3, 4), Shape()], .labels([1, 3, 0])),
        Sample([Shape(4), Shape()], .labels([2])),
      ], usesOperands: true,
      forward: { operands, parameters throws(GateError) in
        let batch = try LabelledRows(operands[0].shape, parameters)
        let delta = try operands[1].hingeMargin()
        return batch.mean(
          operands[0].withEntries { scores in
            batch.places.enumerated().map { row, place in
              var sum = 0.0
              for other in batch.range(row) where other != place {
                let margin = scores[other] - scores[place] + delta
                if !(margin <= 0) { sum += margin }
              }
              return sum
            }
          })
      },
      local: { _, application, operand throws(GateError) in
        let shape = application.operands[0].shape
        let batch = try LabelledRows(shape, application.parameters)
        let delta = application.operands[1].tensor.number
        let share = 1 / Double(batch.places.count)
        var total = 0.0
        let slopes = application.operands[0].tensor.withEntries { scores in
          Tensor(shape: shape) { slopes in
            slopes.initialize(repeating: 0)
            for (row, place) in batch.places.enumerated() {
              for other in batch.range(row)
              where other != place && scores[other] - scores[place] + delta > 0 {
                slopes[other] = share
                slopes[place] -= share
                total += share
              }
            }
          }
        }
        return .inner(Traced(constant: operand == 0 ? slopes : Tensor(total)))
      }),
    .general(
      "mse", operands: ["a", "b"],
      summary: "The mean of squared differences; broadcasts.", formula: "mean((a - b)**2)",
      localGradient: "2 * (a - b) / n, and its negative",
      note: "nan when there are no entries", source: "Goodfellow et al. 2016",
      domain: [-2...2, -2...2],
      samples: [
        Sample([Shape(3, 4), Shape(3, 4)]), Sample([Shape(3, 1), Shape(4)]),
        Sample([Shape(), Shape(4)]), Sample([Shape(), Shape()]),
      ],
      usesOperands: true,
      forward: { operands, _ throws(GateError) in
        let difference = try operands[0].elementwise(
          "subtract", operands[1], phrase: "compare {0} with {1}")
        let squares = try difference.elementwise("multiply", difference)
        return try squares.mean(Reduction(squares.shape, .none))
      },
      local: { tape, application, place throws(GateError) in
        let difference = try tape.subtract(application.operands[0], application.operands[1])
        let share = (place == 0 ? 2 : -2) / Double(difference.shape.count)
        let factor = try tape.multiply(difference, Traced(constant: share))
        return LinearMap.inner(factor)
          .after(.broadcast(from: application.operands[place].shape, to: difference.shape))
      }),
    .general(
      "l2", operands: ["W"], summary: "The sum of squares: the usual regularisation term.",
      formula: "Σ W**2", localGradient: "2 * W", source: "Goodfellow et al. 2016",
      samples: [Sample([Shape(3, 4)]), Sample([Shape(5)]), Sample([Shape()])],
      usesOperands: true,
      forward: { operands, _ throws(GateError) in
        try operands[0].elementwise("multiply", operands[0]).summed(to: .scalar)
      },
      local: { tape, application, _ throws(GateError) in
        .inner(try tape.multiply(2, application.operands[0]))
      }),
  ]
}

/// Rows of scores with a class each.
struct LabelledRows {
  private let shape: Shape
  private let classes: Int
  /// The offset of each row's labelled score.
  let places: [Int]

  /// Throws: scores of another rank than 1 or 2, a wrong count of labels, a label out of range.
  init(_ shape: Shape, _ parameters: Parameters) throws(GateError) {
    guard case .labels(let labels) = parameters else { throw .parameters }
    guard shape.rank == 1 || shape.rank == 2 else {
      throw GateError(
        .shape,
        "scores have a row for each label and a column for each class:"
          + " {0} of shape \(shape) has \(shape.rank) axes")
    }
    let rows = shape.rank == 2 ? shape[0] : 1
    let classes = shape[shape.rank - 1]
    guard labels.count == rows else {
      throw GateError(
        .value,
        "{0} of shape \(shape) has \(rows) \(rows == 1 ? "row" : "rows"), and there"
          + " \(labels.count == 1 ? "is 1 label" : "are \(labels.count) labels")",
        hint: "one label a row: the index of its class")
    }
    for (row, label) in labels.enumerated() where label < 0 || label >= classes {
      throw GateError(
        .index,
        "label \(label) of row \(row) is out of range: {0} of shape \(shape) has"
          + " \(classes) \(classes == 1 ? "class" : "classes")",
        hint: classes == 0 ? nil : "labels are 0 to \(classes - 1)")
    }
    self.shape = shape
    self.classes = classes
    places = labels.enumerated().map { $0 * classes + $1 }
  }

  /// The offsets of a row's scores.
  func range(_ row: Int) -> Range<Int> { row * classes..<(row + 1) * classes }

  /// 1 for the labelled scores, else 0.
  var oneHot: Tensor {
    Tensor(shape: shape) { entries in
      entries.initialize(repeating: 0)
      for place in places { entries[place] = 1 }
    }
  }

  /// The gradient of the mean cross-entropy: softmax less 1 for the labelled scores, over rows.
  func shares(_ scores: Tensor) throws(GateError) -> Tensor {
    let reduction = try Reduction(shape, axes: [-1], keepsDimensions: true)
    guard let rows = RowExponentials(reduction) else { return scores }
    var shares = rows.softmax(scores)
    shares.update { entries in
      for place in places { entries[place] -= 1 }
      let count = Double(places.count)
      for index in entries.indices { entries[index] /= count }
    }
    return shares
  }

  /// The mean over rows.
  func mean(_ losses: [Double]) -> Tensor {
    Tensor(losses.withUnsafeBufferPointer { PairwiseSum.sum($0) } / Double(losses.count))
  }
}

extension Tensor {
  /// An elementwise gate of two operands, by name, without a record.
  func elementwise(
    _ name: String, _ other: Tensor, phrase: String? = nil
  ) throws(GateError) -> Tensor {
    let gate = GateTable[name]
    guard case .binary(let row) = gate.kind else { throw .parameters }
    return try row.map(self, other, phrase: phrase ?? gate.phrase)
  }

  /// exp of each entry less the largest of its group.
  fileprivate func exponentials(_ reduction: Reduction) throws(GateError) -> Tensor {
    guard case .unary(let row) = GateTable["exp"].kind else { throw .parameters }
    let largest = reduction.fold(self, from: -.infinity) { $1 > $0 || $1.isNaN ? $1 : $0 }
      .reshaped(reduction.kept)
    return row.map(try elementwise("subtract", largest))
  }

  /// The margin of a hinge loss, which is a number.
  fileprivate func hingeMargin() throws(GateError) -> Double {
    guard isScalar else {
      throw GateError(.shape, "delta is a number, and {1} has shape \(shape)")
    }
    return number
  }
}
