import Autodiff

extension Builtins {
  /// Statistics of tables: without what is missing, between rows, by bins.
  static func statistics() -> [Builtin] {
    [
      known("nansum", "The sum of the entries that are not nan.") {
        x, axes, keeps, session throws(Failure) in
        try session.sum(
          filled(x, with: 0, session), axes: axes, keepDimensions: keeps)
      },
      known("nanprod", "The product of the entries that are not nan.") {
        x, axes, keeps, session throws(Failure) in
        try session.trace(
          Gates.row("prod"), [filled(x, with: 1, session)], .axes(axes, keepDimensions: keeps))
      },
      known("nanmean", "The mean of the entries that are not nan.") {
        x, axes, keeps, session throws(Failure) in
        try mean(x, axes, keeps, session)
      },
      known("nanvar", "The variance of the entries that are not nan.") {
        x, axes, keeps, session throws(Failure) in
        try variance(x, axes, keeps, session)
      },
      known("nanstd", "The standard deviation of the entries that are not nan.") {
        x, axes, keeps, session throws(Failure) in
        try session.trace(Gates.sqrt, [variance(x, axes, keeps, session)])
      },
      known("nanmax", "The largest entry that is not nan.") {
        x, axes, keeps, session throws(Failure) in
        try extreme("max", -.infinity, x, axes, keeps, session)
      },
      known("nanmin", "The smallest entry that is not nan.") {
        x, axes, keeps, session throws(Failure) in
        try extreme("min", .infinity, x, axes, keeps, session)
      },
      Builtin(
        "cov", "x, rowvar=True, bias=False, ddof=None",
        "The covariances of variables, each a row of observations.", type: "gate"
      ) { call, session throws(Failure) in
        let freedom = try call.int(3, default: call.bool(2, default: false, session) ? 0 : 1)
        return Value(
          try covariances(
            call.tensor(0, session), byRows: call.bool(1, default: true, session), freedom, session)
        )
      },
      Builtin(
        "corrcoef", "x, rowvar=True", "The correlations of variables, each a row of observations.",
        type: "gate"
      ) { call, session throws(Failure) in
        let c = try covariances(
          call.tensor(0, session), byRows: call.bool(1, default: true, session), 1, session)
        guard c.rank == 2 else { return try session.apply(Gates.divide, [c, c]) }
        let spreads = try session.trace(
          Gates.sqrt, [session.trace(Gates.row("diag"), [c], .other(DiagonalOffset(0)))])
        let byColumns = try session.trace(Gates.divide, [c, spreads])
        return try session.apply(
          Gates.divide, [byColumns, session.reshape(spreads, [spreads.shape.count, 1])])
      },
      Builtin(
        "histogram", "x, bins=10, range=None, density=False, weights=None",
        "How many entries fall into each bin, and the bounds of the bins."
      ) { call, session throws(Failure) in
        try histogram(call, session)
      },
    ]
  }

  // MARK: Missing entries

  private typealias Known = (
    _ x: Traced, _ axes: [Int]?, _ keeps: Bool, _ session: Session
  ) throws(Failure) -> Traced

  private static func known(_ name: String, _ summary: String, _ body: @escaping Known) -> Builtin {
    Builtin(name, "x, axis=None, keepdims=False", summary, type: "gate") {
      call, session throws(Failure) in
      let x = try call.tensor(0, session)
      return Value(
        try body(
          x, call.axes(1, of: x.shape, session), call.bool(2, default: false, session), session))
    }
  }

  /// Another number in place of nan.
  private static func filled(
    _ x: Traced, with number: Double, _ session: Session
  ) throws(Failure) -> Traced {
    let isMissing = x.tensor.mapped(isMask: true) { $0.isNaN ? 1 : 0 }
    guard isMissing.withEntries({ $0.contains(1) }) else { return x }
    return try session.trace(Gates.choose, [Traced(constant: isMissing), .own(number), x])
  }

  /// How many entries of each group are not nan.
  private static func count(
    _ x: Traced, _ axes: [Int]?, _ keeps: Bool, _ session: Session
  ) throws(Failure) -> Traced {
    let isKnown = Traced(constant: x.tensor.mapped { $0.isNaN ? 0 : 1 })
    return try session.sum(isKnown, axes: axes, keepDimensions: keeps).detached
  }

  private static func mean(
    _ x: Traced, _ axes: [Int]?, _ keeps: Bool, _ session: Session
  ) throws(Failure) -> Traced {
    let sum = try session.sum(filled(x, with: 0, session), axes: axes, keepDimensions: keeps)
    return try session.trace(Gates.divide, [sum, count(x, axes, keeps, session)])
  }

  private static func variance(
    _ x: Traced, _ axes: [Int]?, _ keeps: Bool, _ session: Session
  ) throws(Failure) -> Traced {
    let centred = try session.trace(Gates.subtract, [x, mean(x, axes, true, session)])
    return try mean(session.trace(Gates.square, [centred]), axes, keeps, session)
  }

  private static func extreme(
    _ name: String, _ neutral: Double, _ x: Traced, _ axes: [Int]?, _ keeps: Bool,
    _ session: Session
  ) throws(Failure) -> Traced {
    let result = try session.trace(
      Gates.row(name), [filled(x, with: neutral, session)], .axes(axes, keepDimensions: keeps))
    let known = try count(x, axes, keeps, session)
    let isUnknown = known.tensor.mapped(isMask: true) { $0 == 0 ? 1 : 0 }
    guard isUnknown.withEntries({ $0.contains(1) }) else { return result }
    return try session.trace(Gates.choose, [Traced(constant: isUnknown), .own(.nan), result])
  }

  // MARK: Between variables

  private static func covariances(
    _ x: Traced, byRows: Bool, _ freedom: Int, _ session: Session
  ) throws(Failure) -> Traced {
    guard x.rank <= 2 else {
      throw Failure(.shape, "covariances are of rows of a matrix, not of shape \(x.shape)")
    }
    var rows = x.rank == 2 ? x : try session.reshape(x, [1, x.shape.count])
    if !byRows, x.rank == 2 { rows = try session.turned(rows) }
    let mean = try session.trace(Gates.mean, [rows], .axes([1], keepDimensions: true))
    let centred = try session.trace(Gates.subtract, [rows, mean])
    let products = try session.trace(Gates.matmul, [centred, session.turned(centred)])
    let divisor = max(0, Double(rows.shape[1] - freedom))
    let result = try session.trace(Gates.divide, [products, .own(divisor)])
    return rows.shape[0] == 1 ? try session.reshape(result, Shape()) : result
  }

  // MARK: Bins

  private static func histogram(
    _ call: BoundArguments, _ session: Session
  ) throws(Failure) -> Value {
    let x = try call.tensor(0, session).tensor
    let values = x.values
    var bounds: [Double]
    if let bins = call[1], !bins.isNumber {
      bounds = try call.tensor(1, session).tensor.values
      for place in 1..<max(bounds.count, 1) where !(bounds[place] >= bounds[place - 1]) {
        throw Failure(.value, "histogram() needs bounds that rise")
      }
      guard bounds.count >= 2 else { throw Failure(.value, "histogram() needs at least 2 bounds") }
    } else {
      let count = try call.int(1, default: 10)
      guard count >= 1 else { throw Failure(.value, "histogram() needs at least one bin") }
      _ = try session.shape(of: [count])
      var (low, high) = (values.min() ?? 0, values.max() ?? 1)
      if call[2] != nil {
        let range = try call.tensor(2, session).tensor.values
        guard range.count == 2 else {
          throw Failure(.value, "histogram() needs a range of two numbers, not \(range.count)")
        }
        (low, high) = (range[0], range[1])
      }
      guard low.isFinite, high.isFinite, low <= high, !values.contains(where: \.isNaN) else {
        throw Failure(
          .value,
          "histogram() needs a finite range, not \(Printing.number(low)) to"
            + " \(Printing.number(high))", hint: "range=(low, high) leaves out what is beyond")
      }
      if low == high { (low, high) = (low - 0.5, high + 0.5) }
      let step = (high - low) / Double(count)
      bounds = (0..<count).map { low + Double($0) * step } + [high]
    }
    let weights = call[4] == nil ? nil : try call.tensor(4, session).tensor.values
    if let weights, weights.count != values.count {
      throw Failure(
        .shape,
        "histogram() needs a weight for each of \(values.count) entries, not"
          + " \(weights.count)")
    }
    var counts = [Double](repeating: 0, count: bounds.count - 1)
    for (index, value) in values.enumerated() {
      guard value >= bounds[0], value <= bounds[bounds.count - 1] else { continue }
      // The last bin has its upper bound too.
      var (low, high) = (0, counts.count - 1)
      while low < high {
        let middle = (low + high + 1) / 2
        if value >= bounds[middle] { low = middle } else { high = middle - 1 }
      }
      counts[low] += weights?[index] ?? 1
    }
    if try call.bool(3, default: false, session) {
      let total = counts.reduce(0, +)
      for bin in counts.indices { counts[bin] /= total * (bounds[bin + 1] - bounds[bin]) }
    }
    return .tuple([
      .constant(Tensor(shape: Shape(counts.count), values: counts)),
      .constant(Tensor(shape: Shape(bounds.count), values: bounds)),
    ])
  }
}
