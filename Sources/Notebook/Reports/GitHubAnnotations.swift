/// Lines that make GitHub show failures beside the lines of the files that they are owed to.
public enum GitHubAnnotations {
  /// A line, with its end, for each cell that failed or differs, and for a file that could not be run.
  ///
  /// `path` is that from the root of the repository, where it is not the one that was given.
  public static func lines(_ file: FileReport, path: String? = nil) -> String {
    let path = path ?? file.path
    var lines = ""
    if let problem = file.problem { lines += line(path, 1, "nabla", problem) }
    for cell in file.run.cells {
      let place = file.lines[cell.index] ?? 1
      if cell.status.isFailure {
        let block = (cell.error?.traceback ?? []).joined(separator: "\n").plainText
        let message = block.isEmpty ? cell.error?.message ?? "" : block
        lines += line(path, place, "\(cell.label): \(cell.error?.name ?? "")", message)
      } else if let differences = file.differences?[cell.index] {
        let message = differences.prefix(20).map(\.line).joined(separator: "\n")
        lines += line(path, place, "\(cell.label) differs", message)
      }
    }
    return lines
  }

  private static func line(_ path: String, _ line: Int, _ title: String, _ text: String) -> String {
    "::error file=\(property(path)),line=\(line),title=\(property(title))::\(data(text))\n"
  }

  private static func data(_ text: String) -> String { escaped(text, "%\r\n") }

  private static func property(_ text: String) -> String { escaped(text, "%\r\n:,") }

  private static func escaped(_ text: String, _ special: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      if special.unicodeScalars.contains(scalar) {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        result += "%" + (digits.count < 2 ? "0" : "") + digits
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
