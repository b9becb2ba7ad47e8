#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A stack of square matrices: the last two axes of a tensor.
struct SquareMatrices {
  let tensor: Tensor
  /// The length of both axes.
  let size: Int
  /// The axes before.
  let stack: Shape

  /// Throws: LinAlgError where the last two axes differ, or there are none.
  init(_ tensor: Tensor, for name: String) throws(GateError) {
    let shape = tensor.shape
    guard shape.rank >= 2, shape[shape.rank - 1] == shape[shape.rank - 2] else {
      throw GateError(
        .linearAlgebra, "\(name) takes square matrices, and {0} has shape \(shape)")
    }
    self.tensor = tensor
    size = shape[shape.rank - 1]
    stack = Shape(shape.dimensions.dropLast(2))
  }

  /// About how many operations it takes to factor all of them, and to solve for so many columns.
  func operations(columns: Int = 0) -> Double {
    let n = Double(size)
    return Double(stack.count) * (n * n * (n + 2 * Double(columns)) + 500)
  }

  private typealias Entries = UnsafeMutablePointer<Double>
  private typealias Pivots = UnsafeMutablePointer<LAPACK.Index>

  /// Each matrix, changed in place on a copy; the closure returns an error to end with.
  private func map(
    _ body: (_ matrix: Entries, _ pivots: Pivots) -> GateError?
  ) throws(GateError) -> Tensor {
    var failure: GateError?
    var result = tensor
    result.isMask = false
    result.update { entries in
      withUnsafeTemporaryAllocation(of: LAPACK.Index.self, capacity: max(size, 1)) { pivots in
        guard let start = entries.baseAddress, let pivots = pivots.baseAddress, size > 0 else {
          return
        }
        for place in 0..<stack.count where failure == nil && !Interruption.isCurrentRequested {
          failure = body(start + place * size * size, pivots)
        }
      }
    }
    if let failure { throw failure }
    // Interrupted, some of the stack was left out, and what was collected of it is too little.
    if Interruption.isCurrentRequested { throw .interrupted }
    return result
  }

  private static let singular = GateError(
    .linearAlgebra, "{0} is singular: a row or column is a combination of the others",
    hint: "lstsq gives the nearest solution")

  /// The inverses.
  ///
  /// Throws: LinAlgError for a singular matrix.
  func inverse() throws(GateError) -> Tensor {
    let routines = try LAPACK.routines
    // The inverse of the transpose is the transpose of the inverse: both stay row-major.
    return try map { matrix, pivots in
      guard routines.factorise(matrix, pivots, size: size) else { return Self.singular }
      routines.invert(matrix, pivots, size: size)
      return nil
    }
  }

  /// Signs of the determinants, and logarithms of their sizes: -inf where they are 0.
  func logDeterminants() throws(GateError) -> (signs: Tensor, logarithms: Tensor) {
    let routines = try LAPACK.routines
    var signs: [Double] = []
    var logarithms: [Double] = []
    _ = try map { matrix, pivots in
      var sign = 1.0
      var logarithm = 0.0
      if routines.factorise(matrix, pivots, size: size) {
        for k in 0..<size {
          let pivot = matrix[k * size + k]
          if (pivots[k] != LAPACK.Index(k + 1)) != (pivot < 0) { sign = -sign }
          logarithm += log(abs(pivot))
        }
      } else {
        sign = 0
        logarithm = -.infinity
      }
      signs.append(sign)
      logarithms.append(logarithm)
      return nil
    }
    // Matrices without entries have the determinant 1.
    if size == 0 {
      signs = [Double](repeating: 1, count: stack.count)
      logarithms = [Double](repeating: 0, count: stack.count)
    }
    return (Tensor(shape: stack, values: signs), Tensor(shape: stack, values: logarithms))
  }

  /// The determinants.
  func determinants() throws(GateError) -> Tensor {
    let routines = try LAPACK.routines
    var values: [Double] = []
    _ = try map { matrix, pivots in
      let isRegular = routines.factorise(matrix, pivots, size: size)
      var product = isRegular ? 1.0 : 0
      for k in 0..<size where isRegular {
        product *= matrix[k * size + k]
        if pivots[k] != LAPACK.Index(k + 1) { product = -product }
      }
      values.append(product)
      return nil
    }
    if size == 0 { values = [Double](repeating: 1, count: stack.count) }
    return Tensor(shape: stack, values: values)
  }

  /// The slopes of the determinants: `det(A) A⁻ᵀ`, and its limit where A is singular.
  func cofactors() throws(GateError) -> Tensor {
    let routines = try LAPACK.routines
    return try map { matrix, pivots in
      let original = Array(UnsafeBufferPointer(start: matrix, count: size * size))
      if routines.factorise(matrix, pivots, size: size) {
        var determinant = 1.0
        for k in 0..<size {
          determinant *= matrix[k * size + k] * (pivots[k] == LAPACK.Index(k + 1) ? 1 : -1)
        }
        routines.invert(matrix, pivots, size: size)
        let inverse = Array(UnsafeBufferPointer(start: matrix, count: size * size))
        for i in 0..<size {
          for j in 0..<size { matrix[i * size + j] = determinant * inverse[j * size + i] }
        }
        return nil
      }
      return Self.singularCofactors(original, size, routines, into: matrix, pivots)
    }
  }

  /// By singular values: `det(U) det(V) U diag(Π of the other values) Vᵀ`.
  private static func singularCofactors(
    _ original: [Double], _ size: Int, _ routines: LAPACK, into matrix: Entries, _ pivots: Pivots
  ) -> GateError? {
    var copy = original
    var values = [Double](repeating: 0, count: size)
    var u = [Double](repeating: 0, count: size * size)
    var v = u
    guard routines.singularValues(&copy, size: size, values: &values, u: &u, v: &v) else {
      return GateError(.linearAlgebra, "the singular values of {0} were not found")
    }
    // Column-major, the original is its transpose: Aᵀ = U S Vᵀ, so A = V S Uᵀ.
    var sign = 1.0
    for factor in [u, v] {
      var factor = factor
      _ = routines.factorise(&factor, pivots, size: size)
      for k in 0..<size {
        if (factor[k * size + k] < 0) != (pivots[k] != LAPACK.Index(k + 1)) { sign = -sign }
      }
    }
    var others = [Double](repeating: sign, count: size)
    for k in 0..<size {
      for other in 0..<size where other != k { others[k] *= values[other] }
    }
    for i in 0..<size {
      for j in 0..<size {
        var sum = 0.0
        for k in 0..<size { sum += v[i * size + k] * others[k] * u[k * size + j] }
        matrix[i * size + j] = sum
      }
    }
    return nil
  }

  /// The lower triangular `L` with `L Lᵀ` the mean of each matrix and its transpose.
  ///
  /// Throws: LinAlgError where there is none.
  func cholesky() throws(GateError) -> Tensor {
    let routines = try LAPACK.routines
    return try map { matrix, _ in
      for i in 0..<size {
        for j in 0..<i {
          // A row-major lower triangle is a column-major upper one.
          matrix[i * size + j] = (matrix[i * size + j] + matrix[j * size + i]) / 2
          matrix[j * size + i] = 0
        }
      }
      guard routines.cholesky(matrix, size: size) else {
        return GateError(
          .linearAlgebra, "{0} is not positive definite: it has no Cholesky factor")
      }
      return nil
    }
  }

  /// The solutions `X` of `A X = B` for stacks of matrices `B`, by NumPy's broadcasting of stacks.
  ///
  /// Throws: ShapeError where rows or stacks do not fit, LinAlgError for a singular matrix.
  func solve(_ right: Tensor) throws(GateError) -> Tensor {
    let shape = right.shape
    let columns = shape[shape.rank - 1]
    guard shape[shape.rank - 2] == size else {
      throw GateError(
        .shape,
        "cannot solve {0} of shape \(tensor.shape) for {1} of shape \(shape): \(size) rows against"
          + " \(shape[shape.rank - 2])")
    }
    let stackB = Shape(shape.dimensions.dropLast(2))
    guard let whole = stack.broadcast(with: stackB) else {
      throw .broadcast("solve the stack {0} for {1}", tensor.shape, shape)
    }
    let routines = try LAPACK.routines
    let walk = BroadcastWalk(whole, stack, stackB)
    var pivots = [LAPACK.Index](repeating: 0, count: max(stack.count * size, 1))
    let factors: Tensor = try {
      () throws(GateError) in
      var place = 0
      return try map { matrix, own in
        guard routines.factorise(matrix, own, size: size) else { return Self.singular }
        for k in 0..<size { pivots[place * size + k] = own[k] }
        place += 1
        return nil
      }
    }()
    let result = try Shape(checking: whole.dimensions + [size, columns])
    return factors.withEntries { a in
      right.withEntries { b in
        Tensor(shape: result) { out in
          guard let a = a.baseAddress, let b = b.baseAddress, let out = out.baseAddress,
            result.count > 0
          else { return }
          var turned = [Double](repeating: 0, count: size * columns)
          walk.forEachRow { offset, i, j in
            for k in 0..<walk.rowLength where !Interruption.isCurrentRequested {
              let source = b + (j + k * walk.stepB) * size * columns
              let target = out + (offset + k) * size * columns
              for row in 0..<size {
                for column in 0..<columns {
                  turned[column * size + row] = source[row * columns + column]
                }
              }
              let place = i + k * walk.stepA
              pivots.withUnsafeBufferPointer { pivots in
                guard let start = pivots.baseAddress else { return }
                routines.solveTransposed(
                  a + place * size * size, start + place * size, size: size, &turned,
                  columns: columns)
              }
              for row in 0..<size {
                for column in 0..<columns {
                  target[row * columns + column] = turned[column * size + row]
                }
              }
            }
          }
        }
      }
    }
  }
}
