import JSON

/// All rows of a run, as text, Markdown and JSON.
struct Report {
  let rows: [BenchRun.Row]
  let notes: [String]

  /// How a time stands to what was asked.
  struct Verdict {
    let limit: String
    /// Nil where there is no time, or nothing to hold it against.
    let isMet: Bool?

    var mark: String { isMet.map { $0 ? "✓" : "✗" } ?? "" }
  }

  func verdict(_ limit: Workload.Limit?, for row: BenchRun.Row) -> Verdict? {
    guard let limit else { return nil }
    let median = row.measurement?.median
    func isMet(_ bound: Double?) -> Bool? {
      guard let median, let bound else { return nil }
      return median <= bound
    }
    switch limit {
    case .seconds(let seconds):
      return Verdict(limit: Report.limit(seconds), isMet: isMet(seconds))
    case .timesBest(let factor):
      let best = row.peers.compactMap(\.median).min()
      return Verdict(limit: "\(factor) × best", isMet: isMet(best.map { $0 * factor }))
    case .timesRow(let factor, let key):
      let other = rows.first { $0.workload.row == key }?.measurement?.median
      return Verdict(
        limit: "\(Int(factor)) × \(key)", isMet: isMet(other.map { $0 * factor * 1.1 }))
    }
  }

  /// The fastest peer of a kind.
  func best(_ kind: PeerResult.Kind, of row: BenchRun.Row) -> PeerResult? {
    row.peers.filter { $0.kind == kind && $0.median != nil }.min {
      ($0.median ?? .infinity) < ($1.median ?? .infinity)
    }
  }

  /// A time with three digits and the unit that suits it: `4.81 µs`.
  static func time(_ seconds: Double) -> String {
    guard seconds.isFinite else { return "–" }
    let units = [(1e-9, "ns"), (1e-6, "µs"), (1e-3, "ms"), (1.0, "s")]
    let unit = units.last { seconds >= $0.0 * 0.9995 } ?? units[0]
    return "\(digits(seconds / unit.0)) \(unit.1)"
  }

  /// A round time without its last zeros: `3 ms`.
  private static func limit(_ seconds: Double) -> String {
    let parts = time(seconds).split(separator: " ")
    guard parts.count == 2, parts[0].contains(".") else { return time(seconds) }
    var digits = parts[0]
    while digits.last == "0" { digits.removeLast() }
    if digits.last == "." { digits.removeLast() }
    return "\(digits) \(parts[1])"
  }

  /// Three significant digits without an exponent.
  static func digits(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return "–" }
    let places = value < 9.995 ? 2 : value < 99.95 ? 1 : 0
    var scale = 1.0
    for _ in 0..<places { scale *= 10 }
    let whole = Int((value * scale).rounded())
    guard places > 0 else { return Workload.grouped(whole) }
    var text = String(whole)
    while text.count <= places { text = "0" + text }
    return text.dropLast(places) + "." + text.suffix(places)
  }

  /// How many times as long a peer takes: `9.6`.
  static func ratio(_ peer: PeerResult, to measurement: Measurement?) -> String {
    guard let median = peer.median, let own = measurement?.median, own > 0 else { return "" }
    return digits(median / own)
  }
}

// MARK: JSON

extension Report {
  var json: JSON {
    .object([
      "rows": .array(rows.map { json(of: $0) }),
      "notes": .array(notes.map { .string($0) }),
      "units": "seconds per call",
    ])
  }

  private func json(of row: BenchRun.Row) -> JSON {
    var object: JSON.Object = [
      "workload": .string(row.workload.key), "title": .string(row.workload.title),
      "threads": .number(row.workload.threads),
    ]
    if let measurement = row.measurement {
      object["median"] = .number(measurement.median)
      object["min"] = .number(measurement.minimum)
      object["calls"] = .number(measurement.calls)
      object["samples"] = .array(measurement.samples.map { .number($0) })
      object["busyCoresOfOthers"] = .number(measurement.disturbance)
    }
    if let drift = row.drift { object["drift"] = .number(drift) }
    if let error = row.error { object["error"] = .string(error) }
    object["comparedWith"] = row.first.comparedWith.map { .string($0) } ?? .null
    if let difference = row.first.difference { object["difference"] = .number(difference) }
    if !row.first.warnings.isEmpty { object["warnings"] = .string(row.first.warnings) }
    for (name, limit) in [("must", row.workload.must), ("aim", row.workload.aim)] {
      guard let verdict = verdict(limit, for: row) else { continue }
      object[name] = .object(["limit": .string(verdict.limit)])
      guard let isMet = verdict.isMet else { continue }
      object[name] = .object(["limit": .string(verdict.limit), "met": .bool(isMet)])
    }
    object["peers"] = .array(
      row.peers.map { peer in
        var entry: JSON.Object = [
          "library": .string(peer.library), "mode": .string(peer.mode),
          "kind": .string(peer.kind.rawValue),
        ]
        if let median = peer.median { entry["median"] = .number(median) }
        if let minimum = peer.minimum { entry["min"] = .number(minimum) }
        if let error = peer.error { entry["error"] = .string(error) }
        return .object(entry)
      })
    return .object(object)
  }
}
