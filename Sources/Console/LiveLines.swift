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
    for line in shown { text += "\r\(line.text.prefix(max(width - 1, 1)))\u{1B}[K\n" }
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
      // What is wider than one column is not counted here.
      guard line.unicodeScalars.allSatisfy(\.takesOneColumn) else { return nil }
      count += max((line.unicodeScalars.count + width - 1) / width, 1)
      guard end < rest.endIndex, count < height else { break }
      rest = rest[rest.index(after: end)...]
    }
    return count < height ? count : nil
  }
}

extension Unicode.Scalar {
  /// Letters, signs and box drawing of Western scripts; false also where it is not known.
  fileprivate var takesOneColumn: Bool {
    switch value {
    case 0x20..<0x7F, 0xA0..<0x300, 0x370..<0x483, 0x2010..<0x2028, 0x2030..<0x2060,
      0x2070..<0x20D0, 0x2190..<0x231A, 0x2500..<0x25FD, 0x2800..<0x2900:
      true
    default: false
    }
  }
}
