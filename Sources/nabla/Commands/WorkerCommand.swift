import ArgumentParser
import Console
import EngineInterface
import Notebook

#if canImport(Glibc)
  import Glibc
#endif

/// `nabla worker`: the process that `nabla run` and `nabla check` start for each file.
struct WorkerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "worker",
    abstract: "Run the cells of one file for `nabla run`, which starts this.",
    discussion:
      "It takes its work from an open socket, and ends with the process at its other end.",
    shouldDisplay: false)

  @Flag(help: "Whether the file is a script, whose output has no bound by default.")
  var script = false

  @OptionGroup var engineOptions: EngineOptions

  /// The command line where all options are the default ones.
  ///
  /// The parser of command lines takes a millisecond or two to describe all commands to itself.
  static let plainArguments = ["nabla", "worker"]

  func run() throws {
    try Self.serve(engineOptions.makeEngine(boundsOutput: !script))
  }

  static func serve(_ engine: any Engine) throws -> Never {
    // It was started by a link to this program, whose name `ps` and `top` would show otherwise.
    let name = open("/proc/self/comm", O_WRONLY | O_CLOEXEC)
    if name >= 0 {
      _ = write(name, "nabla worker", 12)
      close(name)
    }
    let server = WorkerServer(engine: engine)
    guard LargeStack.start(size: 1 << 20, { server.listen() }) != nil else {
      throw CommandFailure(description: "the system has no room for a thread")
    }
    LargeStack.run { server.serve() }
  }
}
