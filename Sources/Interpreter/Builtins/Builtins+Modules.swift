import Autodiff
import EngineInterface
import Syntax

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

extension Session {
  /// A module by its path: a namespace of the built-ins, or a file.
  func module(_ path: [String]) throws(Failure) -> ModuleObject {
    let name = path.joined(separator: ".")
    if let known = modules[name] {
      guard let module = known else {
        throw Failure(
          .importing, "the module \(name) imports itself before it is complete",
          hint: "move the import into the function that needs it")
      }
      return module
    }
    if let namespace = namespace(name) {
      modules[name] = namespace
      return namespace
    }
    return try load(path, name)
  }

  /// The namespaces that need no file.
  static let namespaces = [
    "math", "np", "np.linalg", "np.random", "numpy", "numpy.linalg", "numpy.random", "random",
    "sys", "time",
  ]

  /// A namespace of the built-ins; nil where the name is none.
  private func namespace(_ name: String) -> ModuleObject? {
    func module(_ members: [String: Value]) -> ModuleObject {
      ModuleObject(
        name: name, members: members.merging(Builtins.additions(to: name, self)) { $1 })
    }
    switch name {
    case "numpy", "np", "math", "nabla":
      var members = builtins
      if name != "math" {
        members["random"] = namespace("numpy.random").map { .object($0) }
        members["linalg"] = namespace("numpy.linalg").map { .object($0) }
      }
      return module(members)
    case "numpy.random", "np.random", "random":
      let names = [
        "seed", "rand", "randn", "random", "randint", "uniform", "normal", "permutation",
        "shuffle", "choice", "random_sample", "ranf", "sample", "standard_normal", "RandomState",
        "gauss",
      ]
      return module(builtins.filter { names.contains($0.key) })
    case "numpy.linalg", "np.linalg":
      let names = [
        "norm", "solve", "inv", "det", "slogdet", "cholesky", "qr", "svd", "svdvals", "eigh",
        "eigvalsh", "lstsq", "pinv", "matrix_rank", "cond", "matmul", "multi_dot", "trace",
        "outer",
        "LinAlgError",
      ]
      return module(builtins.filter { names.contains($0.key) })
    case "time": return module(Session.time())
    case "sys":
      return module([
        "stdout": .object(StreamObject(.stdout)), "stderr": .object(StreamObject(.stderr)),
        "argv": .object(arguments), "exit": builtins["exit"] ?? .none,
        "version": .string("nabla"),
        "maxsize": .number(Double(Int.max), .constant), "float_info": .none,
      ])
    default: return nil
    }
  }

  /// Clocks and sleeping.
  private static func time() -> [String: Value] {
    func clock(_ name: String, _ id: clockid_t, _ summary: String) -> Value {
      .object(
        Builtin(name, "", summary) { _, _ in
          var now = timespec()
          clock_gettime(id, &now)
          return .number(Double(now.tv_sec) + Double(now.tv_nsec) * 1e-9, .constant)
        })
    }
    return [
      "time": clock("time", CLOCK_REALTIME, "Seconds since 1970."),
      "perf_counter": clock("perf_counter", CLOCK_MONOTONIC, "Seconds of a steady clock."),
      "monotonic": clock("monotonic", CLOCK_MONOTONIC, "Seconds of a steady clock."),
      "process_time": clock(
        "process_time", CLOCK_PROCESS_CPUTIME_ID, "Seconds of the processor's time."),
      "sleep": .object(
        Builtin("sleep", "seconds", "Waits.") { arguments, session throws(Failure) in
          try session.sleep(try arguments.number(0, default: 0))
          return .none
        }),
    ]
  }

  /// Waits, unless interrupted.
  private func sleep(_ seconds: Double) throws(Failure) {
    guard seconds >= 0 else { throw Failure(.value, "sleep() needs a time that is not negative") }
    let clock = ContinuousClock()
    let end = clock.now + .seconds(min(seconds, 1e9))
    while true {
      if interruption.needsAttention { try attend() }
      let rest = end - clock.now
      if rest <= .zero { return }
      let step = min(rest, .seconds(3600)).components
      interruption.sleep(
        nanoseconds: Int(step.seconds) * 1_000_000_000 + Int(step.attoseconds / 1_000_000_000))
    }
  }

  // MARK: Files

  private var moduleFolders: [String] {
    let more = getenv("NABLA_PATH").map { String(cString: $0).split(separator: ":") } ?? []
    return [folder] + more.map(String.init)
  }

  /// The modules that files at hand hold, without running them.
  func moduleFiles() -> [String] {
    moduleFolders.flatMap { FolderListing.names(in: $0) }
      .filter { $0.hasSuffix(".nabla") }.map { String($0.dropLast(".nabla".count)) }
  }

  /// The names that a module's file assigns at its top level, without running it.
  func assignedNames(ofModule path: [String]) -> Set<String> {
    for folder in moduleFolders {
      let file = folder + "/" + path.joined(separator: "/") + ".nabla"
      guard let text = try? SourceFile.read(file) else { continue }
      let source = Source(name: file, text: text)
      guard let program = try? Parser.parse(source, options: .init(allowsMagics: false)) else {
        return []
      }
      return AssignedNames(of: program.statements).assigned
    }
    return []
  }

  /// Runs `name.nabla` from the folder at hand or from NABLA_PATH as a module of its own.
  private func load(_ path: [String], _ name: String) throws(Failure) -> ModuleObject {
    let folders = moduleFolders
    let relative = path.joined(separator: "/") + ".nabla"
    for folder in folders {
      let file = folder + "/" + relative
      guard access(file, F_OK) == 0 else { continue }
      let text = try SourceFile.read(file)
      let inner = Globals(name: name)
      inner["__name__"] = .string(name)
      modules[name] = .some(nil)
      defer { if case .some(nil) = modules[name] { modules[name] = nil } }
      let code = try compile(Source(name: file, text: text), globals: inner, allowsMagics: false)
      _ = try run(Frame(code: code, session: self))
      let module = ModuleObject(inner)
      modules[name] = module
      return module
    }
    let known = ["numpy", "math", "random", "time", "sys"]
    let hint =
      nearest(to: name, among: known).map { "did you mean \($0)?" }
      ?? "\(relative) was looked for in \(folders.joined(separator: ", "))"
    throw Failure(.importing, "there is no module \(name)", hint: hint)
  }

  /// Parses and compiles; a syntax error comes out as a failure that hosts show as it is.
  func compile(
    _ source: Source, globals: Globals, allowsMagics: Bool, notesAssignments: Bool = false
  ) throws(Failure) -> Code {
    do throws(Diagnostic) {
      let program = try Parser.parse(source, options: .init(allowsMagics: allowsMagics))
      return Compiler.compile(
        program, globals: globals, session: self, notesAssignments: notesAssignments)
    } catch {
      let exception = ExceptionObject(kind: error.kind, message: error.message, hint: error.hint)
      exception.diagnostic = error
      exception.frames = error.frames
      throw Failure(exception)
    }
  }
}

/// Files of source text.
enum SourceFile {
  /// The text of a file; throws where it cannot be read or is not UTF-8.
  static func read(_ path: String) throws(Failure) -> String {
    guard let file = fopen(path, "rb") else {
      let reason = String(cString: strerror(errno))
      throw Failure(.fileNotFound, "cannot read \(path): \(reason)")
    }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&block, 1, block.count, file)
      if count == 0 { break }
      bytes += block[..<count]
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Failure(.value, "\(path) is not UTF-8 text")
    }
    return text
  }
}
