import EngineInterface
import JSON

/// Compares the outputs of a cell with those that are stored, by number and not by text.
///
/// Streams are compared as a whole each, since how they interleave is a matter of time; displays and
/// results in order, by the richest form that both have; errors by kind and message. The times of
/// magics, progress and execution counts do not count, and neither does a view of widgets of which no
/// other form is left.
public struct OutputComparison {
  let tolerance: Tolerance
  private(set) var differences: [Difference] = []

  /// The most differences of a cell that are told.
  private static let limit = 1000

  /// Asked now and then whether to stop.
  private let shouldStop: () -> Bool
  private var isStopped = false
  private var steps = 0

  private init(tolerance: Tolerance, shouldStop: @escaping () -> Bool) {
    self.tolerance = tolerance
    self.shouldStop = shouldStop
  }

  /// The places at which the outputs differ; none where they are the same.
  public static func differences(
    stored: [Output], now: [Output], tolerance: Tolerance = Tolerance()
  ) -> [Difference] {
    differences(stored: stored, now: now, tolerance: tolerance) { false } ?? []
  }

  /// The places at which the outputs differ; nil where `shouldStop` has ended the comparison.
  static func differences(
    stored: [Output], now: [Output], tolerance: Tolerance, shouldStop: @escaping () -> Bool
  ) -> [Difference]? {
    var comparison = Self(tolerance: tolerance, shouldStop: shouldStop)
    comparison.compare(stored, now)
    return comparison.isStopped ? nil : comparison.differences
  }

  /// Compares all outputs of a cell.
  private mutating func compare(_ stored: [Output], _ now: [Output]) {
    var (old, new) = (Content(stored), Content(now))
    if old.hasViews { compareViews(&old, &new) }
    for stream in [StandardStream.stdout, .stderr] {
      compareTexts(old.streams[stream] ?? "", new.streams[stream] ?? "", name: stream.rawValue)
    }
    if old.bundles.count != new.bundles.count {
      add(Difference("outputs", stored: "\(old.bundles.count)", now: "\(new.bundles.count)"))
    }
    for (stored, now) in zip(old.bundles, new.bundles) where goesOn() { compare(stored, now) }
    compareErrors(old.error, new.error)
  }

  /// Counts a step, such as a line or an entry; false once nothing more is to be compared.
  mutating func goesOn() -> Bool {
    steps += 1
    // A look costs more than most steps do.
    if steps % 64 == 0, !isStopped { isStopped = shouldStop() }
    return !isStopped && differences.count < Self.limit
  }

  mutating func add(_ difference: Difference) {
    if differences.count < Self.limit { differences.append(difference) }
  }

  /// Settles what a front end with widgets stored as one view, where there are none now.
  ///
  /// A view tells as text what its function showed, which here may be several outputs. What was
  /// compared, and views of which nothing is left, are taken away.
  private mutating func compareViews(_ old: inout Content, _ new: inout Content) {
    if old.bundles.count == new.bundles.count, old.writes == new.writes {
      for place in old.bundles.indices {
        guard let view = old.bundles[place].withoutView else { continue }
        // Only what both have can be compared; a table is stored as its text.
        let types = new.bundles[place].data.keys
        let shared = view.data.pairs.filter { types.contains($0.key) }
        old.bundles[place].data = JSON.Object(shared.map { ($0.key, $0.value) })
        if shared.isEmpty { new.bundles[place].data = [:] }
      }
    } else if old.bundles.count(where: { $0.withoutView == nil }) == new.bundles.count,
      old.writes == new.writes
    {
      old.bundles.removeAll { $0.withoutView != nil }
    } else {
      compareTexts(old.lines, new.lines, name: "text")
      for stream in [StandardStream.stdout, .stderr] {
        old.streams[stream] = nil
        new.streams[stream] = nil
      }
      old.bundles = []
      new.bundles = []
    }
  }

  private mutating func compare(_ stored: MIMEBundle, _ now: MIMEBundle) {
    for form in Form.allCases {
      guard let old = form.data(in: stored.data) else { continue }
      guard let new = form.data(in: now.data) else {
        let types = now.data.keys.joined(separator: ", ")
        return add(Difference(form.rawValue, stored: old.type, now: types))
      }
      switch form {
      case .table: return compareTables(old.value, new.value)
      case .svg: return compareSVG(old.value.string ?? "", new.value.string ?? "")
      case .png: return comparePNG(old.value.string ?? "", new.value.string ?? "")
      case .image where old.type != new.type:
        return add(Difference("image", stored: old.type, now: new.type))
      case .image: return compareBytes(old.value.string ?? "", new.value.string ?? "", old.type)
      case .json: return compareJSON(old.value, new.value, name: old.type)
      case .text, .markup:
        return compareTexts(old.value.string ?? "", new.value.string ?? "", name: form.rawValue)
      }
    }
    if stored.data.isEmpty != now.data.isEmpty {
      add(Difference("output", stored: "\(stored.data.keys)", now: "\(now.data.keys)"))
    }
  }

  private mutating func compareErrors(_ stored: Content.Failure?, _ now: Content.Failure?) {
    guard let stored, let now, stored.name == now.name else {
      if stored?.name != now?.name {
        add(Difference("error", stored: stored.line, now: now.line))
      }
      return
    }
    compareTexts(stored.message, now.message, name: stored.name)
  }
}

/// The forms of an output, what tells most of the numbers first.
private enum Form: String, CaseIterable {
  case table
  case svg = "image/svg+xml"
  case png = "image/png"
  case image
  case json
  case text
  case markup

  /// The data in this form and their type.
  func data(in data: JSON.Object) -> (type: String, value: JSON)? {
    func first(_ types: [String]) -> (String, JSON)? {
      types.lazy.compactMap { type in data[type].map { (type, $0) } }.first
    }
    switch self {
    case .table: return first(["application/vnd.dataresource+json"])
    case .svg, .png: return first([rawValue])
    case .image: return first(data.keys.filter { $0.hasPrefix("image/") })
    case .text: return first(["text/plain"])
    case .json:
      return first(data.keys.filter { $0 == "application/json" || $0.hasSuffix("+json") })
    case .markup: return first(["text/markdown", "text/latex", "text/html"])
    }
  }
}

/// The outputs of a cell, sorted by what they are.
private struct Content {
  struct Failure: Equatable {
    var name: String
    var message: String
  }

  var streams: [StandardStream: String] = [:]
  var bundles: [MIMEBundle] = []
  var error: Failure?
  private let outputs: [Output]

  init(_ outputs: [Output]) {
    self.outputs = outputs
    for output in outputs {
      switch output {
      case .stream(let stream, let text): streams[stream, default: ""] += text
      case .display(let bundle), .result(let bundle, _):
        if !Self.isTransient(bundle) { bundles.append(bundle) }
      case .error(let name, let message, _): error = Failure(name: name, message: message)
      case .other: break
      }
    }
  }

  /// Whether there is a view of widgets with other forms beside it.
  var hasViews: Bool { bundles.contains { $0.withoutView != nil } }

  /// The streams that have text.
  var writes: Set<StandardStream> { Set(streams.filter { !$0.value.isEmpty }.keys) }

  /// All that is shown as text, in order, without the empty lines that set outputs apart.
  var lines: String {
    var text = ""
    for output in outputs {
      switch output {
      case .stream(_, let part): text += part
      case .display(let bundle), .result(let bundle, _):
        if Self.isTransient(bundle) { continue }
        if !text.isEmpty, !text.hasSuffix("\n") { text += "\n" }
        text += (bundle.plain ?? "") + "\n"
      case .error, .other: break
      }
    }
    return text.split { $0 == "\n" || $0 == "\r\n" }.filter { !$0.allSatisfy(\.isWhitespace) }
      .joined(separator: "\n")
  }

  /// What shows the state of a session rather than what the cell computed.
  private static func isTransient(_ bundle: MIMEBundle) -> Bool {
    bundle.withoutView?.data.isEmpty == true
      || bundle.data["text/html"]?.string?.hasPrefix("<div class=\"nabla-progress\"") == true
      || bundle.plain.map(OutputComparison.isProgress) == true
  }
}

extension MIMEBundle {
  /// What stands beside the view of a widget; nil where there is no view.
  fileprivate var withoutView: MIMEBundle? {
    let view = "application/vnd.jupyter.widget-view+json"
    guard data[view] != nil else { return nil }
    let others = data.pairs.filter { $0.key != view }
    return MIMEBundle(data: JSON.Object(others.map { ($0.key, $0.value) }), metadata: metadata)
  }
}

extension Content.Failure? {
  fileprivate var line: String { map { "\($0.name): \($0.message)" } ?? "none" }
}
