/// Orthogonal factors of each matrix of a stack, by LAPACK, each on a column-major copy.
///
/// NumPy uses the same routines on the same copies, so signs and order are NumPy's.
struct OrthogonalFactors {
  let tensor: Tensor
  let stack: Shape
  let rows: Int
  let columns: Int
  private var least: Int { min(rows, columns) }

  private typealias Entries = UnsafeMutablePointer<Double>

  /// Throws: LinAlgError where the tensor has less than two axes.
  init(_ tensor: Tensor, for name: String) throws(GateError) {
    guard tensor.shape.rank >= 2 else {
      throw GateError(
        .linearAlgebra, "\(name) takes matrices, and {0} has shape \(tensor.shape)")
    }
    self.tensor = tensor
    (stack, rows, columns) = tensor.shape.matrices
  }

  /// About how many operations a factorisation takes that goes through the matrix `passes` times.
  func operations(_ passes: Double) -> Double {
    let each = passes * Double(rows) * Double(columns) * Double(least) + 2_000
    return Double(stack.count) * each
  }

  /// Throws where an entry is nan or infinite: iterations would not end.
  private func requireFinite(_ what: String) throws(GateError) {
    let isFinite = tensor.withEntries { $0.allSatisfy(\.isFinite) }
    guard isFinite else {
      throw GateError(
        .linearAlgebra, "the \(what) of {0} do not converge: it has nan or infinite entries")
    }
  }

  /// One row of parts for each matrix; the closure returns an error to end with.
  private func map(
    _ parts: PackedParts, _ body: (_ matrix: Entries, _ out: Entries) -> GateError?
  ) throws(GateError) -> Tensor {
    _ = try Shape(checking: parts.packed.dimensions)
    var failure: GateError?
    let result = tensor.withEntries { source in
      Tensor(shape: parts.packed) { out in
        out.initialize(repeating: 0)
        guard let out = out.baseAddress else { return }
        let copy = Buffer(count: rows * columns)
        for place in 0..<stack.count where failure == nil && !Interruption.isCurrentRequested {
          if let source = source.baseAddress {
            OrthogonalFactors.turn(
              source + place * rows * columns, rows, columns, into: copy.pointer)
          }
          failure = body(copy.pointer, out + place * parts.length)
        }
      }
    }
    if let failure { throw failure }
    return result
  }

  /// The transpose of a row-major matrix, which is the matrix column-major.
  private static func turn(
    _ source: UnsafePointer<Double>, _ rows: Int, _ columns: Int, into target: Entries
  ) {
    for j in 0..<columns {
      for i in 0..<rows { target[j * rows + i] = source[i * columns + j] }
    }
  }

  /// Sets a square matrix to the identity.
  private static func identity(_ target: Entries, _ size: Int) {
    for k in 0..<size { target[k * size + k] = 1 }
  }

  // MARK: Factorisations

  /// `U`, singular values and `Vᵀ`, as ``PackedParts/singularValues(of:full:)`` says.
  ///
  /// Throws: LinAlgError for entries that are not finite.
  func singularValues(full: Bool) throws(GateError) -> Tensor {
    try requireFinite("singular values")
    let parts = PackedParts.singularValues(of: tensor.shape, full: full)
    let k = least
    if k == 0 {
      return try map(parts) { _, out in
        guard full else { return nil }
        OrthogonalFactors.identity(out + parts.offset(3), rows)
        OrthogonalFactors.identity(out + parts.offset(4), columns)
        return nil
      }
    }
    let routines = try Factorisations.routines
    let (width, height) = (full ? rows : k, full ? columns : k)
    let u = Buffer(count: rows * width)
    let vt = Buffer(count: height * columns)
    return try map(parts) { matrix, out in
      guard
        routines.singularValues(
          matrix, rows: rows, columns: columns, full: full, s: out + parts.offset(1),
          u: u.pointer, vt: vt.pointer)
      else {
        return GateError(.linearAlgebra, "the singular values of {0} do not converge")
      }
      for i in 0..<rows {
        for j in 0..<k { out[i * k + j] = u.pointer[j * rows + i] }
      }
      for i in 0..<k {
        for j in 0..<columns {
          out[parts.offset(2) + i * columns + j] = vt.pointer[j * height + i]
        }
      }
      guard full else { return nil }
      for i in 0..<rows {
        for j in k..<rows {
          out[parts.offset(3) + i * (rows - k) + j - k] = u.pointer[j * rows + i]
        }
      }
      for i in k..<max(columns, k) {
        for j in 0..<columns {
          out[parts.offset(4) + (i - k) * columns + j] = vt.pointer[j * height + i]
        }
      }
      return nil
    }
  }

  /// Eigenvalues and eigenvectors of the mean of each matrix and its transpose.
  ///
  /// Throws: LinAlgError for entries that are not finite.
  func eigenvectors() throws(GateError) -> Tensor {
    try requireFinite("eigenvalues")
    let parts = PackedParts.eigenvectors(of: tensor.shape)
    let n = rows
    if n == 0 { return try map(parts) { _, _ in nil } }
    let routines = try Factorisations.routines
    return try map(parts) { matrix, out in
      for i in 0..<n {
        for j in 0..<i {
          // Halves first, so that the sum of large entries stays finite.
          let mean = matrix[i * n + j] / 2 + matrix[j * n + i] / 2
          matrix[i * n + j] = mean
          matrix[j * n + i] = mean
        }
      }
      guard routines.eigenvalues(matrix, size: n, values: out) else {
        return GateError(.linearAlgebra, "the eigenvalues of {0} do not converge")
      }
      OrthogonalFactors.turn(matrix, n, n, into: out + n)
      return nil
    }
  }

  /// `Q` and `R`.
  func orthogonal(complete: Bool) throws(GateError) -> Tensor {
    let parts = PackedParts.orthogonal(of: tensor.shape, complete: complete)
    let width = complete ? rows : least
    if least == 0 {
      return try map(parts) { _, out in
        if complete { OrthogonalFactors.identity(out, rows) }
        return nil
      }
    }
    let routines = try Factorisations.routines
    let work = Buffer(count: rows * max(columns, width))
    let tau = Buffer(count: least)
    return try map(parts) { matrix, out in
      work.pointer.update(from: matrix, count: rows * columns)
      routines.triangular(work.pointer, rows: rows, columns: columns, tau: tau.pointer)
      let upper = out + parts.offset(1)
      for i in 0..<min(width, rows) {
        for j in i..<max(columns, i) { upper[i * columns + j] = work.pointer[j * rows + i] }
      }
      routines.orthogonal(
        work.pointer, rows: rows, columns: width, reflectors: least, tau: tau.pointer)
      for i in 0..<rows {
        for j in 0..<width { out[i * width + j] = work.pointer[j * rows + i] }
      }
      return nil
    }
  }

  /// The solution of least squares and least length, the singular values and the rank.
  ///
  /// Singular values below `cutoff` times the largest count as 0. Throws: LinAlgError for entries
  /// that are not finite.
  func leastSquares(_ b: Tensor, cutoff: Double) throws(GateError) -> Tensor {
    try requireFinite("singular values")
    let parts = PackedParts.leastSquares(of: tensor.shape, b.shape)
    let right = b.shape.rank == 1 ? 1 : b.shape[1]
    if least == 0 { return try map(parts) { _, _ in nil } }
    guard b.withEntries({ $0.allSatisfy(\.isFinite) }) else {
      throw GateError(.linearAlgebra, "lstsq needs finite numbers, and {1} has nan or infinity")
    }
    let routines = try Factorisations.routines
    let height = max(rows, columns)
    let values = Buffer(count: height * max(right, 1))
    return try map(parts) { matrix, out in
      values.pointer.update(repeating: 0, count: height * max(right, 1))
      for i in 0..<rows {
        for j in 0..<right { values.pointer[j * height + i] = b[i * right + j] }
      }
      guard
        let rank = routines.leastSquares(
          matrix, rows: rows, columns: columns, b: values.pointer, right: max(right, 1),
          cutoff: cutoff, s: out + parts.offset(1))
      else {
        return GateError(.linearAlgebra, "the singular values of {0} do not converge")
      }
      out[parts.offset(2)] = Double(rank)
      for i in 0..<columns {
        for j in 0..<right { out[i * right + j] = values.pointer[j * height + i] }
      }
      return nil
    }
  }

  /// The pseudo-inverses, and whether all matrices have full rank.
  ///
  /// Singular values up to `cutoff` times the largest count as 0.
  func pseudoInverse(cutoff: Double) throws(GateError) -> (inverse: Tensor, isRegular: Bool) {
    let parts = PackedParts.singularValues(of: tensor.shape, full: false)
    let factors = try singularValues(full: false)
    let k = least
    var isRegular = true
    let shape = Shape(stack.dimensions + [columns, rows])
    let inverse = factors.withEntries { factors in
      Tensor(shape: shape) { out in
        out.initialize(repeating: 0)
        guard let factors = factors.baseAddress, let out = out.baseAddress, k > 0 else { return }
        let turned = Buffer(count: k * rows)
        let right = Buffer(count: columns * k)
        for place in 0..<stack.count {
          let u = factors + place * parts.length
          let s = u + parts.offset(1)
          for l in 0..<k {
            let isZero = !(s[l] > cutoff * s[0])
            if isZero { isRegular = false }
            for i in 0..<rows { turned.pointer[l * rows + i] = isZero ? 0 : u[i * k + l] / s[l] }
          }
          OrthogonalFactors.turn(u + parts.offset(2), k, columns, into: right.pointer)
          // What was turned into column-major is the transpose row-major: V, of shape (n, k).
          GEMM.multiply(
            right.pointer, turned.pointer, out + place * rows * columns, rows: columns, inner: k,
            columns: rows)
        }
      }
    }
    return (inverse, isRegular)
  }
}
