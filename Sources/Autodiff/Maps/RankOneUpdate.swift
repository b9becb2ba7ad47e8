/// `diag(d) + u vᵀ`, apart in each lane along one axis of a tensor.
///
/// Entry `(o, k, i)` of the operand, flat `(o · length + k) · inner + i`, is in lane `(o, i)`.
public struct RankOneUpdate: Sendable {
  let diagonal: Tensor
  let u: Tensor
  let v: Tensor
  let outer: Int
  let length: Int
  let inner: Int

  var lanes: Int { outer * inner }
  var transposed: RankOneUpdate { with(diagonal, v, u) }

  func with(_ diagonal: Tensor, _ u: Tensor, _ v: Tensor) -> RankOneUpdate {
    RankOneUpdate(diagonal: diagonal, u: u, v: v, outer: outer, length: length, inner: inner)
  }

  /// Softmax along an axis: `diag(y) - y yᵀ` in each lane.
  init(softmax y: Tensor, axis: Int) {
    let dimensions = y.shape.dimensions
    self.init(
      diagonal: y, u: y, v: y.scaled(by: -1), outer: dimensions[..<axis].reduce(1, *),
      length: dimensions[axis], inner: dimensions[(axis + 1)...].reduce(1, *))
  }

  init(diagonal: Tensor, u: Tensor, v: Tensor, outer: Int, length: Int, inner: Int) {
    self.diagonal = diagonal
    self.u = u
    self.v = v
    self.outer = outer
    self.length = length
    self.inner = inner
  }

  /// The matrix applied to each of `width` columns of a row-major matrix.
  func apply(to values: Tensor, width: Int) -> Tensor {
    values.withEntries { x in
      Tensor(shape: Shape(values.count)) { entries in
        var sums = [Double](repeating: 0, count: width)
        for lane in 0..<lanes {
          let first = lane / inner * length * inner + lane % inner
          for column in 0..<width { sums[column] = 0 }
          for k in 0..<length {
            let row = first + k * inner
            for column in 0..<width { sums[column] += v[row] * x[row * width + column] }
          }
          for k in 0..<length {
            let row = first + k * inner
            for column in 0..<width {
              entries[row * width + column] =
                diagonal[row] * x[row * width + column] + u[row] * sums[column]
            }
          }
        }
      }
    }
  }

  /// The entries of a row, columns rising.
  func forEachEntry(inRow row: Int, _ body: (_ column: Int, _ value: Double) -> Void) {
    let first = row / (length * inner) * length * inner + row % inner
    for k in 0..<length {
      let column = first + k * inner
      let product = u[row] * v[column]
      body(column, column == row ? diagonal[row] + product : product)
    }
  }
}
