import JSON

/// What a call of `run` or `check` made of one file.
public struct FileReport: Sendable {
  /// The path as it was given.
  public var path: String
  public var run: RunReport
  /// Why the file could not be read, run or written, in one line; nil where it could.
  public var problem: String?
  /// How often the file was run.
  public var attempts: Int
  public var seconds: Double
  /// The differences from the stored outputs by the place of their cell; nil where none were sought.
  public var differences: [Int: [Difference]]?
  /// The lines of the file, from 1, to which what failed or differs is owed, by the place of its cell.
  public var lines: [Int: Int] = [:]
  /// The number of cells whose new outputs were accepted in place of the stored ones.
  public var accepted = 0
  /// Why the file was not run; nil where it was, or where it could not be.
  public var notRun: String?

  public init(
    path: String, run: RunReport = RunReport(), problem: String? = nil, notRun: String? = nil
  ) {
    self.path = path
    self.run = run
    self.problem = problem
    self.notRun = notRun
    attempts = 1
    seconds = 0
  }

  /// The same with the code cells of a notebook as not run, where it was never begun.
  public func listing(_ notebook: Notebook) -> FileReport {
    guard notRun != nil else { return self }
    var report = self
    for (index, cell) in notebook.cells.enumerated() where cell.kind == .code && !cell.isBlank {
      report.run.cells.append(
        CellReport(index: index, id: cell.id, source: cell.source, status: .notRun))
    }
    return report
  }

  /// The number of cells whose outputs differ from the stored ones.
  public var differing: Int { differences?.count ?? 0 }

  public var isWell: Bool { problem == nil && run.failure == nil && differing == 0 }
}

extension Notebook {
  /// The number of cells that a run has to do with.
  public var codeCells: Int { cells.count { $0.kind == .code && !$0.isBlank } }

  /// What is to be done about errors, where the notebook itself says it in its metadata: `execution`
  /// with `allow_errors`, as Jupyter Book and nbmake read it.
  public func policy(_ policy: NotebookRunner.ErrorPolicy) -> NotebookRunner.ErrorPolicy {
    let allows = metadata["execution"]?["allow_errors"]?.bool == true
    return allows && policy == .stop ? .allow : policy
  }
}

extension CellReport {
  /// How the cell failed, in one line.
  public var sentence: String {
    let error = error.map { "\($0.name): \($0.message)" } ?? ""
    switch status {
    case .timedOut: return "\(label) timed out: \(self.error?.message ?? "")"
    case .interrupted: return "\(label) was interrupted"
    case .died: return "\(label) failed: \(self.error?.message ?? "")"
    default: return "\(label) failed: \(error)"
    }
  }
}

extension CellReport {
  /// How messages and reports count the cell: by its place among all cells, from 1.
  public var number: Int { index + 1 }

  /// How a message names the cell.
  public var label: String { "cell \(number)" }

  /// The line of the cell's code that its error names, from 1; the first where none is named.
  ///
  /// A failure inside a function of an earlier cell is owed to the line that called it.
  func failingLine(file: String?) -> Int {
    let mark = Array("\(file ?? executionCount.map { "Cell In[\($0)]" } ?? ""), line ".utf8)
    for line in error?.traceback ?? [] {
      let bytes = Array(line.plainText.utf8)
      guard
        let start = bytes.indices.first(where: { bytes[$0...].starts(with: mark) })
      else { continue }
      let digits = bytes[(start + mark.count)...].prefix { 0x30...0x39 ~= $0 }
      if let number = Int(String(decoding: digits, as: UTF8.self)) { return number }
    }
    return 1
  }
}

extension Notebook {
  /// The line of the file at which a line of a cell's code stands, both from 1.
  func fileLine(ofCell index: Int, line: Int) -> Int? {
    guard cells.indices.contains(index), let source = cells[index].element["source"] else {
      return nil
    }
    var element = source
    var count = 0
    for part in source.elements {
      element = part
      count += (part.string ?? "").count { $0.isNewline }
      if count >= line { break }
    }
    let before = document.bytes[..<element.range.lowerBound]
    return before.count { $0 == UInt8(ascii: "\n") } + 1
  }
}

extension FileReport {
  /// Notes at which lines of a notebook its failures and differences stand.
  public mutating func locate(in notebook: Notebook) {
    for cell in run.cells where cell.status.isFailure || differences?[cell.index] != nil {
      lines[cell.index] = notebook.fileLine(ofCell: cell.index, line: cell.failingLine(file: nil))
    }
  }

  /// Notes at which line a script failed.
  public mutating func locateInScript() {
    for cell in run.cells where cell.status.isFailure {
      lines[cell.index] = cell.failingLine(file: path)
    }
  }
}

extension String {
  /// The text without the control sequences of terminals that colour it.
  var plainText: String {
    guard utf8.contains(0x1B) else { return self }
    var result = UnicodeScalarView()
    var isSequence = false
    var previous: Unicode.Scalar = " "
    for scalar in unicodeScalars {
      if scalar == "\u{1B}" {
        isSequence = true
      } else if isSequence {
        isSequence = !(0x40...0x7E ~= scalar.value) || previous == "\u{1B}" && scalar == "["
      } else {
        result.append(scalar)
      }
      previous = scalar
    }
    return String(result)
  }
}
