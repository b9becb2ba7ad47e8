import EngineInterface

/// Why a comparison with stored outputs is ended before it is done.
public enum ComparisonEnd: Sendable {
  /// The whole run may take no longer than this.
  case time(TimeSpan)
  case interrupt
}

extension FileReport {
  /// Finds what differs from the outputs that are stored in a notebook.
  ///
  /// A cell that was not run has none, and neither has one that failed without being allowed to. A
  /// cell without code that the run passed becomes one of its cells where it has stored outputs, since
  /// it shows nothing now. `end` is asked now and then: where it gives a reason, the cell that is being
  /// compared has failed for it, and those behind it count as not run.
  public mutating func compare(
    with notebook: Notebook, executed: Notebook, tolerance: Tolerance,
    end: @escaping () -> ComparisonEnd? = { nil }
  ) {
    var found: [Int: [Difference]] = [:]
    defer { differences = found }
    for (place, cell) in run.cells.enumerated()
    where cell.status == .passed || cell.status == .allowedError {
      let differences = OutputComparison.differences(
        stored: notebook.cells[cell.index].storedOutputs, now: cell.outputs, tolerance: tolerance,
        shouldStop: { end() != nil })
      guard let differences else { return stop(at: place, end()) }
      if !differences.isEmpty { found[cell.index] = differences }
    }
    for (index, cell) in notebook.cells.enumerated()
    where cell.isBlank && executed.cells[index].run != nil && !cell.storedOutputs.isEmpty {
      found[index] = [Difference("outputs", stored: "\(cell.storedOutputs.count)", now: "0")]
      let place = run.cells.firstIndex { $0.index > index } ?? run.cells.endIndex
      run.cells.insert(
        CellReport(index: index, id: cell.id, source: cell.source, status: .passed), at: place)
    }
  }

  /// Notes that the comparison was ended at a cell.
  ///
  /// A run that was ended itself has its failed cell already.
  private mutating func stop(at place: Int, _ end: ComparisonEnd?) {
    guard run.failure == nil, let end else { return }
    let detail = "the comparison with the stored outputs was ended"
    switch end {
    case .time(let span):
      run.cells[place].status = .timedOut
      run.cells[place].error = .outOfTime(run: span, detail: detail)
    case .interrupt:
      run.cells[place].status = .interrupted
      run.cells[place].error = ErrorReport(
        name: "KeyboardInterrupt", message: detail, traceback: ["KeyboardInterrupt: \(detail)"])
    }
    for later in run.cells.indices.dropFirst(place + 1) where run.cells[later].status.hasRun {
      run.cells[later].status = .notRun
    }
  }
}
