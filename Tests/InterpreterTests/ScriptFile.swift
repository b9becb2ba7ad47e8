import Foundation

/// A script of the language whose comments say what it must show.
///
/// `# expect: TEXT` is the next line of stdout, on the line that prints it or after it;
/// `# expect near: 0.5 -2` its numbers, to nine significant digits or, after `# digits: 6`, to six
/// decimals; `# expect like: took * ms` a line with gaps; `# expect stderr: TEXT` a part of the
/// next line of stderr; `# expect error: Kind: text` how the script or cell ends. `# expect table:`
/// and `# expect result: TEXT` are the next display and `# expect block:` the error's whole block,
/// on the comment lines that follow. Lines `# %%` split a script into the cells of one session.
struct ScriptFile: Sendable {
  /// What a line of stdout must be.
  enum Line: Sendable {
    case text(String)
    case numbers([Double], decimals: Int?)
    case pattern(String)
  }

  /// Text on the comment lines after a directive, with the lines of the file that it stands on.
  struct Passage: Sendable {
    var text: String
    var lines: Range<Int>
  }

  struct Cell: Sendable {
    var code = ""
    var lines: [Line] = []
    var stderr: [String] = []
    var shown: [Passage] = []
    var error: String?
    var block: Passage?
  }

  let url: URL
  let name: String
  private(set) var cells: [Cell] = []
  /// Whether it runs cell by cell, as a notebook does, or as a script file.
  private(set) var isNotebook = false

  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appending(path: "Scripts")

  /// All scripts below the folder, sorted; modules that scripts import start with `module_`.
  static let all: [ScriptFile] = {
    let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    return (files?.compactMap { $0 as? URL } ?? [])
      .filter { $0.pathExtension == "nabla" && !$0.lastPathComponent.hasPrefix("module_") }
      .sorted { $0.path < $1.path }
      .map { ScriptFile($0) }
  }()

  private init(_ url: URL) {
    self.url = url
    name = String(url.path.dropFirst(ScriptFile.folder.path.count + 1))
    let text = (try? String(contentsOf: url, encoding: .utf8)) ?? ""
    read(text.components(separatedBy: "\n"))
  }

  /// Where it runs: beside itself, or in a copy of its folder where it writes files.
  func workingFolder() throws -> (folder: URL, isCopy: Bool) {
    let folder = url.deletingLastPathComponent()
    guard folder.lastPathComponent == "files" else { return (folder, false) }
    let copy = FileManager.default.temporaryDirectory.appending(path: "nabla-\(UUID().uuidString)")
    try FileManager.default.copyItem(at: folder, to: copy)
    return (copy, true)
  }

  private mutating func read(_ lines: [String]) {
    var cell = Cell()
    var decimals: Int?
    for (number, line) in lines.enumerated() {
      if line.hasPrefix("# %%") {
        if isNotebook || !cell.code.allSatisfy(\.isWhitespace) { cells.append(cell) }
        isNotebook = true
        cell = Cell()
        continue
      }
      cell.code += line + "\n"
      if let digits = line.after("# digits: ") { decimals = Int(digits) }
      guard let directive = line.after("# expect") else { continue }
      if let text = directive.value("") {
        cell.lines.append(.text(text))
      } else if let text = directive.value(" near") {
        cell.lines.append(.numbers(text.numbers, decimals: decimals))
      } else if let text = directive.value(" like") {
        cell.lines.append(.pattern(text))
      } else if let text = directive.value(" stderr") {
        cell.stderr.append(text)
      } else if let text = directive.value(" error") {
        cell.error = text
      } else if directive.value(" table") != nil {
        cell.shown.append(ScriptFile.passage(lines, after: number))
      } else if let text = directive.value(" result") {
        cell.shown.append(
          text.isEmpty
            ? ScriptFile.passage(lines, after: number)
            : Passage(text: text, lines: number..<number))
      } else if directive.value(" block") != nil {
        cell.block = ScriptFile.passage(lines, after: number)
      }
    }
    cells.append(cell)
  }

  /// The comment lines that follow a line.
  private static func passage(_ lines: [String], after number: Int) -> Passage {
    let rest = lines[(number + 1)...].prefix {
      $0.hasPrefix("#") && !$0.hasPrefix("# expect") && !$0.hasPrefix("# %%")
    }
    return Passage(
      text: rest.map { String($0.dropFirst(2)) }.joined(separator: "\n"), lines: rest.indices)
  }
}

extension String {
  /// What follows the first `mark`.
  func after(_ mark: String) -> String? {
    range(of: mark).map { String(self[$0.upperBound...]) }
  }

  /// The text after the name of a directive and its colon.
  fileprivate func value(_ name: String) -> String? {
    guard hasPrefix(name + ":") else { return nil }
    return String(dropFirst(name.count + 1)).trimmingCharacters(in: .whitespaces)
  }

  /// The numbers in a text, whatever stands between them.
  var numbers: [Double] {
    let number = #/[-+]?(?:\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?|inf\b|nan\b)/#
    return matches(of: number).map { Double($0.output) ?? .nan }
  }

  /// The text without blanks at the ends of its lines and without empty lines at its end.
  var withoutTrailingBlanks: String {
    var lines = components(separatedBy: "\n").map { line in
      String(line.reversed().drop { $0 == " " }.reversed())
    }
    while lines.last?.isEmpty == true { lines.removeLast() }
    return lines.joined(separator: "\n")
  }

  /// The text without the colours of a terminal.
  var withoutEscapes: String { replacing(#/\u{1B}\[[0-9;]*m/#, with: "") }
}
