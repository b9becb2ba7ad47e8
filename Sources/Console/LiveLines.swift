import Syntax

/// Lines at the end of a terminal that are written anew while what they tell of goes on.
struct LiveLines {
  private var lines: [(id: String, text: String, hasEnded: Bool)] = []
  /// How many lines stand on the terminal now.
  private var drawn = 0

  /// Whether nothing of what the lines tell of goes on.
  var haveEnded: Bool { lines.allSatisfy(\.hasEnded) }

  mutating func set(_ text: String, id: String, hasEnded: Bool) {
    if let place = lines.firstIndex(where: { $0.id == id }) {
      lines[place] = (id, text, hasEnded)
    } else {
      lines.append((id, text, hasEnded))
    }
  }

  /// Writes the lines in place of those that stand there.
  mutating func draw(on terminal: Terminal) {
    guard terminal.canRewrite, !lines.isEmpty else { return }
    let width = terminal.width
    var text = drawn > 0 ? "\u{1B}[\(drawn)A" : ""
    // Only what fits can be taken back.
    let shown = lines.suffix(max(terminal.height - 2, 1))
    for line in shown { text += "\r\(line.text.prefix(columns: max(width - 1, 1)))\u{1B}[K\n" }
    drawn = shown.count
    terminal.write(text)
  }

  /// Takes the lines away, to write something in their place.
  mutating func erase(on terminal: Terminal) {
    guard drawn > 0 else { return }
    terminal.write("\u{1B}[\(drawn)A\r\u{1B}[J")
    drawn = 0
  }

  /// Writes the lines for good.
  mutating func finish(on terminal: Terminal) {
    if terminal.canRewrite {
      draw(on: terminal)
    } else {
      for line in lines { terminal.write(line.text + "\n") }
    }
    self = LiveLines()
  }
}

extension Terminal {
  /// The lines that a text takes, when it can be taken back as a whole; nil when it cannot.
  func lines(of text: String) -> Int? {
    guard canRewrite else { return nil }
    let width = width
    var count = 0
    var rest = text.utf8.last == UInt8(ascii: "\n") ? text.dropLast() : text[...]
    while true {
      let end = rest.firstIndex(of: "\n") ?? rest.endIndex
      let line = Self.plain(String(rest[..<end]))
      let columns = displayWidth(of: line)
      // Where wide characters wrap is up to the terminal.
      guard columns <= width || columns == line.unicodeScalars.count else { return nil }
      count += max((columns + width - 1) / width, 1)
      guard end < rest.endIndex, count < height else { break }
      rest = rest[rest.index(after: end)...]
    }
    return count < height ? count : nil
  }
}

extension String {
  /// What of the text fits into so many columns.
  func prefix(columns: Int) -> Substring {
    var used = 0
    return prefix { character in
      used += displayWidth(of: character)
      return used <= columns
    }
  }
}
