extension Gate {
  private static let samples = [
    Sample([Shape(3, 4)], .axes(nil, keepDimensions: false)),
    Sample([Shape(3, 4)], .axes([0], keepDimensions: false)),
    Sample([Shape(2, 3, 4)], .axes([1], keepDimensions: true)),
    Sample([Shape(2, 3, 4)], .axes([0, 2], keepDimensions: false)),
    Sample([Shape()], .axes(nil, keepDimensions: false)),
  ]

  /// The largest, the smallest, and order.
  ///
  /// Parameters: `.axes` for `max`, `min`, `argmax` and `argmin` (these two take one axis, or nil
  /// for all entries), `.axis` for `sort` and `argsort`.
  static let extremes: [Gate] = [
    extreme("max", "largest", { $0 > $1 }),
    extreme("min", "smallest", { $0 < $1 }),
    position("argmax", "largest", { $0 > $1 }),
    position("argmin", "smallest", { $0 < $1 }),
    .picking(
      "sort", parameters: ["axis=-1"],
      summary: "The entries in rising order along an axis.", formula: "sort(x)",
      localGradient: "selection: each entry's gradient goes back to its place",
      note: "equals keep their order; nan goes last",
      samples: [
        Sample([Shape(6)], .axis(0)), Sample([Shape(3, 4)], .axis(0)),
        Sample([Shape(2, 3, 4)], .axis(1)),
      ],
      { x, parameters throws(GateError) in try x.sorting(parameters).selection }),
    .general(
      "argsort", parameters: ["axis=-1"],
      summary: "The indices that would sort along an axis.", formula: "argsort(x)",
      note: "equals keep their order; nan goes last",
      samples: [Sample([Shape(6)], .axis(0)), Sample([Shape(3, 4)], .axis(0))],
      forward: { operands, parameters throws(GateError) in
        try operands[0].sorting(parameters).indices
      }, local: nil),
  ]

  private static func extreme(
    _ name: String, _ word: String, _ beats: @escaping @Sendable (Double, Double) -> Bool
  ) -> Gate {
    .picking(
      name, parameters: ["axis=None", "keepdims=False"],
      summary: "The \(word) of all entries, or along axes; the gradient goes to it alone.",
      formula: "\(name)(x)", localGradient: "selection: 1 for the \(word) entry",
      note: "on a tie all goes to the first; nan wins", samples: samples,
      { x, parameters throws(GateError) in
        let reduction = try Reduction(x.shape, parameters)
        try reduction.requireEntries(name)
        // A result without entries comes from groups that may have none.
        let places = reduction.result.count == 0 ? [] : reduction.best(x, beats)
        return Selection(source: x.shape, result: reduction.result, places: .listed(places))
      })
  }

  private static func position(
    _ name: String, _ word: String, _ beats: @escaping @Sendable (Double, Double) -> Bool
  ) -> Gate {
    .general(
      name, parameters: ["axis=None", "keepdims=False"],
      summary: "The index of the \(word) entry, in the whole tensor or along an axis.",
      formula: "the first i for which xᵢ is the \(word)", note: "on a tie the first; nan wins",
      samples: [samples[0], samples[1], samples[2]],
      forward: { operands, parameters throws(GateError) in
        let x = operands[0]
        let reduction = try Reduction(x.shape, parameters)
        if case .axes(let axes?, _) = parameters, axes.count > 1 {
          throw GateError(.type, "\(name) takes one axis, or none for all entries")
        }
        try reduction.requireEntries(name)
        guard reduction.result.count > 0 else {
          return Tensor(shape: reduction.result, values: [])
        }
        let starts = reduction.starts
        let stride = reduction.steps.count > 1 ? reduction.steps[1] : 1
        let places = reduction.best(x, beats)
        return Tensor(
          shape: reduction.result,
          values: zip(places, starts).map { Double(($0 - $1) / stride) })
      }, local: nil)
  }
}

extension Tensor {
  /// Where each entry of the sorted tensor comes from, and its index along the axis.
  fileprivate func sorting(
    _ parameters: Parameters
  ) throws(GateError) -> (selection: Selection, indices: Tensor) {
    guard case .axis(let axis) = parameters else { throw .parameters }
    let reduction = try Reduction(
      shape, axes: [shape.resolved(axis: axis)], keepsDimensions: true)
    let stride = shape.strides[reduction.axes[0]]
    var offsets = [Int](repeating: 0, count: count)
    var indices = [Double](repeating: 0, count: count)
    withEntries { entries in
      for start in reduction.starts {
        guard let first = entries.baseAddress else { return }
        let order = SortedOrder.of(first + start, count: reduction.length, step: stride)
        for (place, index) in order.enumerated() {
          if place & 0xFFFF == 0, Interruption.isCurrentRequested { return }
          offsets[start + place * stride] = start + index * stride
          indices[start + place * stride] = Double(index)
        }
      }
    }
    return (
      Selection(source: shape, result: shape, places: .listed(offsets)),
      Tensor(shape: shape, values: indices)
    )
  }
}
