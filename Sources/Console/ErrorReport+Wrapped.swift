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
      guard isSentence else { return String(line) }
      return wordWrapped(line, columns: columns) { displayWidth(of: Terminal.plain(String($0))) }
        .joined(separator: "\n")
    }.joined(separator: "\n")
  }
}
