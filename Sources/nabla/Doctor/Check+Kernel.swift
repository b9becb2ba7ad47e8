import Console
import Files
import JSON
import JupyterKernel
import JupyterProtocol
import ZeroMQTransport

#if canImport(Glibc)
  import Glibc
#endif

extension Check {
  /// Whether a kernel starts, answers, computes and ends.
  ///
  /// It is started as Jupyter does it where the kernel is installed, else from this program.
  @Sendable static func kernel(_ surroundings: Surroundings) -> [Finding] {
    let spec = surroundings.kernelspecs.first { spec in
      spec.problem == nil && spec.arguments.contains("{connection_file}")
        && surroundings.program(spec.arguments[0]) != nil
    }
    let words = spec?.arguments ?? ["/proc/self/exe", "kernel", "-f", "{connection_file}"]
    let name = spec.map { "the kernel \($0.name)" } ?? "this program's kernel"
    do throws(KernelTrial.Failure) {
      let times = try KernelTrial(words).run()
      return [
        .ok(
          "\(name) started in \(times.start), computed 1 + 1 in \(times.cell) "
            + "and ended in \(times.end)")
      ]
    } catch {
      return [
        .fail(
          "\(name) \(error.sentence)" + (error.output.map { ": \($0)" } ?? ""),
          mend: "see what it says: \(spec?.arguments[0] ?? "nabla") kernel --log-level debug")
      ]
    }
  }
}

/// A kernel that is started and asked over the loopback network.
struct KernelTrial {
  private let words: [String]

  init(_ words: [String]) { self.words = words }

  /// How long each part took.
  struct Times {
    var start = ""
    var cell = ""
    var end = ""
  }

  struct Failure: Error {
    /// What went wrong, after the kernel's name.
    var sentence: String
    /// The last line that the kernel wrote.
    var output: String?
  }

  /// How long each part may take: a machine that is busy is not ill.
  private static let patience = Duration.seconds(20)

  func run() throws(Failure) -> Times {
    let folder = try makeFolder()
    let file = DiskFile("\(folder)/kernel.json")
    defer {
      unlink(file.path)
      rmdir(folder)
    }
    var times = Times()
    var clock = ContinuousClock.now
    /// The time since the last call, as text.
    func lap() -> String {
      let now = ContinuousClock.now
      defer { clock = now }
      let milliseconds = Int((clock.duration(to: now) / .milliseconds(1)).rounded())
      return milliseconds < 1 ? "less than 1 ms" : "\(milliseconds) ms"
    }
    let process = try start(file)
    do {
      let connection = try connection(file, process)
      let probe = try KernelProbe(connection)
      _ = try probe.greet(until: .now + Self.patience)
      guard try probe.beats(until: .now + Self.patience) else {
        throw Failure(sentence: "has no heartbeat")
      }
      times.start = lap()
      try compute(probe)
      times.cell = lap()
      _ = try probe.ask(
        "shutdown_request", ["restart": false], on: .control, until: .now + Self.patience)
      guard process.wait(until: .now + Self.patience) != nil else {
        throw Failure(sentence: "does not end when it is told to")
      }
      times.end = lap()
      return times
    } catch {
      var failure = error as? Failure ?? Failure(sentence: "does not answer: \(error)")
      process.kill()
      process.readLines(until: .now + .seconds(1)) { failure.output = $0 }
      throw failure
    }
  }

  private func makeFolder() throws(Failure) -> String {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = TemporaryName.template("\(parent)/nabla-doctor")
    guard mkdtemp(&template) != nil else {
      throw Failure(
        sentence: "was not started: no folder can be made in \(parent): "
          + String(cString: strerror(errno)))
    }
    return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private func start(_ file: DiskFile) throws(Failure) -> RunningProcess {
    // The kernel chooses the ports and writes them here.
    let connection = ConnectionFile(key: Array(Envelope.randomIdentifier().utf8))
    do {
      try file.replace(with: JSON.object(connection.members).serialized(), mode: 0o600)
      return try Subprocess(
        program: words[0],
        arguments: words.dropFirst().map { $0 == "{connection_file}" ? file.path : $0 },
        // It leaves no trace in the history, and ends with this process.
        environment: ["NABLA_HISTORY": "off", "JPY_PARENT_PID": String(getpid())],
        errors: .joined
      ).start()
    } catch {
      throw Failure(sentence: "cannot be started: \(error)")
    }
  }

  /// The connection file once it has the ports.
  private func connection(_ file: DiskFile, _ process: RunningProcess) throws -> ConnectionFile {
    let end = ContinuousClock.now + Self.patience
    while true {
      let connection = try ConnectionFile(parsing: try file.read())
      if !connection.choosesPorts { return connection }
      if let code = process.wait(until: .now) {
        throw Failure(sentence: "ends at once, with \(code)")
      }
      guard ContinuousClock.now < end else { throw Failure(sentence: "does not listen") }
      usleep(500)
    }
  }

  private func compute(_ probe: KernelProbe) throws {
    let answer = try probe.ask(
      "execute_request", ["code": "1 + 1", "store_history": false, "allow_stdin": false],
      until: .now + Self.patience)
    let result = answer.published.first { $0.type == "execute_result" }?.content
    guard answer.content["status"] == "ok", result?["data"]?["text/plain"] == "2" else {
      throw Failure(
        sentence: "computed 1 + 1 and gave "
          + (result?["data"]?["text/plain"]?.string ?? answer.content.serializedString()))
    }
  }
}
