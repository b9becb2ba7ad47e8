import Autodiff
import EngineInterface
import Foundation
import Interpreter

/// A session whose cells run one after the other on a thread with a large stack.
final class Cells: Sendable {
  let engine: NablaEngine

  init(
    folder: URL = ScriptFile.folder, tapeMemory: Int = NablaEngine.Limits().tapeMemory,
    output: Int? = nil
  ) {
    var limits = NablaEngine.Limits()
    limits.tapeMemory = tapeMemory
    if let output { limits.output = output }
    // One for all tests, whatever machine they run on.
    MemoryLimit.bytes = 8 << 30
    engine = NablaEngine(version: "test", folder: folder.path, limits: limits)
  }

  /// How a cell ended and what it showed.
  struct Ran: Sendable {
    var outcome: ExecutionOutcome
    var output: CollectingSink.Output

    var errorName: String? { outcome.error?.name }
    var errorMessage: String? { outcome.error?.message }
    /// The error's block without colours.
    var block: String {
      (outcome.error?.traceback ?? []).joined(separator: "\n").withoutEscapes
    }
  }

  func run(_ request: ExecutionRequest, sink: CollectingSink = CollectingSink()) async -> Ran {
    await withCheckedContinuation { continuation in
      let thread = Thread { [engine] in
        let outcome = engine.execute(request, to: sink)
        continuation.resume(returning: Ran(outcome: outcome, output: sink.output))
      }
      thread.stackSize = 512 << 20
      thread.start()
    }
  }

  @discardableResult
  func run(_ code: String, count: Int = 1) async -> Ran {
    await run(ExecutionRequest(code: code, executionCount: count))
  }
}
