/// A factor of a Kronecker product.
public enum KroneckerFactor: Sendable {
  case identity(Int)
  /// Of rank 2.
  case matrix(Tensor)

  var rows: Int {
    switch self {
    case .identity(let size): size
    case .matrix(let matrix): matrix.shape[0]
    }
  }

  var columns: Int {
    switch self {
    case .identity(let size): size
    case .matrix(let matrix): matrix.shape[1]
    }
  }

  var transposed: KroneckerFactor {
    switch self {
    case .identity: self
    case .matrix(let matrix): .matrix(matrix.transposedRows)
    }
  }
}

/// Products of Kronecker products, and their application along axes.
enum Kronecker {
  /// The product factor by factor, where the factors' sizes can be made to fit; else nil.
  static func product(_ outer: [KroneckerFactor], _ inner: [KroneckerFactor]) -> [KroneckerFactor]?
  {
    var outer = outer[...]
    var inner = inner[...]
    var result: [KroneckerFactor] = []
    while let a = outer.first ?? (inner.isEmpty ? nil : .identity(1)) {
      let b = inner.first ?? .identity(1)
      if outer.isEmpty { outer = [a] }
      if inner.isEmpty { inner = [b] }
      if a.columns == b.rows {
        result.append(multiply(a, b))
        outer.removeFirst()
        inner.removeFirst()
      } else if case .identity(let size) = a, b.rows > 0, size % b.rows == 0 {
        // The identity of a product of sizes is the product of identities.
        result.append(b)
        outer[outer.startIndex] = .identity(size / b.rows)
        inner.removeFirst()
      } else if case .identity(let size) = b, a.columns > 0, size % a.columns == 0 {
        result.append(a)
        inner[inner.startIndex] = .identity(size / a.columns)
        outer.removeFirst()
      } else {
        return nil
      }
    }
    return result
  }

  private static func multiply(_ a: KroneckerFactor, _ b: KroneckerFactor) -> KroneckerFactor {
    switch (a, b) {
    case (.identity, _): b
    case (_, .identity): a
    case (.matrix(let x), .matrix(let y)): .matrix(x.matrixProduct(y))
    }
  }

  /// The sum of products that differ in one factor only; nil where they differ in more.
  static func sum(_ a: [KroneckerFactor], _ b: [KroneckerFactor]) -> [KroneckerFactor]? {
    guard a.count == b.count else { return nil }
    var result = a
    var differing: Int?
    for (place, (x, y)) in zip(a, b).enumerated() {
      switch (x, y) {
      case (.identity(let m), .identity(let n)) where m == n: continue
      case (.matrix(let m), .matrix(let n)) where m.shape == n.shape && differing == nil:
        differing = place
        result[place] = .matrix(m.adding(flat: n))
      default: return nil
      }
    }
    return differing == nil ? nil : result
  }

  /// The factors with neighbours merged where one says the same.
  static func simplified(_ factors: [KroneckerFactor]) -> [KroneckerFactor] {
    var scale = 1.0
    var result: [KroneckerFactor] = []
    for factor in factors {
      switch (factor, result.last) {
      case (.identity(1), _): continue
      case (.identity(let m), .identity(let n)): result[result.count - 1] = .identity(m * n)
      case (.matrix(let matrix), _) where matrix.count == 1: scale *= matrix[0]
      default: result.append(factor)
      }
    }
    return scale == 1 ? result : scaled(result, by: scale)
  }

  /// The product with its smallest matrix scaled.
  static func scaled(_ factors: [KroneckerFactor], by scale: Double) -> [KroneckerFactor] {
    var smallest: (place: Int, matrix: Tensor)?
    for (place, factor) in factors.enumerated() {
      guard case .matrix(let matrix) = factor else { continue }
      if let found = smallest, found.matrix.count <= matrix.count { continue }
      smallest = (place, matrix)
    }
    var result = factors
    if let smallest {
      result[smallest.place] = .matrix(smallest.matrix.scaled(by: scale))
    } else {
      result.append(.matrix(Tensor(repeating: scale, shape: Shape(1, 1))))
    }
    return result
  }

  /// The product applied to each of `width` columns of a row-major matrix.
  static func apply(_ factors: [KroneckerFactor], to values: Tensor, width: Int) -> Tensor {
    var current = values
    var before = 1
    var after = factors.reduce(width) { $0 * $1.columns }
    for factor in factors {
      after /= max(factor.columns, 1)
      if case .matrix(let matrix) = factor {
        current = current.multiplied(by: matrix, before: before, after: after)
      }
      before *= factor.rows
    }
    return current
  }
}

extension Tensor {
  /// `out[i, r, j] = Σ matrix[r, k] self[i, k, j]`, flat, for `before × k × after` entries.
  fileprivate func multiplied(by matrix: Tensor, before: Int, after: Int) -> Tensor {
    let rows = matrix.shape[0]
    let inner = matrix.shape[1]
    if after == 1, before > 1 {
      let flat = reshaped(Shape(before, inner))
      return flat.matrixProduct(matrix.transposedRows).reshaped(Shape(before * rows))
    }
    return withEntries { x in
      matrix.withEntries { a in
        Tensor(shape: Shape(before * rows * after)) { entries in
          guard let x = x.baseAddress, let a = a.baseAddress, let out = entries.baseAddress,
            !entries.isEmpty, inner > 0
          else {
            entries.initialize(repeating: 0)
            return
          }
          for block in 0..<before {
            GEMM.multiply(
              a, x + block * inner * after, out + block * rows * after, rows: rows, inner: inner,
              columns: after)
          }
        }
      }
    }
  }

  /// The product of two matrices whose sizes fit.
  func matrixProduct(_ other: Tensor) -> Tensor {
    let rows = shape[0]
    let inner = shape[1]
    let columns = other.shape[1]
    return withEntries { a in
      other.withEntries { b in
        Tensor(shape: Shape(rows, columns)) { entries in
          guard let a = a.baseAddress, let b = b.baseAddress, let out = entries.baseAddress,
            !entries.isEmpty, inner > 0
          else {
            entries.initialize(repeating: 0)
            return
          }
          GEMM.multiply(a, b, out, rows: rows, inner: inner, columns: columns)
        }
      }
    }
  }

  /// A matrix's transpose; a row or a column is only viewed as the other.
  var transposedRows: Tensor {
    if shape[0] == 1 || shape[1] == 1 { return reshaped(Shape(shape[1], shape[0])) }
    return permuted([1, 0])
  }
}
