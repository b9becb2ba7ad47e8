import Autodiff
import Syntax

// The first call of a user's gate is checked numerically at its own inputs.

extension GateObject {
  /// Inputs with more entries than this are checked along random directions.
  private static let mostEntries = 64
  private static let directions = 8

  /// Compares backward with central differences of forward, once, and warns when they differ.
  func check(_ call: Call, _ arguments: Arguments, _ session: Session) throws(Failure) {
    guard !isChecked else { return }
    isChecked = true
    // A warning is all that a check may lead to: a gate whose forward fails elsewhere still works.
    let tape = session.tape
    let wasRecording = tape.pointee.isRecording
    tape.pointee.isRecording = false
    defer { tape.pointee.isRecording = wasRecording }
    var random = RandomState(seed: 0)
    do throws(Failure) {
      let upstreams = call.outputs.map { output in
        // An upstream of 1 makes the numbers of a warning those of the gate itself.
        output.shape.isScalar
          ? Traced(constant: 1)
          : Traced(
            constant: Tensor(shape: output.shape) { entries in
              for index in entries.indices { entries[index] = random.fraction() + 0.5 }
            })
      }
      let analytic = try gradients(of: call, upstreams, session)
      for (index, gradient) in analytic.enumerated() {
        let operand = call.operands[index].tensor
        let parameter = forward.code.layout.positional[call.parameters[index]]
        guard !operand.isMask else { continue }
        for direction in GateObject.directions(operand, &random) {
          let numeric = try slope(call, arguments, index, direction, upstreams, session)
          let claimed = gradient.map { dot($0.tensor, direction) } ?? 0
          guard numeric.isFinite, claimed.isFinite else { continue }
          let error = abs(numeric - claimed) / max(1, abs(numeric), abs(claimed))
          // Below this, rounding and a kink nearby are as likely as a slip.
          if error > 1e-4 {
            session.warn(
              "the gradient of \(name) with respect to \(parameter) is wrong: backward gives"
                + " \(Printing.short(claimed)), central differences give"
                + " \(Printing.short(numeric))", at: definition)
            break
          }
        }
      }
    } catch {
      if error.isInterrupt { throw error }
      session.warn(error.exception.message, at: definition, hint: error.exception.hint)
    }
  }

  /// The unit vectors of a small tensor, random directions of a large one.
  private static func directions(_ operand: Tensor, _ random: inout RandomState) -> [Tensor] {
    if operand.count <= mostEntries {
      return (0..<operand.count).map { place in
        Tensor(shape: operand.shape) { entries in
          for index in entries.indices { entries[index] = index == place ? 1 : 0 }
        }
      }
    }
    return (0..<directions).map { _ in
      Tensor(shape: operand.shape) { entries in
        for index in entries.indices { entries[index] = random.fraction() - 0.5 }
      }
    }
  }

  /// The central difference of `Σ upstream · forward` along a direction of one operand.
  private func slope(
    _ call: Call, _ arguments: Arguments, _ index: Int, _ direction: Tensor,
    _ upstreams: [Traced], _ session: Session
  ) throws(Failure) -> Double {
    let step = 1e-5
    func value(_ sign: Double) throws(Failure) -> Double {
      var moved = call.operands[index].tensor
      moved.update { entries in
        for place in entries.indices { entries[place] += sign * step * direction[place] }
      }
      var changed = arguments
      let parameter = call.parameters[index]
      let name = forward.code.layout.positional[parameter]
      changed.set(parameter, named: name, to: .constant(moved))
      let outputs = try runForward(changed, session).outputs
      return zip(outputs, upstreams).reduce(0) { $0 + dot($1.0.tensor, $1.1.tensor) }
    }
    return (try value(1) - value(-1)) / (2 * step)
  }

  private func dot(_ a: Tensor, _ b: Tensor) -> Double {
    guard a.count == b.count else { return .nan }
    return a.withEntries { x in b.withEntries { y in zip(x, y).reduce(0) { $0 + $1.0 * $1.1 } } }
  }
}
