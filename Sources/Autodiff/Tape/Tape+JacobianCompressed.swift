// Jacobians computed compressed: the pattern is traced, columns or rows that do not meet are
// coloured alike, and one seed for each colour goes through the path, all together.

extension Tape {
  /// The Jacobian of the last node of a path with respect to the first; nil where it is too large.
  ///
  /// Columns are coloured for forward mode or rows for reverse mode, whichever needs fewer colours;
  /// of a symmetric matrix, as a Hessian, the graph. A user's gate is known backwards only.
  static func compressedJacobian(
    on tape: UnsafeMutablePointer<Tape>, path: [UInt32], of root: Traced,
    withRespectTo target: Traced, isSymmetric: Bool
  ) throws(GateError) -> LinearMap? {
    let (rows, columns) = (root.shape.count, target.shape.count)
    let isReverseOnly = path.contains { tape.pointee.customApplication($0) != nil }
    guard
      let pattern = try tape.pointee.pattern(
        of: path, inputs: columns, limit: LinearMap.largest)
    else { return nil }
    if pattern.nnz == 0 { return .zero(rows: root.shape, columns: target.shape) }
    let plan = CompressionPlan(
      pattern, isSymmetric: isSymmetric && !isReverseOnly, isReverseOnly: isReverseOnly)
    // A search that was interrupted gave a plan that is none.
    try tape.pointee.interruption.check()
    // So many passes over so much would take longer than anybody waits.
    guard plan.colouring.count * (rows + columns) <= 32 * LinearMap.largest else { return nil }
    var sums = CompressedSums(plan)
    let width = plan.widthOfPasses
    for first in stride(from: 0, to: plan.colouring.count, by: width) {
      try tape.pointee.interruption.check()
      let colours = first..<min(first + width, plan.colouring.count)
      let seeds = plan.seeds(colours)
      switch plan.mode {
      case .reverse where isReverseOnly:
        var gradients: [Tensor] = []
        for index in colours.indices {
          let seed = seeds.column(index - first, of: colours.count).reshaped(root.shape)
          gradients.append(
            try gradient(
              on: tape, of: root, upstream: Traced(constant: seed), targets: [target])[0].tensor)
        }
        sums.add(Tensor(columns: gradients), colours)
      case .reverse:
        sums.add(
          try tape.pointee.reversePass(
            path, seeds: seeds, width: colours.count, columns: columns), colours)
      case .forward, .symmetric:
        sums.add(
          try tape.pointee.forwardPass(path, seeds: seeds, width: colours.count, rows: rows),
          colours)
      }
    }
    return LinearMap(rows: root.shape, columns: target.shape, detecting: sums.matrix)
  }
}

/// How a matrix of known pattern is computed from few products with it.
struct CompressionPlan {
  enum Mode { case forward, reverse, symmetric }

  let pattern: SparsityPattern
  let mode: Mode
  let colouring: Colouring

  init(_ pattern: SparsityPattern, isSymmetric: Bool, isReverseOnly: Bool) {
    let transposed = pattern.transposed
    if isSymmetric, let symmetric = CompressionPlan(symmetric: pattern) {
      self = symmetric
      return
    }
    // Never more than one for each column or row.
    let forward =
      isReverseOnly
      ? nil
      : Colouring.columns(of: pattern, transposed: transposed, atMost: pattern.columns)
    let most = min(pattern.rows, forward.map { $0.count - 1 } ?? pattern.rows)
    let reverse = Colouring.columns(of: transposed, transposed: pattern, atMost: most)
    if let reverse {
      self.init(pattern: pattern, mode: .reverse, colouring: reverse)
    } else if let forward {
      self.init(pattern: pattern, mode: .forward, colouring: forward)
    } else {
      self.init(pattern: pattern, mode: .reverse, colouring: .distinct(pattern.rows))
    }
  }

  /// Nil where the sums of a star colouring would take too much memory.
  private init?(symmetric pattern: SparsityPattern) {
    let pattern = pattern.symmetrized
    let most = min(pattern.rows, 2 * LinearMap.largest / max(pattern.rows, 1))
    guard let star = Colouring.symmetric(.star, pattern, atMost: most) else { return nil }
    // Substitution adds up rounding along chains of entries: only for half the passes.
    let acyclic = Colouring.symmetric(.acyclic, pattern, atMost: star.count / 2)
    self.init(pattern: pattern, mode: .symmetric, colouring: acyclic ?? star)
  }

  private init(pattern: SparsityPattern, mode: Mode, colouring: Colouring) {
    self.pattern = pattern
    self.mode = mode
    self.colouring = colouring
  }

  /// As many colours at once as keep what passes hold within some memory.
  var widthOfPasses: Int {
    min(64, max(1, (1 << 21) / max(pattern.rows, pattern.columns, 1)))
  }

  /// A 1 for each input, or output, in the column of its colour.
  func seeds(_ colours: Range<Int>) -> Tensor {
    let width = colours.count
    return Tensor(shape: Shape(colouring.colours.count * width)) { entries in
      entries.initialize(repeating: 0)
      for (vertex, colour) in colouring.colours.enumerated() where colours.contains(Int(colour)) {
        entries[vertex * width + Int(colour) - colours.lowerBound] = 1
      }
    }
  }
}

/// The products with seeds, from which the entries are read.
private struct CompressedSums {
  private let plan: CompressionPlan
  /// The entries read so far; of a symmetric matrix all sums, which are needed together.
  private var values: [Double]

  init(_ plan: CompressionPlan) {
    self.plan = plan
    let count =
      plan.mode == .symmetric ? plan.pattern.rows * plan.colouring.count : plan.pattern.nnz
    values = [Double](repeating: 0, count: count)
  }

  mutating func add(_ sums: Tensor, _ colours: Range<Int>) {
    let pattern = plan.pattern
    let all = plan.colouring.colours
    let width = colours.count
    sums.withEntries { sums in
      switch plan.mode {
      case .symmetric:
        for row in 0..<pattern.rows {
          for colour in colours {
            values[row * plan.colouring.count + colour] =
              sums[row * width + colour - colours.lowerBound]
          }
        }
      case .forward:
        for row in 0..<pattern.rows {
          for place in pattern.range(row) {
            let colour = Int(all[Int(pattern.columnIndices[place])])
            if colours.contains(colour) {
              values[place] = sums[row * width + colour - colours.lowerBound]
            }
          }
        }
      case .reverse:
        for row in 0..<pattern.rows where colours.contains(Int(all[row])) {
          let colour = Int(all[row]) - colours.lowerBound
          for place in pattern.range(row) {
            values[place] = sums[Int(pattern.columnIndices[place]) * width + colour]
          }
        }
      }
    }
  }

  var matrix: SparseMatrix {
    if plan.mode == .symmetric {
      return SparseMatrix(plan.pattern, plan.colouring, symmetricSums: values)
    }
    return SparseMatrix(plan.pattern, values)
  }
}

extension Tensor {
  /// A column of a row-major matrix of so many columns, flat.
  fileprivate func column(_ index: Int, of width: Int) -> Tensor {
    withEntries { source in
      Tensor(shape: Shape(source.count / width)) { entries in
        for row in entries.indices { entries[row] = source[row * width + index] }
      }
    }
  }

  /// A row-major matrix of columns, flat.
  fileprivate init(columns: [Tensor]) {
    let width = columns.count
    self.init(shape: Shape(width * (columns.first?.count ?? 0))) { entries in
      for (index, column) in columns.enumerated() {
        column.withEntries { source in
          for row in source.indices { entries[row * width + index] = source[row] }
        }
      }
    }
  }
}
