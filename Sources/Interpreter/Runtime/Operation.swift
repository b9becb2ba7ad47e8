import Autodiff
import Syntax

/// A binary operator at work: the syntax's operator with its gate.
typealias Operation = BinaryOperator

extension BinaryOperator {
  /// The method by which a class defines it; likewise with the operands swapped.
  var method: String { "__\(methodStem)__" }
  var reflectedMethod: String { "__r\(methodStem)__" }

  private var methodStem: String {
    switch self {
    case .add: "add"
    case .subtract: "sub"
    case .multiply: "mul"
    case .divide: "truediv"
    case .floorDivide: "floordiv"
    case .remainder: "mod"
    case .power: "pow"
    case .matmul: "matmul"
    case .bitAnd: "and"
    case .bitOr: "or"
    case .bitXor: "xor"
    }
  }
}
