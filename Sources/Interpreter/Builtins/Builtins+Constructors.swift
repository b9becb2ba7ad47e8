import Autodiff

extension Builtins {
  /// Tensors of data and of given values; what they make becomes a leaf when it gets a name.
  static func constructors() -> [Builtin] {
    [
      Builtin(
        "array", "x, dtype=None, copy=True, ndmin=0",
        "A tensor of a number, of nested lists or of what can be iterated over."
      ) { call, session throws(Failure) in
        let x = try array(call.value(0), function: "array", session)
        let isTensor = call.value(0).traced != nil
        // A copy is a value of its own, with a gradient of its own.
        let copied = isTensor && x.node.isTracked ? try session.trace(Gates.copy, [x]) : x
        var result = try session.converted(copied, call, dtypeAt: 1)
        let least = min(try call.int(3, default: 0), Shape.maximumRank)
        if result.rank < least {
          result = try session.reshape(
            result, [Int](repeating: 1, count: least - result.rank) + result.shape.dimensions)
        }
        return Value(result)
      },
      Builtin("asarray", "x, dtype=None", "A tensor of a value, itself where it is one.") {
        call, session throws(Failure) in
        Value(
          try session.converted(
            array(call.value(0), function: "asarray", session), call, dtypeAt: 1))
      },
      Builtin("copy", "x", "A copy.") { call, session throws(Failure) in
        if let list = call.value(0).object(ListObject.self) { return .list(list.items) }
        if let dict = call.value(0).object(DictObject.self) {
          return .object(try DictObject(dict.items))
        }
        return try session.apply(Gates.copy, [call.tensor(0, session)])
      },
      Builtin(
        "arange", "start, stop=None, step=None, dtype=None",
        "The numbers from start to before stop, by step."
      ) { call, session throws(Failure) in
        let first = call[1] == nil ? 0 : try call.number(0, default: 0)
        let last = try call[1] == nil ? call.number(0, default: 0) : call.number(1, default: 0)
        let step = try call.number(2, default: 1)
        guard step != 0 else { throw Failure(.value, "arange() needs a step other than 0") }
        let count = ((last - first) / step).rounded(.up)
        guard count.isFinite else {
          throw Failure(
            .value,
            "arange() cannot count from \(Printing.number(first)) to"
              + " \(Printing.number(last)) by \(Printing.number(step))")
        }
        let shape = try session.shape(of: [Int(clamping: count)])
        let result = Tensor(shape: shape) { entries in
          Interruption.forEachChunk(of: entries.count) { start, count in
            for index in start..<start + count { entries[index] = first + Double(index) * step }
          }
        }
        return Value(try session.converted(Traced(result, .fresh), call, dtypeAt: 3))
      },
      Builtin(
        "linspace", "start, stop, num=50, endpoint=True, retstep=False, dtype=None",
        "Evenly spaced numbers from start to stop."
      ) { call, session throws(Failure) in
        let first = try call.number(0, default: 0)
        let last = try call.number(1, default: 0)
        let count = try call.int(2, default: 50)
        let includesStop = try call.bool(3, default: true, session)
        let shape = try session.shape(of: [count])
        let intervals = Double(includesStop ? count - 1 : count)
        let step = intervals > 0 ? (last - first) / intervals : .nan
        let result = Tensor(shape: shape) { entries in
          Interruption.forEachChunk(of: entries.count) { start, count in
            for index in start..<start + count {
              entries[index] = index == 0 ? first : Double(index) * step + first
            }
          }
          if includesStop, count > 1 { entries[count - 1] = last }
        }
        let spaced = Value(try session.converted(Traced(result, .fresh), call, dtypeAt: 5))
        return try call.bool(4, default: false, session) ? .tuple([spaced, .number(step)]) : spaced
      },
      Builtin(
        "logspace", "start, stop, num=50, endpoint=True, base=10",
        "Powers of a base with evenly spaced exponents from start to stop."
      ) { call, session throws(Failure) in
        let first = try call.number(0, default: 0)
        let count = try call.int(2, default: 50)
        let intervals = Double(try call.bool(3, default: true, session) ? count - 1 : count)
        let step = intervals > 0 ? (try call.number(1, default: 0) - first) / intervals : 0
        let exponents = Tensor(shape: try session.shape(of: [count])) { entries in
          for index in entries.indices { entries[index] = first + Double(index) * step }
        }
        return try session.apply(
          Gates.power, [.own(call.number(4, default: 10)), Traced(exponents, .fresh)])
      },
      Builtin("eye", "N, M=None, k=0, dtype=None", "Ones on a diagonal, zeros elsewhere.") {
        call, session throws(Failure) in
        let rows = try call.int(0)
        let columns = try call.int(1, default: rows)
        return try eye(rows, columns, call.int(2, default: 0), dtypeAt: 3, call, session)
      },
      Builtin("identity", "n, dtype=None", "The unit matrix.") { call, session throws(Failure) in
        try eye(call.int(0), call.int(0), 0, dtypeAt: 1, call, session)
      },
      Builtin(
        "one_hot", "labels, classes=None", "For each label a row with 1 at its place, else 0."
      ) { call, session throws(Failure) in
        try oneHot(call, session)
      },
      Builtin(
        "meshgrid", "*xs, indexing='xy'", "The coordinates of a grid, one tensor for each axis."
      ) { call, session throws(Failure) in
        try meshgrid(call, session)
      },
    ]
  }

  /// A value as a tensor, with what can be iterated over as a list.
  static func array(
    _ value: Value, function: String, _ session: Session
  ) throws(Failure) -> Traced {
    if let traced = try session.tensor(value) {
      if case .object = value, !traced.node.isTracked { return Traced(traced.tensor, .fresh) }
      return traced
    }
    switch value {
    case .object(let object) where !(object is DictObject || object is SetObject):
      let items = try session.items(of: value)
      // What a constructor makes of numbers is data: a leaf once it has a name.
      if let traced = try session.stacked(items) {
        return traced.node.isTracked ? traced : Traced(traced.tensor, .fresh)
      }
      var odd: Value?
      for item in items where odd == nil {
        if try session.tensor(item) == nil { odd = item }
      }
      throw Failure(
        .type,
        "\(function)() makes tensors of numbers; \(object.described) holds"
          + " \(odd?.described ?? "other values")",
        hint: "a list of other values does well as a list")
    default:
      throw Failure(.type, "\(function)() makes tensors of numbers, not of \(value.described)")
    }
  }

  private static func eye(
    _ rows: Int, _ columns: Int, _ offset: Int, dtypeAt place: Int, _ call: BoundArguments,
    _ session: Session
  ) throws(Failure) -> Value {
    let shape = try session.shape(of: [rows, columns])
    let result = Tensor(shape: shape) { entries in
      entries.initialize(repeating: 0)
      for row in 0..<rows {
        let (column, overflow) = row.addingReportingOverflow(offset)
        if !overflow, column >= 0, column < columns { entries[row * columns + column] = 1 }
      }
    }
    return Value(try session.converted(Traced(result, .fresh), call, dtypeAt: place))
  }

  private static func oneHot(_ call: BoundArguments, _ session: Session) throws(Failure) -> Value {
    let labels = try call.tensor(0, session).tensor
    var places: [Int] = []
    for value in labels.values {
      guard let place = Int(exactly: value), place >= 0 else {
        throw Failure(
          .value, "one_hot() needs labels from 0 up, not \(Printing.number(value))")
      }
      places.append(place)
    }
    let classes = try call.int(1, default: (places.max() ?? -1) + 1)
    if let large = places.first(where: { $0 >= classes }) {
      throw Failure(.index, "the label \(large) is out of range for \(classes) classes")
    }
    let shape = try session.shape(of: labels.shape.dimensions + [classes])
    return .constant(
      Tensor(shape: shape) { entries in
        entries.initialize(repeating: 0)
        for (row, place) in places.enumerated() { entries[row * classes + place] = 1 }
      })
  }

  private static func meshgrid(
    _ call: BoundArguments, _ session: Session
  ) throws(Failure) -> Value {
    let indexing = try call.string(0, default: "xy")
    guard indexing == "xy" || indexing == "ij" else {
      throw Failure(.value, "meshgrid() knows indexing 'xy' and 'ij', not '\(indexing)'")
    }
    var axes: [Traced] = []
    for value in call.rest {
      let x = try array(value, function: "meshgrid", session)
      axes.append(try session.reshape(x, Shape(x.shape.count)))
    }
    var lengths = axes.map { $0.shape.count }
    let swaps = indexing == "xy" && axes.count > 1
    if swaps { lengths.swapAt(0, 1) }
    let shape = try session.shape(of: lengths)
    var grids: [Value] = []
    for (index, x) in axes.enumerated() {
      let axis = swaps && index < 2 ? 1 - index : index
      let column = try session.reshape(
        x, lengths.indices.map { $0 == axis ? lengths[axis] : 1 })
      grids.append(Value(try session.broadcast(column, to: shape)))
    }
    return .tuple(grids)
  }
}

extension Int {
  /// The integer nearest to a finite number.
  init(clamping number: Double) {
    self = Int(exactly: number.rounded(.towardZero)) ?? (number < 0 ? .min : .max)
  }
}
