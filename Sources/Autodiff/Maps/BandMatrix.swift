/// A matrix of a few diagonals, each with the rows in which it has entries.
public struct BandMatrix: Sendable {
  public let rows: Int
  public let columns: Int
  /// By rising offset, each offset once.
  public let diagonals: [Diagonal]

  public struct Diagonal: Sendable {
    /// Column minus row.
    public let offset: Int
    /// The rows in which it has entries.
    public let rows: Range<Int>
    let values: Values

    /// The entry in a row of `rows`.
    public subscript(row: Int) -> Double {
      switch values {
      case .constant(let value): value
      case .entries(let tensor): tensor[row - rows.lowerBound]
      }
    }
  }

  enum Values: Sendable {
    /// The same in every row.
    case constant(Double)
    /// From the first row on.
    case entries(Tensor)
  }

  init(rows: Int, columns: Int, diagonals: [Diagonal]) {
    self.rows = rows
    self.columns = columns
    self.diagonals = diagonals
  }

  /// One diagonal with the given entries in `range`.
  init(rows: Int, columns: Int, offset: Int, range: Range<Int>, _ values: Values) {
    self.init(
      rows: rows, columns: columns,
      diagonals: range.isEmpty ? [] : [Diagonal(offset: offset, rows: range, values: values)])
  }

  /// How far the entries reach below and above the main diagonal.
  public var bandwidths: (lower: Int, upper: Int) {
    (max(0, -(diagonals.first?.offset ?? 0)), max(0, diagonals.last?.offset ?? 0))
  }

  var nnz: Int { diagonals.reduce(0) { $0 + $1.rows.count } }

  var nbytes: Int {
    diagonals.reduce(0) { sum, diagonal in
      if case .entries = diagonal.values { sum + 8 * diagonal.rows.count } else { sum + 8 }
    }
  }

  var transposed: BandMatrix {
    BandMatrix(
      rows: columns, columns: rows,
      diagonals: diagonals.reversed().map { diagonal in
        Diagonal(
          offset: -diagonal.offset,
          rows: diagonal.rows.lowerBound + diagonal.offset..<diagonal.rows.upperBound
            + diagonal.offset,
          values: diagonal.values)
      })
  }

  func scaled(by factor: Double) -> BandMatrix {
    BandMatrix(
      rows: rows, columns: columns,
      diagonals: diagonals.map { diagonal in
        let values: Values =
          switch diagonal.values {
          case .constant(let value): .constant(value * factor)
          case .entries(let tensor): .entries(tensor.scaled(by: factor))
          }
        return Diagonal(offset: diagonal.offset, rows: diagonal.rows, values: values)
      })
  }
}

// MARK: - Products and sums

extension BandMatrix {
  /// `a[row - shiftA] * b[row - shiftB]` in some rows, a part of one diagonal.
  fileprivate struct Term {
    let rows: Range<Int>
    let a: Values
    let shiftA: Int
    let b: Values
    let shiftB: Int
  }

  func multiplied(by other: BandMatrix) -> BandMatrix {
    var terms: [Int: [Term]] = [:]
    for a in diagonals {
      for b in other.diagonals {
        let low = max(a.rows.lowerBound, b.rows.lowerBound - a.offset)
        let high = min(a.rows.upperBound, b.rows.upperBound - a.offset)
        guard low < high else { continue }
        terms[a.offset + b.offset, default: []].append(
          Term(
            rows: low..<high, a: a.values, shiftA: a.rows.lowerBound, b: b.values,
            shiftB: b.rows.lowerBound - a.offset))
      }
    }
    return BandMatrix(rows: rows, columns: other.columns, terms: terms)
  }

  func adding(_ other: BandMatrix) -> BandMatrix {
    var terms: [Int: [Term]] = [:]
    for diagonal in diagonals + other.diagonals {
      terms[diagonal.offset, default: []].append(
        Term(
          rows: diagonal.rows, a: diagonal.values, shiftA: diagonal.rows.lowerBound,
          b: .constant(1), shiftB: 0))
    }
    return BandMatrix(rows: rows, columns: columns, terms: terms)
  }

  private init(rows: Int, columns: Int, terms: [Int: [Term]]) {
    self.init(
      rows: rows, columns: columns,
      diagonals: terms.keys.sorted().map { offset in
        BandMatrix.diagonal(offset, terms[offset] ?? [])
      })
  }

  private static func diagonal(_ offset: Int, _ terms: [Term]) -> Diagonal {
    let low = terms.map(\.rows.lowerBound).min() ?? 0
    let high = terms.map(\.rows.upperBound).max() ?? 0
    if terms.count == 1, case .entries = terms[0].a, case .constant(1) = terms[0].b,
      terms[0].shiftA == low
    {
      return Diagonal(offset: offset, rows: low..<high, values: terms[0].a)
    }
    var constant = 0.0
    for term in terms {
      guard term.rows == low..<high, case .constant(let a) = term.a,
        case .constant(let b) = term.b
      else {
        let sum = Tensor(shape: Shape(high - low)) { entries in
          entries.initialize(repeating: 0)
          guard let out = entries.baseAddress else { return }
          for term in terms { term.add(to: out, low) }
        }
        return Diagonal(offset: offset, rows: low..<high, values: .entries(sum))
      }
      constant += chained(a, b)
    }
    return Diagonal(offset: offset, rows: low..<high, values: .constant(constant))
  }
}

extension BandMatrix.Term {
  /// Adds the term to entries that begin with the row `first`.
  fileprivate func add(to entries: UnsafeMutablePointer<Double>, _ first: Int) {
    let out = entries + (rows.lowerBound - first)
    let count = rows.count
    let low = rows.lowerBound
    switch (a, b) {
    case (.constant(let x), .constant(let y)):
      let product = chained(x, y)
      for index in 0..<count { out[index] += product }
    case (.entries(let x), .constant(let y)):
      x.withEntries { x in
        guard let x = x.baseAddress.map({ $0 + (low - shiftA) }) else { return }
        if y == 1 {
          for index in 0..<count { out[index] += x[index] }
        } else {
          for index in 0..<count { out[index] += chained(x[index], y) }
        }
      }
    case (.constant(let x), .entries(let y)):
      y.withEntries { y in
        guard x != 0, let y = y.baseAddress.map({ $0 + (low - shiftB) }) else { return }
        for index in 0..<count { out[index] += x * y[index] }
      }
    case (.entries(let x), .entries(let y)):
      x.withEntries { x in
        y.withEntries { y in
          guard let x = x.baseAddress.map({ $0 + (low - shiftA) }),
            let y = y.baseAddress.map({ $0 + (low - shiftB) })
          else { return }
          for index in 0..<count { out[index] += chained(x[index], y[index]) }
        }
      }
    }
  }
}

/// An entry of an outer map times one of an inner map; 0 times anything is 0, as in passes.
@inline(__always)
func chained(_ upstream: Double, _ local: Double) -> Double {
  upstream == 0 ? 0 : upstream * local + 0
}

extension Tensor {
  /// Every entry times a number.
  func scaled(by factor: Double) -> Tensor {
    withEntries { source in
      Tensor(shape: shape) { entries in
        for index in entries.indices { entries[index] = source[index] * factor }
      }
    }
  }

  /// Products of an outer map's entries with an inner map's, flat, in the first one's shape.
  func chained(with local: Tensor) -> Tensor {
    withEntries { mine in
      local.withEntries { other in
        Tensor(shape: shape) { entries in
          for index in entries.indices {
            entries[index] = Autodiff.chained(mine[index], other[index])
          }
        }
      }
    }
  }

  /// Sums of entries, flat, in the first one's shape.
  func adding(flat other: Tensor) -> Tensor {
    withEntries { mine in
      other.withEntries { other in
        Tensor(shape: shape) { entries in
          for index in entries.indices { entries[index] = mine[index] + other[index] }
        }
      }
    }
  }
}
