import ArgumentParser
import Console
import Notebook

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

  func run() throws {
    let server = WorkerServer(engine: try engineOptions.makeEngine(boundsOutput: !script))
    guard LargeStack.start(size: 1 << 20, { server.listen() }) != nil else {
      throw CommandFailure(description: "the system has no room for a thread")
    }
    LargeStack.run { server.serve() }
  }
}
