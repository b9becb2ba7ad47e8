import Autodiff

extension Builtins {
  /// Random numbers: the stream that NumPy's seeded generator gives.
  static func randomness() -> [Builtin] {
    [
      Builtin("seed", "seed=None", "Starts the random numbers anew.") {
        call, session throws(Failure) in
        session.random = try state(call, session)
        return .none
      },
      drawn("rand", "*shape", "Uniform numbers from 0 to below 1.") { $0.fraction() },
      drawn("randn", "*shape", "Normal numbers of mean 0 and deviation 1.") { $0.gaussian() },
      sized("random", "size=None", "Uniform numbers from 0 to below 1.") { $0.fraction() },
      sized("standard_normal", "size=None", "Normal numbers of mean 0 and deviation 1.") {
        $0.gaussian()
      },
      Builtin(
        "randint", "low, high=None, size=None, dtype=None",
        "Whole numbers from low to below high, or from 0 to below low."
      ) { call, session throws(Failure) in
        let low = call[1] == nil ? 0 : try call.int(0)
        let high = try call[1] == nil ? call.int(0) : call.int(1)
        let shape = call[2] == nil ? Shape.scalar : try call.shape(2, session)
        let numbers = try session.randomIntegers(from: low, below: high, count: shape.count)
        return .fresh(Tensor(shape: shape, values: numbers.map(Double.init)))
      },
      Builtin("uniform", "low=0, high=1, size=None", "Uniform numbers from low to below high.") {
        call, session throws(Failure) in
        try scaled(call, session, low: 0, high: 1) { low, high, random in
          low + (high - low) * random.fraction()
        }
      },
      Builtin("normal", "loc=0, scale=1, size=None", "Normal numbers.") {
        call, session throws(Failure) in
        for value in try call.tensor(1, or: 1, session).tensor.values where value < 0 {
          throw Failure(.value, "normal() needs a scale of at least 0, not \(value)")
        }
        return try scaled(call, session, low: 0, high: 1) { mean, deviation, random in
          mean + deviation * random.gaussian()
        }
      },
      Builtin("permutation", "x", "The integers below x, or the rows of x, in random order.") {
        call, session throws(Failure) in
        let value = call.value(0)
        if case .number = value {
          let count = try call.int(0)
          let shape = try session.shape(of: [count])
          return .constant(
            Tensor(shape: shape, values: try session.randomOrder(count).map(Double.init)))
        }
        let x = try array(value, function: "permutation", session)
        guard x.rank > 0 else { throw Failure(.value, "permutation() needs rows to put in order") }
        let order = try session.randomOrder(x.shape[0])
        return Value(try session.pick(x, order, axis: 0))
      },
      Builtin(
        "RandomState", "seed=None", "A stream of random numbers of its own, with these methods."
      ) { call, session throws(Failure) in
        .object(RandomObject(try state(call, session)))
      },
      Builtin("shuffle", "x", "Puts the items of a list, or the rows of a tensor, in random order.")
      { call, session throws(Failure) in
        try shuffle(call.value(0), session)
        return .none
      },
      Builtin(
        "choice", "items, size=None, replace=True, p=None",
        "Items by chance, of a sequence or of the integers below a number."
      ) { call, session throws(Failure) in
        try choice(call, session)
      },
    ]
  }

  /// The stream of the seed that is the call's first argument: a number, several, or none.
  static func state(
    _ call: BoundArguments, _ session: Session
  ) throws(Failure) -> RandomState {
    guard let seed = call[0] else { return RandomState() }
    let numbers = try call.integers(0, session)
    do throws(GateError) {
      return seed.isNumber
        ? try RandomState(checking: numbers[0]) : try RandomState(key: numbers)
    } catch { throw Failure(error) }
  }

  private static func drawn(
    _ name: String, _ signature: String, _ summary: String,
    _ draw: @escaping (inout RandomState) -> Double
  ) -> Builtin {
    Builtin(name, signature, summary) { call, session throws(Failure) in
      if call.rest.isEmpty { return .number(draw(&session.random), .fresh) }
      let shape = try session.shape(of: lengths(call.rest, "the shape", session))
      return try filled(shape, session, draw)
    }
  }

  private static func sized(
    _ name: String, _ signature: String, _ summary: String,
    _ draw: @escaping (inout RandomState) -> Double
  ) -> Builtin {
    Builtin(name, signature, summary) { call, session throws(Failure) in
      try self.draw(sizeAt: 0, call, session, draw)
    }
  }

  /// Numbers of the shape at a place of the call, or one where none is given.
  private static func draw(
    sizeAt place: Int, _ call: BoundArguments, _ session: Session,
    _ draw: (inout RandomState) -> Double
  ) throws(Failure) -> Value {
    guard call[place] != nil else { return .number(draw(&session.random), .fresh) }
    return try filled(call.shape(place, session), session, draw)
  }

  private static func filled(
    _ shape: Shape, _ session: Session, _ draw: (inout RandomState) -> Double
  ) throws(Failure) -> Value {
    try filled(shape, session) { _, random in draw(&random) }
  }

  /// Numbers that are drawn entry by entry, until an interruption.
  private static func filled(
    _ shape: Shape, _ session: Session, _ draw: (Int, inout RandomState) -> Double
  ) throws(Failure) -> Value {
    let tensor = Tensor(shape: shape) { entries in
      for index in entries.indices {
        // The rest is left as it is: nobody sees it, and to fill it would take as long.
        if index & RandomState.blockMask == 0, session.interruption.isRequested { return }
        entries[index] = draw(index, &session.random)
      }
    }
    try session.checkInterruption()
    return .fresh(tensor)
  }

  /// Numbers by two parameters, which may be tensors that broadcast.
  private static func scaled(
    _ call: BoundArguments, _ session: Session, low: Double, high: Double,
    _ draw: (Double, Double, inout RandomState) -> Double
  ) throws(Failure) -> Value {
    let a = try call.tensor(0, or: low, session).detached
    let b = try call.tensor(1, or: high, session).detached
    guard var shape = a.shape.broadcast(with: b.shape) else {
      throw Failure(
        .shape,
        "the parameters of \(call.function)() have shapes \(a.shape) and \(b.shape),"
          + " which do not broadcast")
    }
    if call[2] != nil { shape = try call.shape(2, session) }
    let x = try session.broadcast(a, to: shape).tensor
    let y = try session.broadcast(b, to: shape).tensor
    return try filled(shape, session) { index, random in draw(x[index], y[index], &random) }
  }

  private static func shuffle(_ value: Value, _ session: Session) throws(Failure) {
    if let list = value.object(ListObject.self) {
      list.items = try session.randomOrder(list.items.count).map { list.items[$0] }
      return
    }
    guard let x = value.traced, x.rank > 0 else {
      throw Failure(
        .type, "shuffle() works in place, on a list or a tensor, not on \(value.described)",
        hint: "permutation(x) gives a new one")
    }
    let order = try session.randomOrder(x.shape[0])
    let mixed = try session.pick(x.detached, order, axis: 0)
    try session.overwrite(value, with: mixed.tensor, function: "shuffle")
  }

  private static func choice(_ call: BoundArguments, _ session: Session) throws(Failure) -> Value {
    let given = call.value(0)
    let items: [Value]?
    var tensor: Traced?
    let count: Int
    if case .number = given {
      items = nil
      count = try call.int(0)
    } else if given.traced != nil {
      items = nil
      let x = try call.tensor(0, session)
      guard x.rank == 1 else {
        throw Failure(.shape, "choice() needs a vector, not a tensor of shape \(x.shape)")
      }
      count = x.shape[0]
      tensor = x
    } else {
      let all = try session.items(of: given)
      count = all.count
      if !all.isEmpty, all.allSatisfy(\.isNumber), let x = try session.stacked(all) {
        tensor = x
        items = nil
      } else {
        items = all
      }
    }
    let shape = call[1] == nil ? Shape.scalar : try call.shape(1, session)
    let replaces = try call.bool(2, default: true, session)
    let shares = call[3] == nil ? nil : try call.tensor(3, session).tensor.values
    let places: [Int]
    do throws(GateError) {
      places = try session.random.choice(
        count, count: shape.count, replace: replaces, p: shares,
        interruption: session.interruption)
    } catch { throw Failure(error) }
    if let tensor {
      if shape.isScalar { return Value(try session.pick(tensor, [.integer(places[0])])) }
      return Value(try session.pick(tensor, [.integers(shape, places)]))
    }
    guard let items else {
      return .constant(Tensor(shape: shape, values: places.map(Double.init)))
    }
    return shape.isScalar ? items[places[0]] : .list(places.map { items[$0] })
  }
}

extension BoundArguments {
  /// A tensor, or a number where none is given.
  func tensor(_ index: Int, or other: Double, _ session: Session) throws(Failure) -> Traced {
    self[index] == nil ? .own(other) : try tensor(index, session)
  }
}

extension Session {
  /// Integers from one to below another.
  func randomIntegers(from low: Int, below high: Int, count: Int) throws(Failure) -> [Int] {
    do throws(GateError) {
      return try random.integers(
        low: low, high: high, count: count, interruption: interruption)
    } catch { throw Failure(error) }
  }

  /// The integers below a number in random order.
  func randomOrder(_ count: Int) throws(Failure) -> [Int] {
    let order = random.permutation(count, interruption: interruption)
    try checkInterruption()
    return order
  }
}

/// A stream of random numbers beside the session's: `np.random.RandomState(seed)`.
final class RandomObject: Object {
  private var state: RandomState

  init(_ state: RandomState) { self.state = state }

  private static let methods = [
    "seed", "rand", "randn", "random", "random_sample", "standard_normal", "randint", "uniform",
    "normal", "permutation", "shuffle", "choice",
  ]

  override var typeName: String { "RandomState" }
  override var attributeNames: [String] { RandomObject.methods }

  override func attribute(_ name: String, _ session: Session) throws(Failure) -> Value? {
    guard RandomObject.methods.contains(name),
      let function = session.builtins[name]?.object(Builtin.self)
    else { return nil }
    return .object(
      Builtin(name, "*values, **named", function.summary) { [self] call, session throws(Failure) in
        // The session draws from this stream for the time of the call.
        swap(&session.random, &state)
        defer { swap(&session.random, &state) }
        return try function.call(Arguments(call.rest, keywords: call.keywordRest), session)
      })
  }
}
