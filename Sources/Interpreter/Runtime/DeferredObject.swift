import Autodiff

/// An elementwise expression on its way to the operator or call that computes it.
///
/// Only ``Node/evaluateDeferred(_:)`` gives one, so no name ever holds it.
final class DeferredObject: Object {
  let expression: FusedExpression

  init(_ expression: FusedExpression) {
    self.expression = expression
    super.init()
  }
}

extension Session {
  /// An elementwise gate of large tensors, to be computed with what is made of it; nil where the
  /// operator computes it itself.
  func deferred(_ gate: Gate, _ operands: Value...) throws(Failure) -> Value? {
    var parts: [FusedExpression.Operand] = []
    var isLarge = false
    for operand in operands {
      switch operand {
      case .object(let object):
        guard let deferred = object as? DeferredObject else { return nil }
        parts.append(.expression(deferred.expression))
        isLarge = true
      case .tensor(let object):
        parts.append(.value(Traced(object.tensor, object.node)))
        isLarge = isLarge || object.tensor.count >= FusedExpression.smallestCount
      case .param(let param):
        parts.append(.value(Traced(param.tensor, param.node)))
        isLarge = isLarge || param.tensor.count >= FusedExpression.smallestCount
      case .number(let value, let node): parts.append(.value(Traced(Tensor(value), node)))
      default: return nil
      }
    }
    guard isLarge else { return nil }
    do throws(GateError) {
      return try tape.pointee.deferred(gate, parts).map { .object(DeferredObject($0)) }
    } catch { throw Failure(error) }
  }

  /// A value that may be deferred, computed; `reduction` is the sum or mean that is taken of it.
  func computed(_ value: Value, reduction: Gate? = nil) throws(Failure) -> Value {
    guard case .object(let object) = value, let deferred = object as? DeferredObject else {
      return value
    }
    do throws(GateError) {
      return Value(try tape.pointee.evaluate(deferred.expression, reduction: reduction))
    } catch { throw Failure(error) }
  }

  static func isDeferred(_ value: Value) -> Bool {
    if case .object(let object) = value { object is DeferredObject } else { false }
  }
}
