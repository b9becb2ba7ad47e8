import EngineInterface
import Files
import JSON

/// What a process does that times one workload: compare, then time, then one line of JSON.
struct Worker {
  let workload: Workload
  var plan: Measurement.Plan
  /// The peers' digests by workload.
  var references: [String: [Double]] = [:]

  /// How a workload went in one process.
  struct Report: Sendable {
    var measurement: Measurement?
    /// The largest relative difference from the reference; nil where there was none.
    var difference: Double?
    /// What the results were compared with.
    var comparedWith: String?
    /// Why there is no time.
    var error: String?
    var warnings = ""
  }

  func run() -> Report {
    var report = Report()
    do throws(ErrorReport) {
      let trial = try Trial(workload)
      let outcome = try trial.outcome()
      if let (reference, name) = reference {
        let difference = outcome.difference(from: reference)
        report.difference = difference
        report.comparedWith = name
        guard difference < Reference.tolerance else {
          report.error = "wrong by \(difference) against \(name)"
          return report
        }
      }
      report.measurement = try Measurement.take(plan) { calls throws(ErrorReport) in
        try trial.repeatCall(calls)
      }
      report.warnings = trial.warned
    } catch {
      report.error = "\(error.name): \(error.message)"
    }
    return report
  }

  private var reference: (Reference, String)? {
    if let digest = references[workload.peerKey].flatMap({ Digest(flat: $0) }) {
      return (.digest(digest), "NumPy")
    }
    if let reference = workload.reference { return (reference(), "formulae") }
    return KeptDigests.reference(workload.peerKey).map { ($0(), "NumPy, kept") }
  }
}

// MARK: Between processes

extension Worker.Report {
  var json: JSON {
    var object: JSON.Object = [:]
    if let measurement {
      object["samples"] = .array(measurement.samples.map { .number($0) })
      object["calls"] = .number(measurement.calls)
      object["disturbance"] = .number(measurement.disturbance)
    }
    if let difference { object["difference"] = .number(difference) }
    if let comparedWith { object["comparedWith"] = .string(comparedWith) }
    if let error { object["error"] = .string(error) }
    if !warnings.isEmpty { object["warnings"] = .string(warnings) }
    return .object(object)
  }

  init(_ json: JSON) {
    if let samples = json["samples"]?.array?.compactMap(\.double) {
      measurement = Measurement(
        samples: samples, calls: json["calls"]?.int ?? 0,
        disturbance: json["disturbance"]?.double ?? 0)
    }
    difference = json["difference"]?.double
    comparedWith = json["comparedWith"]?.string
    error = json["error"]?.string
    warnings = json["warnings"]?.string ?? ""
  }
}

extension Worker {
  /// Reads the peers' digests: one JSON object of arrays.
  static func references(in path: String) -> [String: [Double]] {
    guard let bytes = try? DiskFile(path).read(), let object = (try? JSON.parse(bytes))?.object
    else { return [:] }
    return Dictionary(
      uniqueKeysWithValues: object.pairs.compactMap { key, value in
        value.array.map { (key, $0.compactMap(\.double)) }
      })
  }
}
