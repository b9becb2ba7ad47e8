import Autodiff

/// The rows that the runtime itself applies, looked up once.
enum Gates {
  static let add = row("add")
  static let multiply = row("multiply")
  static let subtract = row("subtract")
  static let negative = row("negative")
  static let take = row("take")
  static let replace = row("replace")
  static let stack = row("stack")
  static let copy = row("copy")

  /// The reductions over all entries that an elementwise expression can end in.
  static let reductions = ["sum": row("sum"), "mean": row("mean")]

  static func row(_ name: String) -> Gate {
    guard let gate = GateTable.gate(named: name) else {
      preconditionFailure("the table has no gate \(name)")
    }
    return gate
  }
}
