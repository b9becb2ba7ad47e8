extension Gate {
  /// Gates that move entries and leave their values alone.
  static let shapes: [Gate] = [
    .general(
      "copy", summary: "The same entries; a value of its own on the tape.", formula: "x",
      localGradient: "identity", samples: [Sample([Shape(2, 3)]), Sample([Shape()])],
      forward: { operands, _ in operands[0] },
      local: { _, application, _ in .identity(application.operands[0].shape) }),
    .general(
      "reshape", parameters: ["shape"],
      summary: "The same entries, in row-major order, in another shape.",
      formula: "x.reshape(shape)",
      localGradient: "identity", samples: [Sample([Shape(2, 3)], .shape(Shape(3, 2)))],
      forward: { operands, parameters throws(GateError) in
        guard case .shape(let shape) = parameters else { throw .parameters }
        guard shape.count == operands[0].count else {
          throw GateError(
            .shape,
            "cannot reshape {0} of shape \(operands[0].shape) to \(shape):"
              + " \(operands[0].count) entries against \(shape.count)")
        }
        return operands[0].reshaped(shape)
      },
      local: { _, application, _ in
        .identity(application.operands[0].shape, as: application.result.shape)
      }),
    .general(
      "transpose", parameters: ["axes=None"], symbol: "T",
      summary: "Axes in another order; reversed by default.", formula: "x.T",
      localGradient: "permutation", samples: [Sample([Shape(2, 3, 4)], .permutation([2, 0, 1]))],
      forward: { operands, parameters throws(GateError) in
        guard case .permutation(let order) = parameters else { throw .parameters }
        return operands[0].permuted(order)
      },
      local: { _, application, _ throws(GateError) in
        guard case .permutation(let order) = application.parameters else { throw .parameters }
        return .permutation(order, of: application.operands[0].shape)
      }),
    .general(
      "broadcast_to", parameters: ["shape"],
      summary: "Entries repeated along axes.", formula: "broadcast_to(x, shape)",
      localGradient: "broadcast", samples: [Sample([Shape(3, 1)], .shape(Shape(2, 3, 4)))],
      forward: { operands, parameters throws(GateError) in
        guard case .shape(let shape) = parameters else { throw .parameters }
        guard operands[0].shape.broadcast(with: shape) == shape else {
          throw GateError(
            .shape, "cannot broadcast {0} of shape \(operands[0].shape) to \(shape)")
        }
        return operands[0].broadcast(to: shape)
      },
      local: { _, application, _ in
        .broadcast(from: application.operands[0].shape, to: application.result.shape)
      }),
    .general(
      "sum_to", parameters: ["shape"],
      summary: "Sums over the axes along which shape broadcasts to the operand's.",
      formula: "the transpose of broadcast_to", localGradient: "sum", source: "Nabla",
      samples: [Sample([Shape(2, 3, 4)], .shape(Shape(3, 1)))],
      forward: { operands, parameters throws(GateError) in
        guard case .shape(let shape) = parameters,
          shape.broadcast(with: operands[0].shape) == operands[0].shape
        else { throw .parameters }
        return operands[0].summed(to: shape)
      },
      local: { _, application, _ in
        .sum(from: application.operands[0].shape, to: application.result.shape)
      }),
  ]
}

extension GateError {
  /// Parameters of another gate: a slip of the caller, not of the user.
  static let parameters = GateError(.type, "the gate was given parameters of another gate")
}

extension Tensor {
  /// Axes in another order: axis `i` of the result is axis `order[i]`.
  func permuted(_ order: [Int]) -> Tensor {
    if order == Array(0..<shape.rank) { return self }
    let result = Shape(order.map { shape[$0] })
    if shape.rank == 2 { return transposedMatrix(result) }
    let strides = shape.strides
    return picking(
      Selection(
        source: shape, result: result,
        places: .strided(start: 0, steps: order.map { strides[$0] })))
  }

  /// A matrix transposed in blocks that fit the cache.
  private func transposedMatrix(_ result: Shape) -> Tensor {
    let rows = shape[0]
    let columns = shape[1]
    let block = 32
    return withEntries { source in
      Tensor(shape: result, isMask: isMask) { entries in
        for i in stride(from: 0, to: rows, by: block) {
          // Wide rows make a band of blocks long.
          if i * columns & 0xFFFF < block * columns, Interruption.isCurrentRequested { return }
          for j in stride(from: 0, to: columns, by: block) {
            for row in i..<min(i + block, rows) {
              for column in j..<min(j + block, columns) {
                entries[column * rows + row] = source[row * columns + column]
              }
            }
          }
        }
      }
    }
  }
}
