import Autodiff
import EngineInterface

// Tensors handed to a session and taken from it, by programs that run cells themselves.

extension NablaEngine {
  /// Gives a name a tensor, as a cell would that assigned it: a leaf, or a param.
  public func define(_ name: String, _ tensor: Tensor, isParam: Bool = false) {
    running.withLock { _ in
      session.globals[name] =
        isParam
        ? .param(session.param(tensor))
        : Value(Traced(tensor, session.tape.pointee.leaf(tensor)))
    }
  }

  /// The tensor that an expression gives, of a list of numbers too; an error when it gives none.
  public func tensor(_ expression: String) throws(ErrorReport) -> Tensor {
    try reading { session throws(Failure) in
      let value = try session.evaluate(expression)
      guard let traced = try session.tensor(value) else {
        throw Failure(.type, "\(expression) is no tensor but \(value.described)")
      }
      return traced.tensor
    }
  }

  /// The map of the Jacobian that an expression gives; an error when it gives none.
  public func jacobian(_ expression: String) throws(ErrorReport) -> LinearMap {
    try reading { session throws(Failure) in
      let value = try session.evaluate(expression)
      guard let jacobian = value.object(JacobianObject.self) else {
        throw Failure(.type, "\(expression) is no Jacobian but \(value.described)")
      }
      return jacobian.map
    }
  }

  /// Looks at the session between cells.
  private func reading<Result>(
    _ body: (Session) throws(Failure) -> Result
  ) throws(ErrorReport) -> Result {
    do throws(Failure) {
      return try running.withLock { _ throws(Failure) in try body(session) }
    } catch {
      throw NablaEngine.report(error)
    }
  }
}
