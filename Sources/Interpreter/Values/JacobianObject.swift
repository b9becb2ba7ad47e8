import Autodiff
import Display
import EngineInterface

/// A Jacobian: a linear map that is kept by its structure.
final class JacobianObject: Object {
  let map: LinearMap

  init(_ map: LinearMap) {
    self.map = map
    super.init()
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
    case "structure": return .string(map.structure.rawValue)
    case "nnz": return .int(map.nnz)
    case "nbytes": return .int(map.nbytes)
    case "ndim": return .int(2)
    case "size": return .int(map.rows.count * map.columns.count)
    case "T": return .object(JacobianObject(map.transposed))
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
      let (left, right) = isLeft ? (map, other.map) : (other.map, map)
      switch operation {
      case .matmul:
        return .object(
          JacobianObject(try session.running { () throws(GateError) in try left.times(right) }))
      case .add:
        return .object(
          JacobianObject(try session.running { () throws(GateError) in try left.plus(right) }))
      case .subtract:
        return .object(
          JacobianObject(
            try session.running { () throws(GateError) in
              try left.plus(right.scaled(by: -1))
            }))
      default: break
      }
    } else if case .number(let factor, let node) = other, !node.isTracked {
      // Factors that carry no gradient keep the structure.
      if operation == .multiply { return .object(JacobianObject(map.scaled(by: factor))) }
      if operation == .divide, isLeft {
        return .object(JacobianObject(map.scaled(by: 1 / factor)))
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

  override func negated(_ session: Session) throws(Failure) -> Value? {
    .object(JacobianObject(map.scaled(by: -1)))
  }

  override func item(_ index: Value, _ session: Session) throws(Failure) -> Value {
    guard let dense = try asTensor(session) else { return .none }
    return try session.item(Value(dense), index)
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
  var view: JacobianView { JacobianView(map) }
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
