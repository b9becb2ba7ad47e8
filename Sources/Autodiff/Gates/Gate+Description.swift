extension Gate: CustomStringConvertible {
  /// All that a user wants to know of the gate, one fact a line.
  public var description: String {
    var lines = ["\(name)\(signature)", summary, "formula:        \(formula)"]
    let gradients = localGradients
    if gradients.isEmpty {
      lines.append("local gradient: none")
    } else if gradients.count == operands.count {
      for (operand, gradient) in zip(operands, gradients) {
        lines.append("local gradient: d\(name)/d\(operand) = \(gradient)")
      }
    } else {
      lines.append("local gradient: " + gradients.joined(separator: ", "))
    }
    if let note { lines.append("note:           \(note)") }
    lines.append("source:         \(source)")
    return lines.joined(separator: "\n")
  }
}
