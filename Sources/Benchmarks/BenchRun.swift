import Console
import Files
import JSON
import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// A run: for each group Nabla, every peer, and Nabla again.
struct BenchRun {
  let workloads: [Workload]
  let isQuick: Bool
  let peers: Peers?
  /// The libraries to take; nil for all.
  let libraries: Set<String>?
  let folder: String

  /// Set when the user wants the run to end.
  static let interruption = Atomic(false)

  /// The user ended the run.
  struct Interrupted: Error {}

  /// How a workload went.
  struct Row: Sendable {
    let workload: Workload
    var first: Worker.Report
    var second: Worker.Report?
    var peers: [PeerResult] = []

    /// Both runs of Nabla taken together; nil where one failed.
    var measurement: Measurement? {
      guard let first = first.measurement else { return nil }
      guard let second else { return first }
      return second.measurement.map { first.joined($0) }
    }

    /// How much slower the second run was than the first: 0.05 is 5 %.
    var drift: Double? {
      guard let first = first.measurement, let second = second?.measurement else { return nil }
      return second.median / first.median - 1
    }

    var error: String? { first.error ?? second?.error }
  }

  /// One group of the peers' file, on one number of threads.
  private struct Batch {
    let group: String
    let threads: Int
    var workloads: [Workload]
  }

  private var batches: [Batch] {
    var batches: [Batch] = []
    for workload in workloads {
      let place = batches.firstIndex {
        $0.group == workload.group && $0.threads == workload.threads
      }
      if let place {
        batches[place].workloads.append(workload)
      } else {
        batches.append(
          Batch(group: workload.group, threads: workload.threads, workloads: [workload]))
      }
    }
    return batches
  }

  func rows() throws -> [Row] {
    try writeReferences()
    var rows: [Row] = []
    for batch in batches {
      var made: [Row] = []
      for workload in batch.workloads {
        made.append(Row(workload: workload, first: try runNabla(workload)))
      }
      let results = try runPeers(batch)
      for place in made.indices {
        let workload = made[place].workload
        made[place].peers = results.filter { workload.accepts($0) }
        if !results.isEmpty, made[place].first.error == nil {
          made[place].second = try runNabla(workload)
        }
      }
      rows += made
    }
    try progress("")
    // In the order of the table: rows with two threads stand below those with one.
    return rows.sorted { a, b in place(of: a) < place(of: b) }
  }

  private func place(of row: Row) -> Int {
    workloads.firstIndex { $0.row == row.workload.row } ?? 0
  }

  private var referencesPath: String { "\(folder)/references.json" }

  private func writeReferences() throws {
    guard let peers else { return }
    try progress("NumPy by hand: the results to compare with")
    var keys: [String] = []
    for workload in workloads {
      if case .jacobian = workload.results { continue }
      if !keys.contains(workload.peerKey) { keys.append(workload.peerKey) }
    }
    let json = try peers.references(keys)
    try DiskFile(referencesPath).replace(with: json.serialized())
  }

  /// Times a workload in a process of its own, as each peer has one.
  private func runNabla(_ workload: Workload) throws -> Worker.Report {
    try progress("\(workload.row): Nabla")
    var arguments = ["--worker", workload.row]
    if isQuick { arguments.append("--quick") }
    if peers != nil { arguments += ["--references", referencesPath] }
    let threads = String(workload.threads)
    var report: Worker.Report?
    let code = try Subprocess(
      program: BenchRun.program, arguments: arguments,
      environment: [
        "NABLA_THREADS": threads, "OPENBLAS_NUM_THREADS": threads, "OMP_NUM_THREADS": threads,
      ]
    ).run { line in
      if let json = try? JSON(parsing: line) { report = Worker.Report(json) }
    }
    return report ?? Worker.Report(error: "the process ended with \(code)")
  }

  private func runPeers(_ batch: Batch) throws -> [PeerResult] {
    guard let peers else { return [] }
    var results: [PeerResult] = []
    for library in peers.libraries where library.groups.contains(batch.group) {
      if let libraries, !libraries.contains(library.name) { continue }
      let isWanted = batch.workloads.contains { $0.accepts(library: library.name) }
      // It has no threads, and would only run again.
      guard isWanted, !(library.name == "micrograd" && batch.threads > 1) else { continue }
      try progress("\(batch.group): \(library.name)")
      results += try peers.time(library.name, group: batch.group, threads: batch.threads)
    }
    return results
  }

  /// This very program.
  private static var program: String {
    let own = "/proc/self/exe"
    return DiskFile(own).exists ? DiskFile(own).resolved : CommandLine.arguments[0]
  }

  /// Says on stderr what runs now, on one line that the next one replaces.
  private func progress(_ text: String) throws(Interrupted) {
    if BenchRun.interruption.load(ordering: .relaxed) { throw Interrupted() }
    guard Terminal.error.isTerminal else {
      if !text.isEmpty { Terminal.error.write(text + "\n") }
      return
    }
    Terminal.error.write("\r\u{1B}[K\(text)")
  }

  /// What a reader of the table must know.
  func notes(_ rows: [Row]) -> [String] {
    var notes: [String] = []
    for row in rows {
      if let error = row.error { notes.append("\(row.workload.row) not available: \(error)") }
      for peer in row.peers {
        guard let error = peer.error else { continue }
        notes.append("\(row.workload.row), \(peer.title): \(error)")
      }
    }
    let disturbance = rows.compactMap { $0.measurement?.disturbance }.max() ?? 0
    if disturbance > 0.2 {
      let tenths = (disturbance * 10).rounded() / 10
      notes.append("other processes were busy: up to \(tenths) cores during a timing of Nabla")
    }
    return notes
  }
}

extension Workload {
  /// Whether a library runs the same form of the workload.
  func accepts(library: String) -> Bool {
    !excludedPeers.contains(library) && onlyPeers?.contains(library) != false
  }

  /// Whether a peer's result is of this workload; one that failed at once stands for its group.
  func accepts(_ result: PeerResult) -> Bool {
    guard accepts(library: result.library) else { return false }
    return result.workload == peerKey || (result.error != nil && result.workload == group)
  }
}
