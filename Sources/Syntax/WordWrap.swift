/// A line broken between words where it is wider than so many columns; what goes on is indented.
///
/// A word that is wider stands on a line of its own. `width` tells what a stretch takes, where that
/// is not what its characters take.
public func wordWrapped(
  _ line: some StringProtocol, columns: Int, width: (Substring) -> Int = { displayWidth(of: $0) }
) -> [String] {
  var lines: [String] = []
  var current = ""
  var used = 0
  for word in line.split(separator: " ", omittingEmptySubsequences: false) {
    let wordWidth = width(Substring(word))
    if used > 0, used + 1 + wordWidth > columns {
      lines.append(current)
      current = "  " + word
      used = 2 + wordWidth
    } else {
      current += (current.isEmpty ? "" : " ") + word
      used += (used > 0 ? 1 : 0) + wordWidth
    }
  }
  return lines + [current]
}
