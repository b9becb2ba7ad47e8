import Console
import Files
import JSON

#if canImport(Glibc)
  import Glibc
#endif

/// Other libraries on the same workloads, by a Python file that knows them.
struct Peers {
  /// A copy of the file is here, so that nothing is written beside the original.
  private let folder: String
  private let python: String
  let isQuick: Bool
  /// Libraries that are installed, with the groups that they run.
  private(set) var libraries: [(name: String, groups: Set<String>)] = []
  /// Libraries that the file knows and that are not installed.
  private(set) var missing: [String] = []
  /// The installed libraries with their versions.
  private(set) var versions: [String] = []

  /// A library gets so many seconds for a group.
  private static let timeout = 420

  /// Copies the file to `folder` and asks which libraries are there; throws where that fails.
  init(file: String, python: String, folder: String, isQuick: Bool) throws(Subprocess.Failure) {
    self.folder = folder
    self.python = python
    self.isQuick = isQuick
    do throws(DiskFile.Failure) {
      let bytes = try DiskFile(file).read()
      try DiskFile("\(folder)/\(PeerDriver.copyName)").replace(with: bytes)
      try DiskFile("\(folder)/\(PeerDriver.name)").replace(with: Array(PeerDriver.source.utf8))
    } catch {
      throw Subprocess.Failure(description: error.description)
    }
    var found: [(name: String, groups: Set<String>)] = []
    var missing: [String] = []
    var versions: [String] = []
    let code = try driver("libraries").run { line in
      guard let json = try? JSON(parsing: line), let name = json["lib"]?.string else { return }
      if json["found"]?.bool == true {
        found.append((name, Set(json["workloads"]?.array?.compactMap(\.string) ?? [])))
        if let version = json["version"]?.string, !versions.contains(version) {
          versions.append(version)
        }
      } else {
        missing.append(name)
      }
    }
    guard code == 0, !found.isEmpty else {
      throw Subprocess.Failure(description: "\(python) cannot run \(file); is NumPy there?")
    }
    libraries = found
    self.missing = missing
    self.versions = versions
  }

  private func driver(_ arguments: String...) -> Subprocess {
    Subprocess(
      program: python, arguments: ["\(folder)/\(PeerDriver.name)"] + arguments, errors: .dropped)
  }

  /// The digests of NumPy by hand, as one JSON object, for the workloads that have one.
  func references(_ workloads: [String]) throws(Subprocess.Failure) -> JSON {
    var object: JSON.Object = [:]
    let arguments = ["\(folder)/\(PeerDriver.name)", "references"] + workloads
    try Subprocess(program: python, arguments: arguments, errors: .dropped).run { line in
      for (key, value) in (try? JSON(parsing: line))?.object?.pairs ?? [] { object[key] = value }
    }
    return .object(object)
  }

  /// Times all sizes of a group with a library.
  func time(
    _ library: String, group: String, threads: Int
  ) throws(Subprocess.Failure) -> [PeerResult] {
    var results: [PeerResult] = []
    try driver(
      "time", library, group, String(threads), isQuick ? "1" : "0", String(Peers.timeout)
    ).run { line in
      if let json = try? JSON(parsing: line), let result = PeerResult(json, library: library) {
        results.append(result)
      }
    }
    return results
  }

  /// What Python finds installed: `.venv-peers` where it is.
  static var defaultPython: String {
    let own = ".venv-peers/bin/python"
    return DiskFile(own).exists ? own : "python3"
  }
}

/// A time that a library took.
struct PeerResult: Sendable {
  enum Kind: String, Sendable {
    /// Runs operation by operation, as Nabla does.
    case eager
    /// Compiles the computation first.
    case compiled
    /// The derivative was written by hand: no differentiation at all.
    case byHand
  }

  let library: String
  let workload: String
  let mode: String
  let kind: Kind
  var median: Double?
  var minimum: Double?
  var error: String?

  init?(_ json: JSON, library: String) {
    guard let workload = json["wl"]?.string, let mode = json["mode"]?.string else { return nil }
    self.library = library
    self.workload = workload
    self.mode = mode
    median = json["median"]?.double
    minimum = json["min"]?.double
    error = json["error"]?.string
    kind =
      switch library {
      case "numpy": .byHand
      case "torch_compile", "jax_jit", "tinygrad_jit": .compiled
      case "casadi": mode.contains("rebuilt") ? .eager : .compiled
      default: .eager
      }
  }

  /// What readers call it, with the way that it was run where that says something.
  var title: String {
    let name =
      switch library {
      case "numpy": "NumPy"
      case "torch": "PyTorch"
      case "torch_compile": "torch.compile"
      case "jax_eager": "JAX"
      case "jax_jit": "JAX jit"
      case "casadi": "CasADi"
      default: library
      }
    if mode.contains("colour") { return "\(name), coloured" }
    if mode.contains("whole loop") { return "\(name), whole" }
    return mode.contains("dense") ? "\(name), dense" : name
  }
}
