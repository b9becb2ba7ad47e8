import EngineInterface
import JSON

/// Compares the outputs of a cell with those that are stored, by number and not by text.
///
/// Streams are compared as a whole each, since how they interleave is a matter of time; displays and
/// results in order, by the richest form that both have; errors by kind and message. Times, progress
/// and execution counts do not count.
public struct OutputComparison {
  let tolerance: Tolerance
  private(set) var differences: [Difference] = []

  /// The most differences of a cell that are told.
  private static let limit = 1000

  private init(tolerance: Tolerance) { self.tolerance = tolerance }

  /// The places at which the outputs differ; none where they are the same.
  public static func differences(
    stored: [Output], now: [Output], tolerance: Tolerance = Tolerance()
  ) -> [Difference] {
    var comparison = Self(tolerance: tolerance)
    let (old, new) = (Content(stored), Content(now))
    for stream in [StandardStream.stdout, .stderr] {
      comparison.compareTexts(
        old.streams[stream] ?? "", new.streams[stream] ?? "", name: stream.rawValue)
    }
    if old.bundles.count != new.bundles.count {
      comparison.add(
        Difference("outputs", stored: "\(old.bundles.count)", now: "\(new.bundles.count)"))
    }
    for (stored, now) in zip(old.bundles, new.bundles) { comparison.compare(stored, now) }
    comparison.compareErrors(old.error, new.error)
    return comparison.differences
  }

  mutating func add(_ difference: Difference) {
    if differences.count < Self.limit { differences.append(difference) }
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

  init(_ outputs: [Output]) {
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

  /// What shows the state of a session rather than what the cell computed.
  private static func isTransient(_ bundle: MIMEBundle) -> Bool {
    bundle.data["application/vnd.jupyter.widget-view+json"] != nil
      || bundle.data["text/html"]?.string?.hasPrefix("<div class=\"nabla-progress\"") == true
      || bundle.plain.map(OutputComparison.isProgress) == true
  }
}

extension Content.Failure? {
  fileprivate var line: String { map { "\($0.name): \($0.message)" } ?? "none" }
}
