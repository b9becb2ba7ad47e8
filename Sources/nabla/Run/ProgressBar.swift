import Console
import EngineInterface
import Notebook
import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// The last line of a terminal while files run: how many are done, and where the others are.
final class ProgressBar: Sendable {
  private struct State {
    var done = 0
    /// Cells done and in all of the files that run now, in the order in which they began.
    var running: [(path: String, done: Int, all: Int)] = []
    var isShown = false
    var isClosed = false
    var last: ContinuousClock.Instant?
  }

  private let files: Int
  private let terminal: Terminal
  private let state = Mutex(State())

  /// Nil where there is no terminal that can take a line back.
  init?(files: Int, terminal: Terminal = .error) {
    let kind = getenv("TERM").map { String(cString: $0) } ?? ""
    guard terminal.isTerminal, !kind.isEmpty, kind != "dumb" else { return nil }
    self.files = files
    self.terminal = terminal
  }

  func begin(_ path: String, cells: Int) {
    update { state in
      state.running.removeAll { $0.path == path }
      state.running.append((path, 0, cells))
    }
  }

  func endCell(_ path: String) {
    update { state in
      if let place = state.running.firstIndex(where: { $0.path == path }) {
        state.running[place].done += 1
      }
    }
  }

  func finish(_ path: String) {
    update { state in
      state.running.removeAll { $0.path == path }
      state.done += 1
    }
  }

  private func update(_ change: (inout State) -> Void) {
    state.withLock { state in
      change(&state)
      // Cells may be done much faster than a screen shows it.
      guard state.isShown, state.last.map({ .now - $0 > .milliseconds(50) }) ?? true else { return }
      draw(&state)
    }
  }

  /// Takes the bar away, so that lines can be written.
  func hide() { state.withLock { hide(&$0) } }

  /// Shows the bar below the lines that were written.
  func draw() { state.withLock { draw(&$0) } }

  /// Takes the bar away for good.
  func close() {
    state.withLock { state in
      hide(&state)
      state.isClosed = true
    }
  }

  private func hide(_ state: inout State) {
    if state.isShown { terminal.write("\r\u{1B}[K") }
    state.isShown = false
  }

  private func draw(_ state: inout State) {
    if state.isClosed { return }
    state.isShown = true
    state.last = .now
    let parts = state.running.map { $0.all > 0 ? Double($0.done) / Double($0.all) : 0 }
    let fraction = (Double(state.done) + parts.reduce(0, +)) / Double(max(files, 1))
    let length = 20
    let filled = min(length, Int(fraction * Double(length)))
    let bar =
      terminal.styled(String(repeating: "━", count: filled), .green)
      + terminal.styled(String(repeating: "━", count: length - filled), .dim)
    let names = state.running.map { "\($0.path) \($0.done)/\($0.all)" }.joined(separator: ", ")
    let text = " \(state.done) of \(files) files  \(names)"
    // A line that fills the last column would break.
    terminal.write("\r\u{1B}[K\(bar)\(text.prefix(max(0, terminal.width - length - 1)))")
  }
}

/// Tells the bar how a file proceeds.
final class BarObserver: RunObserver {
  private let bar: ProgressBar
  private let path: String

  init(bar: ProgressBar, path: String, cells: Int) {
    self.bar = bar
    self.path = path
    bar.begin(path, cells: cells)
    bar.draw()
  }

  func passes(_ cell: Cell) { if cell.kind == .code { bar.endCell(path) } }
  func begins(_ cell: Cell, executionCount: Int) {}
  func shows(_ output: Output, id: String?) {}
  func updates(_ id: String, to bundle: MIMEBundle) {}
  func ends(with outcome: ExecutionOutcome, report: CellReport) { bar.endCell(path) }
}
