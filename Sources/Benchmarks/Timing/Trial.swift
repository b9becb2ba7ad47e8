import Autodiff
import EngineInterface
import Interpreter
import Synchronization

/// A workload in a session of its own: its inputs defined, its cell run.
final class Trial {
  let workload: Workload
  private let engine: NablaEngine
  private let warnings = Warnings()

  init(_ workload: Workload) throws(ErrorReport) {
    self.workload = workload
    engine = NablaEngine(version: "benchmarks")
    for input in workload.inputs() {
      engine.define(input.name, input.tensor, isParam: input.isParam)
    }
    try run(workload.cell)
  }

  /// What the session wrote to stderr.
  var warned: String { warnings.text }

  private func run(_ code: String) throws(ErrorReport) {
    let request = ExecutionRequest(code: code, showsTables: false)
    if let error = engine.execute(request, to: warnings).error { throw error }
  }

  /// Runs the trials and takes their results.
  func outcome() throws(ErrorReport) -> Outcome {
    for _ in 0..<workload.trials { try run("result = \(workload.trial)") }
    switch workload.results {
    case .tensors(let expressions):
      let loss = try engine.tensor("result").item ?? .nan
      var tensors: [Tensor] = []
      for expression in expressions { tensors.append(try engine.tensor(expression)) }
      return .digest(Digest(loss: loss, tensors: tensors))
    case .netGradients(let expression):
      let loss = try engine.tensor("result").item ?? .nan
      let gradients = try engine.tensor(expression)
      guard gradients.count == Inputs.netParameters.count else {
        return .digest(Digest(loss: loss, tensors: [gradients]))
      }
      return .digest(Digest(loss: loss, tensors: Net.matrices(of: gradients)))
    case .jacobian:
      let entries = try engine.jacobian("result").entries().map(\.value)
      return .jacobian(
        sum: CompensatedSum(entries).value,
        squares: CompensatedSum(entries.map { $0 * $0 }).value)
    case .denseJacobian:
      let map = try engine.jacobian("result")
      do throws(GateError) {
        return .digest(Digest(loss: 0, tensors: [try map.dense()]))
      } catch {
        throw ErrorReport(name: error.kind.rawValue, message: error.message, traceback: [])
      }
    }
  }

  typealias Outcome = Reference

  /// Calls the workload so many times, in Nabla's own loop.
  ///
  /// The loop and the call are Nabla's: a turn of the loop looks for interruptions and keeps the
  /// tape within its budget, as in any training loop.
  func repeatCall(_ count: Int) throws(ErrorReport) {
    try run("for _ in range(\(count)):\n    \(workload.call)")
  }
}

extension Reference {
  /// The largest relative difference between two outcomes; infinite where they are of other kinds.
  func difference(from reference: Reference) -> Double {
    switch (self, reference) {
    case (.digest(let mine), .digest(let theirs)): return mine.difference(from: theirs)
    case (.jacobian(let sum, let squares), .jacobian(let otherSum, let otherSquares)):
      let scale = otherSquares.squareRoot() + 1
      let differences = [
        abs(sum - otherSum) / scale,
        abs(squares.squareRoot() - otherSquares.squareRoot()) / scale,
      ]
      return differences.contains { $0.isNaN } ? .nan : differences.max() ?? .nan
    default: return .infinity
    }
  }
}

/// Keeps what a session warns of; there is nothing else to show.
private final class Warnings: OutputSink {
  private let kept = Mutex("")

  var text: String { kept.withLock { $0 } }

  func write(_ text: String, to stream: StandardStream) { kept.withLock { $0 += text } }
  func display(_ bundle: MIMEBundle, id: String?) {}
  func updateDisplay(_ bundle: MIMEBundle, id: String) {}
  func result(_ bundle: MIMEBundle) {}
  func clearOutput(wait: Bool) {}
  func input(prompt: String, password: Bool) throws(InputFailure) -> String { throw .unavailable }
  func comm(_ event: CommEvent) {}
}
