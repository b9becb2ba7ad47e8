/// Which diagonal: 0 is the main one, above it positive.
public struct DiagonalOffset: Sendable {
  public var offset: Int

  public init(_ offset: Int) { self.offset = offset }

  init(_ parameters: Parameters) throws(GateError) {
    switch parameters {
    case .none: offset = 0
    case .other(let diagonal as DiagonalOffset): self = diagonal
    default: throw .parameters
    }
    // Beyond any axis; kept in range so that sums with lengths do not overflow.
    offset = min(max(offset, -Int(Int32.max)), Int(Int32.max))
  }
}

extension Gate {
  private static let samples = [
    Sample([Shape(3, 4)], .other(DiagonalOffset(0))),
    Sample([Shape(4, 3)], .other(DiagonalOffset(-1))),
    Sample([Shape(3, 4)], .other(DiagonalOffset(2))),
    Sample([Shape(3, 4)], .other(DiagonalOffset(9))),
  ]

  /// Diagonals and triangles of matrices.
  ///
  /// Parameters: `.other(DiagonalOffset)`, or none for 0.
  static let diagonals: [Gate] = [
    .general(
      "diag", parameters: ["k=0"],
      summary: "The diagonal of a matrix, or the matrix with a vector on its diagonal.",
      formula: "diag(x)", localGradient: "selection",
      samples: samples + [
        Sample([Shape(3)], .other(DiagonalOffset(0))),
        Sample([Shape(3)], .other(DiagonalOffset(-2))),
      ],
      forward: { operands, parameters throws(GateError) in
        let selection = try DiagonalOffset(parameters).selection(operands[0].shape, "diag")
        return operands[0].shape.rank == 1
          ? operands[0].placed(selection) : operands[0].picking(selection)
      },
      local: { _, application, _ throws(GateError) in
        let shape = application.operands[0].shape
        let selection = try DiagonalOffset(application.parameters).selection(shape, "diag")
        return shape.rank == 1 ? .placement(selection) : .selection(selection)
      }),
    .general(
      "trace", parameters: ["offset=0"], symbol: "tr",
      summary: "The sum of the diagonal of a matrix.", formula: "Σ x[i, i]",
      localGradient: "1 on the diagonal", samples: samples,
      forward: { operands, parameters throws(GateError) in
        guard operands[0].shape.rank == 2 else { throw .matrix("trace", operands[0].shape) }
        let selection = try DiagonalOffset(parameters).selection(operands[0].shape, "trace")
        return operands[0].picking(selection).summed(to: .scalar)
      },
      local: { _, application, _ throws(GateError) in
        let selection = try DiagonalOffset(application.parameters).selection(
          application.operands[0].shape, "trace")
        return LinearMap.sum(from: selection.result, to: .scalar).after(.selection(selection))
      }),
    triangle("tril", "on and below", { $1 - $0 <= $2 }),
    triangle("triu", "on and above", { $1 - $0 >= $2 }),
  ]

  private static func triangle(
    _ name: String, _ words: String,
    _ keeps: @escaping @Sendable (_ row: Int, _ column: Int, _ offset: Int) -> Bool
  ) -> Gate {
    @Sendable func mask(_ shape: Shape, _ parameters: Parameters) throws(GateError) -> Tensor {
      guard shape.rank >= 2 else { throw .matrix(name, shape) }
      let offset = try DiagonalOffset(parameters).offset
      let rows = shape[shape.rank - 2]
      let columns = shape[shape.rank - 1]
      return Tensor(shape: Shape(rows, columns)) { entries in
        for row in 0..<rows {
          for column in 0..<columns {
            entries[row * columns + column] = keeps(row, column, offset) ? 1 : 0
          }
        }
      }.broadcast(to: shape)
    }
    return .general(
      name, parameters: ["k=0"],
      summary: "The entries \(words) a diagonal, of the last two axes; 0 elsewhere.",
      formula: "\(name)(x)", localGradient: "diagonal: 1 for the entries kept",
      samples: samples + [Sample([Shape(2, 3, 3)])],
      forward: { operands, parameters throws(GateError) in
        let mask = try mask(operands[0].shape, parameters)
        var result = operands[0]
        mask.withEntries { mask in
          result.update { entries in
            for index in entries.indices where mask[index] == 0 { entries[index] = 0 }
          }
        }
        return result
      },
      local: { _, application, _ throws(GateError) in
        .diagonal(
          Traced(constant: try mask(application.operands[0].shape, application.parameters)))
      })
  }
}

extension DiagonalOffset {
  /// The diagonal as a selection from the matrix; for a vector, from the matrix that it makes.
  fileprivate func selection(_ shape: Shape, _ name: String) throws(GateError) -> Selection {
    var matrix = shape
    if shape.rank == 1 {
      let side = shape[0] + abs(offset)
      matrix = try Shape(checking: [side, side])
    }
    guard matrix.rank == 2 else { throw .matrix(name, shape) }
    let row = max(-offset, 0)
    let column = max(offset, 0)
    let length = max(0, min(matrix[0] - row, matrix[1] - column))
    let start = length == 0 ? 0 : row * matrix[1] + column
    return Selection(
      source: matrix, result: Shape(length),
      places: .strided(start: start, steps: [matrix[1] + 1]))
  }
}

extension GateError {
  fileprivate static func matrix(_ name: String, _ shape: Shape) -> GateError {
    GateError(
      .shape, "\(name) takes a matrix, and {0} of shape \(shape) has \(shape.rank) axes")
  }
}
