import ArgumentParser
import Console
import Files
import JSON

#if canImport(Glibc)
  import Glibc
#endif

/// `nabla-bench`: the workloads in Nabla and in its peers.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "nabla-bench",
    abstract: "Time Nabla on eleven workloads, beside other libraries, in one run.",
    discussion: """
      Every workload is a cell of Nabla: forward and backward pass, the graph built anew each time. \
      Its results are compared with those of NumPy by hand before it is timed. Each library runs in \
      a process of its own, between two runs of Nabla; a drift of the machine shows as their \
      difference.

      Speeds of shared machines change from minute to minute: compare ratios within one run.

        nabla-bench                      all, with the peers that are installed
        nabla-bench --only W1,W5:1000    a group, and one size of another
        nabla-bench --threads 2          also the rows for two threads
        nabla-bench --no-peers --quick   a look at Nabla alone
        nabla-bench --list               the workloads, with their cells

      PEERS and PYTHON in the environment say what --peers and --python say.
      """)

  @Option(help: ArgumentHelp("Workloads by name, or groups, with commas.", valueName: "names"))
  var only: String?

  @Flag(help: "Shorter batches, fewer repeats, and not the largest sizes unless named.")
  var quick = false

  @Option(help: ArgumentHelp("The most threads that a row may use: 1 or 2.", valueName: "count"))
  var threads = 1

  @Flag(name: .customLong("no-peers"), help: "Time Nabla alone.")
  var withoutPeers = false

  @Option(
    help: ArgumentHelp(
      "The peers' file (../shared/bench/peers_bench.py).", valueName: "file"))
  var peers: String?

  @Option(
    help: ArgumentHelp(
      "The Python that has the libraries (.venv-peers/bin/python, else python3).",
      valueName: "program"))
  var python: String?

  @Option(
    help: ArgumentHelp("Libraries to take, with commas; all by default.", valueName: "names"))
  var libs: String?

  @Option(
    help: ArgumentHelp(
      "Where the results go; the table as Markdown goes beside.", valueName: "file"))
  var json = ".build/bench/bench.json"

  @Flag(help: "List the workloads with their cells, and run none.")
  var list = false

  /// The workload that this process times for another one.
  @Option(help: .hidden) var worker: String?
  /// The digests that it compares with.
  @Option(help: .hidden) var references: String?

  /// Runs the command line and returns the exit code; 2 for wrong usage.
  static func start() -> Int32 {
    do {
      var command = try parseAsRoot()
      try command.run()
      return 0
    } catch is BenchRun.Interrupted {
      Terminal.error.write("\nnabla-bench: interrupted\n")
      return 130
    } catch {
      let code = exitCode(for: error)
      let message = fullMessage(for: error)
      if !message.isEmpty {
        (code.isSuccess ? Terminal.output : Terminal.error).write(message + "\n")
      }
      return code == .validationFailure ? 2 : code.rawValue
    }
  }

  func validate() throws {
    guard (1...2).contains(threads) else {
      throw ValidationError("--threads is 1 or 2, not \(threads)")
    }
    let known = Set(Workload.all.flatMap { [$0.key, $0.group] })
    for name in names(only) ?? [] where !known.contains(name) {
      throw ValidationError("there is no workload \(name); --list shows them")
    }
  }

  private func names(_ text: String?) -> [String]? {
    text.map { $0.split(separator: ",").map(String.init) }
  }

  private func variable(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The workloads that the options pick.
  var workloads: [Workload] {
    let names = names(only).map(Set.init)
    return Workload.all.filter { workload in
      guard workload.threads <= threads else { return false }
      guard let names else { return !(quick && workload.isLarge) }
      if names.contains(workload.key) { return true }
      return names.contains(workload.group) && !(quick && workload.isLarge)
    }
  }

  func run() throws {
    if list { return listWorkloads() }
    if let worker { return try runWorker(worker) }
    let folder = try Scratch()
    defer { folder.remove() }
    var notes = [
      "\(MachineLoad.machine); must and aim are for \(Workload.Limit.machine)"
    ]
    var others: Peers?
    if !withoutPeers {
      let file = peers ?? variable("PEERS") ?? "../shared/bench/peers_bench.py"
      let program = python ?? variable("PYTHON") ?? Peers.defaultPython
      do throws(Subprocess.Failure) {
        others = try Peers(file: file, python: program, folder: folder.path, isQuick: quick)
      } catch {
        notes.append("Nabla alone, without peers: \(error.description)")
      }
      if let versions = others?.versions { notes.append(versions.joined(separator: ", ")) }
      if let missing = others?.missing, !missing.isEmpty {
        notes.append("not installed: \(missing.joined(separator: ", "))")
      }
    }
    let run = BenchRun(
      workloads: workloads, isQuick: quick, peers: others, libraries: names(libs).map(Set.init),
      folder: folder.path)
    let rows = try run.rows()
    try write(Report(rows: rows, notes: notes + run.notes(rows)))
  }

  private func write(_ report: Report) throws {
    let terminal = Terminal.output
    terminal.write("\n" + report.text(terminal) + "\n")
    let file = DiskFile(json)
    let table = DiskFile(json.hasSuffix(".json") ? json.dropLast(5) + ".md" : json + ".md")
    try DiskFile.makeFolder(file.folder)
    try file.replace(with: report.json.pretty())
    try table.replace(with: Array(report.markdown.utf8))
    terminal.write("\nwritten: \(file.path), \(table.path)\n")
  }

  private func listWorkloads() {
    for workload in Workload.all where workload.threads == 1 {
      let lines = workload.cell.split(separator: "\n", omittingEmptySubsequences: false)
      let inputs = workload.inputs().map {
        "\($0.name) \($0.tensor.shape)\($0.isParam ? " param" : "")"
      }
      Terminal.output.write(
        Terminal.output.styled("\(workload.key)  \(workload.title)", .bold) + "\n"
          + (inputs.isEmpty ? "" : "    # given: \(inputs.joined(separator: ", "))\n")
          + lines.map { "    \($0)\n" }.joined() + "\n")
    }
  }

  private func runWorker(_ row: String) throws {
    guard let workload = Workload.all.first(where: { $0.row == row }) else {
      throw ValidationError("there is no workload \(row)")
    }
    var plan = quick ? Measurement.Plan.quick : Measurement.Plan()
    plan.repeats = min(plan.repeats, workload.maximumRepeats)
    plan.threads = workload.threads
    let worker = Worker(
      workload: workload, plan: plan, references: references.map(Worker.references) ?? [:])
    Terminal.output.write(worker.run().json.serializedString() + "\n")
  }
}

/// A folder that is there while a run lasts.
struct Scratch {
  let path: String

  init() throws {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = TemporaryName.template("\(parent)/nabla-bench")
    guard let made = mkdtemp(&template) else {
      throw Subprocess.Failure(description: "\(parent): \(String(cString: strerror(errno)))")
    }
    path = String(cString: made)
  }

  /// Removes the folder with all that is in it.
  func remove() {
    _ = try? Subprocess(program: "rm", arguments: ["-rf", path]).run { _ in }
  }
}
