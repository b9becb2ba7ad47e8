/// Results in the XML that CI servers read as JUnit's: a suite for each file, a case for each cell.
public struct JUnitReport: Sendable {
  private let name: String
  private let files: [FileReport]

  /// The most text of a stream that is written for a cell, in characters.
  private static let textLimit = 65_536

  /// `name` is that of the command that was run.
  public init(name: String, files: [FileReport]) {
    self.name = name
    self.files = files
  }

  public var text: String {
    let counts = files.map(Counts.init)
    let total = counts.reduce(Counts(), +)
    var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    text += "<testsuites name=\"\(name)\" \(total.attributes)>\n"
    for (file, counts) in zip(files, counts) {
      let start = file.run.cells.compactMap(\.start).min().map(Timestamp.text)
      text += "  <testsuite name=\"\(file.path.xml)\" \(counts.attributes)"
      text += start.map { " timestamp=\"\($0)\"" } ?? ""
      text += ">\n"
      if let problem = file.problem {
        text += testCase(file.path, "the file", 0, [element("error", "FileError", problem, "")])
      }
      if let reason = file.notRun, file.run.cells.isEmpty {
        text += testCase(file.path, "the file", 0, ["<skipped message=\"\(reason.xml)\"/>"])
      }
      for cell in file.run.cells { text += testCase(cell, in: file) }
      text += "  </testsuite>\n"
    }
    return text + "</testsuites>\n"
  }

  private func testCase(_ cell: CellReport, in file: FileReport) -> String {
    var parts: [String] = []
    let block = (cell.error?.traceback ?? []).joined(separator: "\n")
    let message = cell.error?.message ?? ""
    let kind = cell.error?.name ?? ""
    switch cell.status {
    case .failed: parts.append(element("failure", kind, message, block))
    case .timedOut, .interrupted, .died: parts.append(element("error", kind, message, block))
    case .skipped: parts.append("<skipped message=\"skip-execution\"/>")
    case .notRun:
      let reason = file.notRun ?? "the run ended before this cell"
      parts.append("<skipped message=\"\(reason.xml)\"/>")
    case .passed, .allowedError: break
    }
    if let differences = file.differences?[cell.index], !cell.status.isFailure {
      let lines = differences.map(\.line)
      parts.append(
        element("failure", "Difference", lines.first ?? "", lines.joined(separator: "\n")))
    }
    for (tag, stream) in [("system-out", "stdout"), ("system-err", "stderr")] {
      let text = cell.text(of: stream)
      if text.isEmpty { continue }
      parts.append("<\(tag)>\(String(text.prefix(Self.textLimit)).xmlText)</\(tag)>")
    }
    let code = cell.source.split(whereSeparator: \.isNewline).first {
      !$0.allSatisfy(\.isWhitespace)
    }
    let name = "\(cell.label): \(code.map { $0.prefix(60) } ?? "")"
    return testCase(file.path, name, cell.seconds, parts)
  }

  private func testCase(
    _ path: String, _ name: String, _ seconds: Double, _ parts: [String]
  ) -> String {
    let head =
      "    <testcase classname=\"\(path.xml)\" name=\"\(name.xml)\" time=\"\(seconds.fixed)\""
    if parts.isEmpty { return head + "/>\n" }
    return head + ">\n" + parts.map { "      \($0)\n" }.joined() + "    </testcase>\n"
  }

  private func element(
    _ name: String, _ kind: String, _ message: String, _ text: String
  ) -> String {
    "<\(name) type=\"\(kind.xml)\" message=\"\(message.xml)\">\(text.xmlText)</\(name)>"
  }

  /// What the attributes of a suite count.
  private struct Counts {
    var tests = 0
    var failures = 0
    var errors = 0
    var skipped = 0
    var seconds = 0.0

    init() {}

    init(_ file: FileReport) {
      let differing = file.run.cells.count {
        !$0.status.isFailure && file.differences?[$0.index] != nil
      }
      let hasProblem = file.problem == nil ? 0 : 1
      // A file that was not begun, and of which no cell is known.
      let unknown = file.notRun != nil && file.run.cells.isEmpty ? 1 : 0
      tests = file.run.cells.count + hasProblem + unknown
      failures = file.run.count(.failed) + differing
      errors =
        file.run.count(.timedOut) + file.run.count(.interrupted) + file.run.count(.died)
        + hasProblem
      skipped = file.run.count(.skipped) + file.run.count(.notRun) + unknown
      seconds = file.seconds
    }

    static func + (left: Self, right: Self) -> Self {
      var sum = left
      sum.tests += right.tests
      sum.failures += right.failures
      sum.errors += right.errors
      sum.skipped += right.skipped
      sum.seconds += right.seconds
      return sum
    }

    var attributes: String {
      "tests=\"\(tests)\" failures=\"\(failures)\" errors=\"\(errors)\" skipped=\"\(skipped)\" "
        + "time=\"\(seconds.fixed)\""
    }
  }
}

extension Double {
  /// The number with six digits behind the point and never an exponent, as XML's readers want it.
  fileprivate var fixed: String {
    let micros = UInt64((max(self, 0) * 1e6).rounded())
    let digits = String(micros % 1_000_000)
    return "\(micros / 1_000_000).\(String(repeating: "0", count: 6 - digits.count))\(digits)"
  }
}

extension String {
  /// The text for an attribute of XML, without colours.
  ///
  /// Characters that XML has no way to write become U+FFFD.
  fileprivate var xml: String { escaped(isAttribute: true) }

  /// The text for an element of XML, without colours.
  fileprivate var xmlText: String { escaped(isAttribute: false) }

  private func escaped(isAttribute: Bool) -> String {
    var result = ""
    for scalar in plainText.unicodeScalars {
      switch scalar.value {
      case UInt32(UInt8(ascii: "&")): result += "&amp;"
      case UInt32(UInt8(ascii: "<")): result += "&lt;"
      case UInt32(UInt8(ascii: ">")): result += "&gt;"
      case UInt32(UInt8(ascii: "\"")): result += "&quot;"
      // A reader makes a line end of it, and in an attribute spaces of all of these.
      case 0x0D: result += "&#13;"
      case 0x09 where isAttribute, 0x0A where isAttribute: result += "&#\(scalar.value);"
      case 0x09, 0x0A: result.unicodeScalars.append(scalar)
      case 0x00...0x1F, 0x7F...0x84, 0x86...0x9F, 0xFFFE, 0xFFFF: result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
