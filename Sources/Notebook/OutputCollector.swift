import EngineInterface
import Synchronization

/// Collects what the cells of one notebook show, as the notebook will have it.
public final class OutputCollector: OutputSink {
  private struct State {
    /// The outputs of each cell by its index.
    var outputs: [Int: [Output]] = [:]
    var cell = 0
    var executionCount: Int?
    /// Text that goes on in the last output of the cell, kept apart so that appending is cheap.
    var stream: (name: StandardStream, text: String)?
    /// Where each display stands, of all cells.
    var displays: [String: [(cell: Int, place: Int)]] = [:]
    var clearsAtNext = false
    var observer: (any RunObserver)?

    mutating func flush() {
      guard let stream else { return }
      self.stream = nil
      outputs[cell, default: []].append(.stream(stream.name, stream.text))
    }

    mutating func clear() {
      stream = nil
      clearsAtNext = false
      outputs[cell] = []
      for id in displays.keys { displays[id]?.removeAll { $0.cell == cell } }
    }

    mutating func add(_ output: Output) {
      if clearsAtNext { clear() }
      flush()
      outputs[cell, default: []].append(output)
    }
  }

  private let state: Mutex<State>
  private let asking: (any OutputSink)?

  /// Makes a collector; `asking` is asked for input in its place.
  public init(observer: (any RunObserver)? = nil, asking: (any OutputSink)? = nil) {
    state = Mutex(State(observer: observer))
    self.asking = asking
  }

  /// Starts to collect for a cell.
  func begin(cell: Int, executionCount: Int?) {
    state.withLock {
      $0.cell = cell
      $0.executionCount = executionCount
      $0.outputs[cell] = []
    }
  }

  /// Ends the cell, with its error as the last output where it failed.
  func end(_ error: ErrorReport?) {
    if let error {
      add(.error(name: error.name, message: error.message, traceback: error.traceback))
    }
    state.withLock {
      $0.flush()
      $0.clearsAtNext = false
    }
  }

  /// The outputs so far of the cell of that index.
  func outputs(of cell: Int) -> [Output] { state.withLock { $0.outputs[cell] ?? [] } }

  private func add(_ output: Output) {
    let observer = state.withLock { state in
      state.add(output)
      return state.observer
    }
    observer?.shows(output, id: nil)
  }

  public func write(_ text: String, to stream: StandardStream) {
    if text.isEmpty { return }
    let observer = state.withLock { state in
      if state.clearsAtNext { state.clear() }
      if state.stream?.name == stream {
        state.stream?.text += text
      } else {
        state.flush()
        state.stream = (stream, text)
      }
      return state.observer
    }
    observer?.shows(.stream(stream, text), id: nil)
  }

  public func display(_ bundle: MIMEBundle, id: String?) {
    keep(bundle, id: id)?.shows(.display(bundle), id: id)
  }

  public func updateDisplay(_ bundle: MIMEBundle, id: String) {
    replace(id, with: bundle)?.updates(id, to: bundle)
  }

  /// Kept as one display that is updated; who watches is told what it is.
  public func progress(_ bundle: MIMEBundle, id: String, stage: ProgressStage) {
    let observer = stage == .first ? keep(bundle, id: id) : replace(id, with: bundle)
    observer?.progresses(id, to: bundle, stage: stage)
  }

  private func keep(_ bundle: MIMEBundle, id: String?) -> (any RunObserver)? {
    state.withLock { state in
      state.add(.display(bundle))
      if let id {
        let place = (state.outputs[state.cell]?.count ?? 1) - 1
        state.displays[id, default: []].append((state.cell, place))
      }
      return state.observer
    }
  }

  private func replace(_ id: String, with bundle: MIMEBundle) -> (any RunObserver)? {
    state.withLock { state in
      for (cell, place) in state.displays[id] ?? [] {
        switch state.outputs[cell]?[place] {
        case .display: state.outputs[cell]?[place] = .display(bundle)
        case .result(_, let count):
          state.outputs[cell]?[place] = .result(bundle, executionCount: count)
        default: break
        }
      }
      return state.observer
    }
  }

  public func result(_ bundle: MIMEBundle) {
    let count = state.withLock { $0.executionCount }
    add(.result(bundle, executionCount: count))
  }

  public func clearOutput(wait: Bool) {
    state.withLock { state in
      if wait {
        state.clearsAtNext = true
      } else {
        state.clear()
      }
    }
  }

  /// A notebook that is run has nobody to ask.
  public func input(prompt: String, password: Bool) throws(InputFailure) -> String {
    guard let asking else { throw .unavailable }
    return try asking.input(prompt: prompt, password: password)
  }
}
