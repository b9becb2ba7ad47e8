/// Seconds per call in several batches, taken as the peers' file takes them.
struct Measurement: Sendable {
  /// Sorted seconds per call, one of each batch.
  var samples: [Double]
  /// Calls in a batch.
  var calls: Int
  /// Cores that other processes used meanwhile.
  var disturbance: Double

  var median: Double {
    guard !samples.isEmpty else { return .nan }
    let middle = samples.count / 2
    return samples.count % 2 == 1 ? samples[middle] : (samples[middle - 1] + samples[middle]) / 2
  }
  var minimum: Double { samples.first ?? .nan }

  /// Both taken together.
  func joined(_ other: Measurement) -> Measurement {
    Measurement(
      samples: (samples + other.samples).sorted(), calls: calls,
      disturbance: max(disturbance, other.disturbance))
  }

  struct Plan: Sendable {
    /// Seconds that a batch takes at least.
    var batch = 0.06
    var repeats = 9
    /// Seconds after which disturbed batches are not repeated any more.
    var budget = 60.0
    var threads = 1

    static let quick = Plan(batch: 0.02, repeats: 3, budget: 5)
  }

  /// Times `body`, which is told how many calls to make.
  ///
  /// Batches last long enough for the clock; those that other processes disturbed are repeated, and
  /// the quietest are kept.
  static func take<Failure: Error>(
    _ plan: Plan, _ body: (Int) throws(Failure) -> Void
  ) throws(Failure) -> Measurement {
    var calls = 1
    var seconds = try Clock.seconds { () throws(Failure) in try body(calls) }
    while seconds < plan.batch, calls < 10_000_000 {
      let wanted = Double(calls) * plan.batch / max(seconds, 1e-9) * 1.1
      calls = max(calls * 2, Int(min(wanted, 10_000_000)))
      seconds = try Clock.seconds { () throws(Failure) in try body(calls) }
    }
    let each = seconds / Double(calls)
    let repeats = each > 6 ? min(plan.repeats, 3) : each > 2 ? min(plan.repeats, 7) : plan.repeats
    let tolerable = plan.threads > 1 ? 0.2 : 0.6
    let start = Clock.now
    var best: Measurement?
    for _ in 0..<5 {
      let load = MachineLoad()
      var samples: [Double] = []
      for _ in 0..<repeats {
        let seconds = try Clock.seconds { () throws(Failure) in try body(calls) }
        samples.append(seconds / Double(calls))
      }
      let batch = Measurement(
        samples: samples.sorted(), calls: calls, disturbance: load.coresOfOthers())
      if batch.isBetter(than: best) { best = batch }
      if batch.disturbance <= tolerable || Clock.now - start > plan.budget { break }
      Clock.sleep(1.5)
    }
    return best ?? Measurement(samples: [], calls: calls, disturbance: 0)
  }

  private func isBetter(than other: Measurement?) -> Bool {
    guard let other else { return true }
    if disturbance < other.disturbance - 0.05 { return true }
    return disturbance <= other.disturbance + 0.05 && median < other.median
  }
}
