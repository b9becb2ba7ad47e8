import Autodiff

/// The rows that built-in functions apply, looked up once.
extension Gates {
  static let reshape = row("reshape")
  static let transpose = row("transpose")
  static let broadcastTo = row("broadcast_to")
  static let place = row("place")
  static let concatenate = row("concatenate")
  static let matmul = row("matmul")
  static let divide = row("divide")
  static let power = row("power")
  static let sqrt = row("sqrt")
  static let square = row("square")
  static let exp = row("exp")
  static let log = row("log")
  static let maximum = row("maximum")
  static let minimum = row("minimum")
  static let choose = row("where")
  static let sum = row("sum")
  static let mean = row("mean")
  static let sort = row("sort")
  static let round = row("round")
}
