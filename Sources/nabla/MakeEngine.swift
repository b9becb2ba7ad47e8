import ArgumentParser
import EngineInterface
import Interpreter

/// Makes the engine that every command runs code on.
///
/// `tapeMemory` is the tape's budget in bytes.
func makeEngine(tapeMemory: Int = NablaEngine.defaultTapeMemory) -> any Engine {
  NablaEngine(version: nablaVersion, tapeMemory: tapeMemory)
}

/// The language that notebooks are to be written for.
let nablaLanguage = "nabla"

/// What commands that run code take about the engine.
struct EngineOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How many MiB of history the tape keeps before it forgets the oldest.", valueName: "MiB"))
  var tapeMemory = NablaEngine.defaultTapeMemory >> 20

  func validate() throws {
    guard (1...1 << 30).contains(tapeMemory) else {
      throw ValidationError("--tape-memory takes a number of MiB from 1 on, not \(tapeMemory)")
    }
  }

  /// The arguments that make another process of this program take the same options.
  var arguments: [String] { ["--tape-memory", String(tapeMemory)] }

  func makeEngine() -> any Engine { nabla.makeEngine(tapeMemory: tapeMemory << 20) }
}
