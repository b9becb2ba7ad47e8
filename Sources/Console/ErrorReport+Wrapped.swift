import EngineInterface
import Syntax

extension ErrorReport {
  /// The error block for a terminal of so many columns: its sentences are broken between words, the
  /// lines of source and their marks stay as they are.
  func wrapped(columns: Int) -> String {
    let lines = traceback.joined(separator: "\n").split(
      separator: "\n", omittingEmptySubsequences: false)
    let isSentence = lines.indices.map { index in
      let plain = Terminal.plain(String(lines[index]))
      return index == 0 || ["hint: ", "note: "].contains { plain.hasPrefix($0) }
    }
    return zip(lines, isSentence).map { line, isSentence in
      isSentence ? wrapped(line, columns: columns) : String(line)
    }.joined(separator: "\n")
  }

  /// The line broken between words; a word that is longer than the terminal is left to it.
  private func wrapped(_ line: Substring, columns: Int) -> String {
    guard displayWidth(of: Terminal.plain(String(line))) > columns else { return String(line) }
    var result = ""
    var used = 0
    for word in line.split(separator: " ", omittingEmptySubsequences: false) {
      let width = displayWidth(of: Terminal.plain(String(word)))
      if used > 0, used + 1 + width > columns {
        result += "\n  " + word
        used = 2 + width
      } else {
        result += (result.isEmpty ? "" : " ") + word
        used += (used > 0 ? 1 : 0) + width
      }
    }
    return result
  }
}
