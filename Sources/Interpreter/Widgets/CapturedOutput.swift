import Display
import EngineInterface
import JSON
import Synchronization

/// Keeps what a call shows, in order, so that it can be shown as one.
final class CapturedOutput: OutputSink {
  private enum Item {
    case stream(StandardStream, String)
    case display(MIMEBundle, id: String?)
    case error(ErrorReport, plain: String)
  }

  private struct State {
    var items: [Item] = []
    var clearsAtNext = false

    mutating func append(_ item: Item) {
      if clearsAtNext { clear() }
      items.append(item)
    }

    mutating func clear() {
      items = []
      clearsAtNext = false
    }
  }

  private let state = Mutex(State())
  /// Where comms go: widgets inside of what is captured are widgets all the same.
  private let outer: any OutputSink

  init(outer: any OutputSink) { self.outer = outer }

  func write(_ text: String, to stream: StandardStream) {
    guard !text.isEmpty else { return }
    state.withLock { state in
      if state.clearsAtNext { state.clear() }
      guard case .stream(stream, var joined)? = state.items.last else {
        return state.append(.stream(stream, text))
      }
      // Taken out, so that the text has one owner while it grows.
      state.items.removeLast()
      joined += text
      state.items.append(.stream(stream, joined))
    }
  }

  func display(_ bundle: MIMEBundle, id: String?) {
    state.withLock { $0.append(.display(bundle, id: id)) }
  }

  func updateDisplay(_ bundle: MIMEBundle, id: String) {
    let isMine = state.withLock { state in
      var isMine = false
      for place in state.items.indices {
        guard case .display(_, id) = state.items[place] else { continue }
        state.items[place] = .display(bundle, id: id)
        isMine = true
      }
      return isMine
    }
    if !isMine { outer.updateDisplay(bundle, id: id) }
  }

  func result(_ bundle: MIMEBundle) { display(bundle, id: nil) }

  func clearOutput(wait: Bool) {
    state.withLock { state in
      if wait { state.clearsAtNext = true } else { state.clear() }
    }
  }

  func input(prompt: String, password: Bool) throws(InputFailure) -> String { throw .unavailable }

  var page: TextPage { outer.page }
  var hasComms: Bool { outer.hasComms }
  func comm(_ event: CommEvent) { outer.comm(event) }

  /// Adds the block of an error; `plain` is the block without colours.
  func fail(_ error: ErrorReport, plain: String) {
    state.withLock { $0.append(.error(error, plain: plain)) }
  }

  /// The outputs as nbformat has them.
  var outputs: [JSON] {
    state.withLock(\.items).map { item in
      switch item {
      case .stream(let stream, let text):
        ["output_type": "stream", "name": .string(stream.rawValue), "text": .string(text)]
      case .display(let bundle, _):
        [
          "output_type": "display_data", "data": .object(bundle.data),
          "metadata": .object(bundle.metadata),
        ]
      case .error(let error, _):
        [
          "output_type": "error", "ename": .string(error.name), "evalue": .string(error.message),
          "traceback": .array(error.traceback.map { .string($0) }),
        ]
      }
    }
  }

  /// All outputs as one display.
  var bundle: MIMEBundle {
    StackedBundle.join(
      state.withLock(\.items).map { item in
        switch item {
        case .stream(_, let text): .text(text)
        case .display(let bundle, _): .bundle(bundle)
        case .error(_, let plain): .text(plain)
        }
      })
  }
}
