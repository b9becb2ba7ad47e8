/// Several matrices for each one of a stack, in one row of numbers: what a gate gives that has
/// several results.
public struct PackedParts: Sendable {
  /// The axes before those of the matrices.
  public let stack: Shape
  /// The shapes of the parts of one matrix.
  let shapes: [Shape]

  init(stack: Shape, _ shapes: [Shape]) {
    self.stack = stack
    self.shapes = shapes
  }

  /// The numbers of one matrix's parts.
  var length: Int { shapes.reduce(0) { $0 + $1.count } }
  /// The shape of all in one tensor.
  var packed: Shape { stack.appending(length) }

  /// The shape of a part, of all matrices of the stack.
  func shape(_ part: Int) -> Shape { Shape(stack.dimensions + shapes[part].dimensions) }

  /// Where a part stands in the row of one matrix.
  func offset(_ part: Int) -> Int { shapes[..<part].reduce(0) { $0 + $1.count } }

  /// The part as an index of the packed tensor.
  public func selection(_ part: Int) -> Selection {
    let outer = packed.strides.dropLast()
    return Selection(
      source: packed, result: shape(part),
      places: .strided(start: offset(part), steps: outer + shapes[part].strides))
  }

  // MARK: The gates' parts

  /// Eigenvalues and eigenvectors.
  public static func eigenvectors(of a: Shape) -> PackedParts {
    let (stack, n, _) = a.matrices
    return PackedParts(stack: stack, [Shape(n), Shape(n, n)])
  }

  /// `U`, the singular values, `Vᵀ`; with `full` also the columns of `U` and the rows of `Vᵀ` beyond.
  public static func singularValues(of a: Shape, full: Bool) -> PackedParts {
    let (stack, m, n) = a.matrices
    let k = min(m, n)
    var shapes = [Shape(m, k), Shape(k), Shape(k, n)]
    if full { shapes += [Shape(m, m - k), Shape(n - k, n)] }
    return PackedParts(stack: stack, shapes)
  }

  /// `Q` and `R`, with all columns of `Q` when complete.
  public static func orthogonal(of a: Shape, complete: Bool) -> PackedParts {
    let (stack, m, n) = a.matrices
    let k = complete ? m : min(m, n)
    return PackedParts(stack: stack, [Shape(m, k), Shape(k, n)])
  }

  /// The solution, the singular values and the rank.
  public static func leastSquares(of a: Shape, _ b: Shape) -> PackedParts {
    PackedParts(
      stack: .scalar,
      [
        b.rank == 1 ? Shape(a[1]) : Shape(a[1], b[1]), Shape(min(a[0], a[1])), Shape(),
      ])
  }
}

extension Shape {
  /// The stack, rows and columns of a tensor of matrices; its rank is at least 2.
  var matrices: (stack: Shape, rows: Int, columns: Int) {
    (Shape(dimensions.dropLast(2)), self[rank - 2], self[rank - 1])
  }
}
