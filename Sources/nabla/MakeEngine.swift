import ArgumentParser
import Autodiff
import EngineInterface
import Interpreter

#if canImport(Glibc)
  import Glibc
#endif

/// The language that notebooks are to be written for.
let nablaLanguage = "nabla"

/// What commands that run code take about the engine.
struct EngineOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How many MiB of history the tape keeps before it forgets the oldest.", valueName: "MiB"))
  var tapeMemory = NablaEngine.Limits().tapeMemory >> 20

  @Option(
    help: ArgumentHelp(
      "The most memory to take, such as 2G; what passes it is a MemoryError. Four fifths of what "
        + "the machine or the container has, unless given here or in NABLA_MAX_MEMORY.",
      valueName: "size"),
    transform: ByteCount.argument)
  var maxMemory: ByteCount?

  @Option(
    help: ArgumentHelp(
      "The most that a cell may show, such as 64M; what passes it is cut with an OutputError. "
        + "16M in notebooks, unless given here or in NABLA_MAX_OUTPUT.",
      valueName: "size"),
    transform: ByteCount.argument)
  var maxOutput: ByteCount?

  /// Less than this leaves no room to work in.
  private static let leastMemory = 64 << 20

  func validate() throws {
    guard (1...1 << 30).contains(tapeMemory) else {
      throw ValidationError("--tape-memory takes a number of MiB from 1 on, not \(tapeMemory)")
    }
    if let maxMemory, maxMemory.bytes < Self.leastMemory {
      throw ValidationError(
        "--max-memory takes at least \(MemoryLimit.text(Self.leastMemory)), not"
          + " \(MemoryLimit.text(maxMemory.bytes))")
    }
  }

  /// The options' names, each of which takes a value.
  static let names = ["--tape-memory", "--max-memory", "--max-output"]

  /// The arguments that make another process of this program take the same options.
  var arguments: [String] {
    var words: [String] = []
    if tapeMemory != NablaEngine.Limits().tapeMemory >> 20 {
      words += ["--tape-memory", String(tapeMemory)]
    }
    if let maxMemory { words += ["--max-memory", String(maxMemory.bytes)] }
    if let maxOutput { words += ["--max-output", String(maxOutput.bytes)] }
    return words
  }

  /// Makes the engine that a command runs code on.
  ///
  /// `boundsOutput` says whether what a cell shows is bounded by default: it is for pages, and not
  /// for a terminal or a pipe.
  func makeEngine(boundsOutput: Bool = true) throws(CommandFailure) -> any Engine {
    try nabla.makeEngine(
      tapeMemory: tapeMemory << 20, memory: maxMemory, output: maxOutput,
      boundsOutput: boundsOutput)
  }
}

/// Makes an engine; what is nil comes from the environment, or else is the default.
func makeEngine(
  tapeMemory: Int? = nil, memory: ByteCount? = nil, output: ByteCount? = nil,
  boundsOutput: Bool = true
) throws(CommandFailure) -> any Engine {
  let memory = try memory.orFromEnvironment("NABLA_MAX_MEMORY")
  if let memory { MemoryLimit.bytes = memory.bytes }
  var limits = NablaEngine.Limits()
  if let tapeMemory { limits.tapeMemory = tapeMemory }
  let output = try output.orFromEnvironment("NABLA_MAX_OUTPUT")
  if let output { limits.output = output.bytes } else if !boundsOutput { limits.output = .max }
  return NablaEngine(version: nablaVersion, limits: limits)
}

extension ByteCount? {
  /// This size, or else the one that a variable of the environment names.
  fileprivate func orFromEnvironment(_ name: String) throws(CommandFailure) -> ByteCount? {
    if let self { return self }
    guard let text = getenv(name).map({ String(cString: $0) }), !text.isEmpty else { return nil }
    guard let size = ByteCount(argument: text) else {
      throw CommandFailure(description: "\(name) must be \(ByteCount.help), not '\(text)'")
    }
    return size
  }
}
