extension Gate {
  private static let samples = [
    Sample([Shape(5)], .axis(0)), Sample([Shape(3, 4)], .axis(0)),
    Sample([Shape(2, 3, 4)], .axis(1)), Sample([Shape(3, 4)], .axis(-1)),
  ]

  /// Running sums and products along an axis.
  ///
  /// Parameters: `.axis`.
  static let scans: [Gate] = [
    .general(
      "cumsum", parameters: ["axis=None"], summary: "Running sums along an axis.",
      formula: "fᵢ = x₀ + … + xᵢ", localGradient: "1 for all entries up to its own",
      samples: samples,
      forward: { operands, parameters throws(GateError) in
        try operands[0].scanned(Tensor(1), parameters)
      },
      local: { _, application, _ throws(GateError) in
        .scan(1, application.operands[0].shape, axis: try application.scanAxis())
      }),
    .general(
      "cumprod", parameters: ["axis=None"], summary: "Running products along an axis.",
      formula: "fᵢ = x₀ · … · xᵢ", localGradient: "the product of the other entries up to its own",
      note: "the gradient is right where entries are 0", samples: samples, usesOperands: true,
      usesResult: true,
      forward: { operands, parameters throws(GateError) in
        let axis = try operands[0].shape.resolved(axis: parameters.axis())
        var result = operands[0]
        result.isMask = false
        result.update { entries in
          operands[0].shape.forEachPair(along: axis) { before, here in
            entries[here] *= entries[before]
          }
        }
        return result
      },
      local: { tape, application, _ throws(GateError) in
        let axis = try application.scanAxis()
        let before = try tape.shifted(application.result, axis: axis, filling: 1)
        return LinearMap.scan(
          application.operands[0], application.operands[0].shape, axis: axis
        ).after(.diagonal(before))
      }),
    .general(
      "scan", operands: ["w", "a"], parameters: ["axis"],
      summary: "A linear recurrence along an axis: what running sums and products derive from.",
      formula: "fᵢ = aᵢ fᵢ₋₁ + wᵢ", localGradient: "a recurrence with the same a",
      note: "a has the shape of w, or is a number", source: "Nabla",
      domain: [-2...2, -1.5...1.5],
      samples: [
        Sample([Shape(5), Shape(5)], .axis(0)), Sample([Shape(2, 3, 4), Shape(2, 3, 4)], .axis(1)),
        Sample([Shape(3, 4), Shape()], .axis(0)),
      ],
      usesOperands: true, usesResult: true,
      forward: { operands, parameters throws(GateError) in
        guard operands[1].isScalar || operands[1].shape == operands[0].shape else {
          throw .broadcast("scan {0} with {1}", operands[0].shape, operands[1].shape)
        }
        return try operands[0].scanned(operands[1], parameters)
      },
      local: { tape, application, place throws(GateError) in
        let axis = try application.scanAxis()
        let shape = application.operands[0].shape
        let map = LinearMap.scan(application.operands[1], shape, axis: axis)
        if place == 0 { return map }
        let before = try tape.shifted(application.result, axis: axis, filling: 0)
        return map.after(.diagonal(before))
          .after(.broadcast(from: application.operands[1].shape, to: shape))
      }),
  ]
}

extension Parameters {
  /// The axis that a gate was given, counted from either end.
  func axis() throws(GateError) -> Int {
    guard case .axis(let axis) = self else { throw .parameters }
    return axis
  }
}

extension Application {
  fileprivate func scanAxis() throws(GateError) -> Int {
    try operands[0].shape.resolved(axis: parameters.axis())
  }
}

extension Shape {
  /// Calls `body` with the offsets of an entry and of the next along an axis, in rising order.
  func forEachPair(along axis: Int, _ body: (_ before: Int, _ here: Int) -> Void) {
    guard count > 0 else { return }
    let inner = (axis + 1..<rank).reduce(1) { $0 * self[$1] }
    let block = inner * self[axis]
    for start in stride(from: 0, to: count, by: block) {
      for here in start + inner..<max(start + block, start + inner) {
        // What is interrupted is not whole; the gate that walks is then discarded.
        if here & 0xFFFF == 0, Interruption.isCurrentRequested { return }
        body(here - inner, here)
      }
    }
  }
}

extension Tensor {
  /// `fᵢ = aᵢ fᵢ₋₁ + wᵢ` along the axis, with this as `w`.
  fileprivate func scanned(_ a: Tensor, _ parameters: Parameters) throws(GateError) -> Tensor {
    let axis = try shape.resolved(axis: parameters.axis())
    let shape = shape
    var result = self
    result.isMask = false
    a.withEntries { a in
      let step = a.count == 1 ? 0 : 1
      result.update { entries in
        shape.forEachPair(along: axis) { before, here in
          entries[here] += a[here * step] * entries[before]
        }
      }
    }
    return result
  }
}

extension Tape {
  /// The entries moved on by one along an axis; `value` comes first and the last one falls off.
  mutating func shifted(
    _ x: Traced, axis: Int, filling value: Double
  ) throws(GateError) -> Traced {
    if x.shape.count == 0 { return x }
    var widths = [(Int, Int)](repeating: (0, 0), count: x.shape.rank)
    widths[axis] = (1, 0)
    let padded = try apply("pad", x, parameters: .other(Padding(widths, value: value)))
    let selection = Selection(
      source: padded.shape, result: x.shape,
      places: .strided(start: 0, steps: padded.shape.strides))
    return try apply("take", padded, parameters: .selection(selection))
  }

  /// The scan from the other end: what the transpose of a scan is.
  mutating func scanBackwards(
    _ x: Traced, _ a: Traced, axis: Int
  ) throws(GateError) -> Traced {
    let flip = Parameters.axes([axis], keepDimensions: false)
    var factors = a
    if !a.shape.isScalar {
      factors = try shifted(apply("flip", a, parameters: flip), axis: axis, filling: 0)
    }
    let scanned = try apply(
      "scan", apply("flip", x, parameters: flip), factors, parameters: .axis(axis))
    return try apply("flip", scanned, parameters: flip)
  }
}
