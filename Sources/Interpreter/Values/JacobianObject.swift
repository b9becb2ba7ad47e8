import Autodiff
import Display
import EngineInterface

/// A Jacobian: a linear map that is kept by its structure.
///
/// A product, a sum or a transpose of recorded Jacobians is recorded like them, so that gradients
/// flow through what is made of it; its entries are those of the numbers.
final class JacobianObject: Object {
  /// What products with vectors apply.
  let map: LinearMap
  /// The same as numbers, by its structure.
  private(set) lazy var numbers = map.normalized

  init(_ map: LinearMap) {
    self.map = map
    super.init()
  }

  /// A map made of others: recorded as `map` where one of them is, and else its numbers.
  private init(_ numbers: LinearMap, recordedAs map: LinearMap, _ session: Session) {
    let isRecorded =
      session.tape.pointee.isRecording && map.nodes.contains { $0.isTracked }
    self.map = isRecorded ? map : numbers
    super.init()
    self.numbers = numbers
  }

  override var typeName: String { "Jacobian" }
  override var heldNodes: [UInt32] { map.nodes.map(\.raw) }
  override var described: String { "a Jacobian of shape \(shape)" }
  private var shape: Shape { Shape(map.rows.count, map.columns.count) }

  override var attributeNames: [String] {
    ["T", "dense", "nbytes", "ndim", "nnz", "shape", "size", "structure"]
  }

  override func attribute(_ name: String, _ session: Session) throws(Failure) -> Value? {
    switch name {
    case "shape": return .tuple([.int(shape[0]), .int(shape[1])])
    case "structure": return .string(numbers.structure.rawValue)
    case "nnz": return .int(numbers.nnz)
    case "nbytes": return .int(numbers.nbytes)
    case "ndim": return .int(2)
    case "size": return .int(map.rows.count * map.columns.count)
    case "T":
      let turned = LinearMap(rows: map.columns, columns: map.rows, .transposed(map))
      return .object(JacobianObject(numbers.transposed, recordedAs: turned, session))
    case "dense":
      let map = map
      return .object(
        Builtin(
          "dense", "limit=67108864", "The Jacobian with all its zeros, up to a limit in bytes."
        ) { arguments, session throws(Failure) in
          let limit = try arguments.int(0, default: 64 << 20)
          return Value(
            try session.running { () throws(GateError) in
              try session.tape.pointee.dense(map, limit: limit)
            })
        })
    default: return nil
    }
  }

  override func binary(
    _ operation: Operation, _ other: Value, isLeft: Bool, _ session: Session
  ) throws(Failure) -> Value? {
    if let other = other.object(JacobianObject.self) {
      let (left, right) = isLeft ? (self, other) : (other, self)
      switch operation {
      case .matmul: return try left.times(right, session)
      case .add: return try left.plus(right, session)
      case .subtract:
        return try left.plus(right.scaled(by: Traced(constant: -1.0), session), session)
      default: break
      }
    } else if case .number(let number, let node) = other {
      // Numbers keep the structure.
      if operation == .multiply {
        return .object(try scaled(by: Traced(Tensor(number), node), session))
      }
      if operation == .divide, isLeft {
        let inverse = try session.binary(.divide, .number(1, .constant), other)
        if let inverse = inverse.traced { return .object(try scaled(by: inverse, session)) }
      }
    }
    guard let tensor = try session.tensor(other) else { return nil }
    if operation == .matmul {
      let tape = session.tape
      return Value(
        try session.running { () throws(GateError) -> Traced in
          if isLeft { return try tape.pointee.multiply(map, tensor) }
          return try tape.pointee.multiply(tensor, map)
        })
    }
    // Everything else is arithmetic on the matrix itself.
    guard let dense = try asTensor(session) else { return nil }
    let value = Value(dense)
    return isLeft
      ? try session.binary(operation, value, other)
      : try session.binary(operation, other, value)
  }

  private func times(_ inner: JacobianObject, _ session: Session) throws(Failure) -> Value {
    let product = try session.running { () throws(GateError) in
      let product = try numbers.times(inner.numbers)
      // One that was interrupted is not whole.
      try session.tape.pointee.interruption.check()
      return product
    }
    let view = LinearMap.identity(inner.map.rows, as: map.columns)
    return .object(
      JacobianObject(product, recordedAs: map.after(view.after(inner.map)), session))
  }

  private func plus(_ other: JacobianObject, _ session: Session) throws(Failure) -> Value {
    let sum = try session.running { () throws(GateError) in try numbers.plus(other.numbers) }
    let shaped = LinearMap.identity(other.map.rows, as: map.rows).after(other.map)
      .after(.identity(map.columns, as: other.map.columns))
    let total = LinearMap(rows: map.rows, columns: map.columns, .total([map, shaped]))
    return .object(JacobianObject(sum, recordedAs: total, session))
  }

  private func scaled(by factor: Traced, _ session: Session) throws(Failure) -> JacobianObject {
    let scale = LinearMap(rows: map.rows, columns: map.rows, .scaled(factor))
    return JacobianObject(
      numbers.scaled(by: factor.tensor.number), recordedAs: scale.after(map), session)
  }

  override func negated(_ session: Session) throws(Failure) -> Value? {
    .object(try scaled(by: Traced(constant: -1.0), session))
  }

  /// An entry, a row or a column is picked without the rest; all else from the dense matrix.
  override func item(_ index: Value, _ session: Session) throws(Failure) -> Value {
    if let line = try line(index, session) { return line }
    guard let dense = try asTensor(session) else { return .none }
    return try session.item(Value(dense), index)
  }

  /// `J[i]`, `J[i, j]`, `J[i, :]` and `J[:, j]`; nil for other indices.
  private func line(_ index: Value, _ session: Session) throws(Failure) -> Value? {
    var items = [index]
    if let tuple = index.object(TupleObject.self) { items = tuple.items }
    guard (1...2).contains(items.count) else { return nil }
    let row = try place(items[0], axis: 0)
    let column = items.count > 1 ? try place(items[1], axis: 1) : nil
    let isWhole = items.map { $0.object(SliceObject.self)?.isWhole ?? false }
    let tape = session.tape
    let map = map
    if let row, let column {
      return Value(
        try session.running { () throws(GateError) in
          try tape.pointee.entry(map, row: row, column: column)
        })
    }
    if let row, items.count == 1 || isWhole[1] {
      return Value(
        try session.running { () throws(GateError) in try tape.pointee.row(map, row) })
    }
    if let column, isWhole[0] {
      return Value(
        try session.running { () throws(GateError) in try tape.pointee.column(map, column) })
    }
    return nil
  }

  /// An index along an axis, counted from either end; nil for what is no integer.
  private func place(_ index: Value, axis: Int) throws(Failure) -> Int? {
    guard case .number(let number, _) = index, let place = Int(exactly: number) else { return nil }
    let length = shape[axis]
    guard place >= -length, place < length else {
      throw Failure(
        .index,
        "index \(place) is out of range for axis \(axis) of \(described), which has"
          + " \(length) \(axis == 0 ? "row" : "column")\(length == 1 ? "" : "s")")
    }
    return place < 0 ? place + length : place
  }

  override func length(_ session: Session) throws(Failure) -> Int? { map.rows.count }
  override func iterator(_ session: Session) throws(Failure) -> ValueIterator {
    guard let dense = try asTensor(session) else { return ItemIterator([]) }
    return try session.iterator(Value(dense))
  }

  override func isEqual(to other: Value, _ session: Session) throws(Failure) -> Bool? {
    guard let other = try session.tensor(other) else { return nil }
    return try asTensor(session)?.tensor.isEqual(other.tensor) ?? false
  }

  override func asTensor(_ session: Session) throws(Failure) -> Traced? {
    try session.running { () throws(GateError) in try session.tape.pointee.dense(map) }
  }

  override func repr(_ session: Session) throws(Failure) -> String { view.text() }

  /// What a cell shows for it.
  var view: JacobianView { JacobianView(numbers) }
}

extension JacobianView {
  /// The pattern and counts of a map; small ones with their entries.
  init(_ map: LinearMap) {
    let isSmall = map.rows.count * map.columns.count <= 64
    self.init(
      rows: map.rows.count, columns: map.columns.count, structure: map.structure.rawValue,
      storedEntries: map.nnz, bytes: map.nbytes,
      entries: map.entries(limit: 1 << 16).map { ($0.row, $0.column) },
      dense: isSmall ? try? map.dense() : nil)
  }
}
