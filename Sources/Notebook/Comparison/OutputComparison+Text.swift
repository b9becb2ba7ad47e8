extension OutputComparison {
  /// Compares two texts line by line, with the numbers in them.
  mutating func compareTexts(_ stored: String, _ now: String, name: String) {
    if stored == now { return }
    let (old, new) = (lines(stored), lines(now))
    for (number, (stored, now)) in zip(old, new).enumerated() where goesOn() {
      let row = old.count == 1 && new.count == 1 ? "" : "line \(number + 1)"
      compareLines(stored, now, name: name, row: row)
    }
    guard old.count != new.count else { return }
    let shared = min(old.count, new.count)
    add(
      Difference(
        name, "line \(shared + 1)", stored: old.count > shared ? old[shared] : "nothing",
        now: new.count > shared ? new[shared] : "nothing"))
  }

  /// Compares two lines; at most one difference is told of each.
  mutating func compareLines(_ stored: String, _ now: String, name: String, row: String) {
    if stored == now { return }
    let old = NumericText(stored) { goesOn() }
    let new = NumericText(now) { goesOn() }
    switch old.compare(new, tolerance) {
    case .same: break
    case .words: add(Difference(name, row, stored: stored, now: now))
    case .numbers(let old, let new): addNumbers(name, row, stored: old, now: new)
    }
  }

  mutating func addNumbers(_ name: String, _ row: String, stored: Double, now: Double) {
    add(
      Difference(
        name, row, stored: Self.text(stored), now: Self.text(now),
        relativeError: Tolerance.relativeError(now, stored)))
  }

  static func text(_ number: Double) -> String {
    number.isFinite && number == number.rounded() && abs(number) < 1e15
      ? "\(Int(number))" : "\(number)"
  }

  /// The lines that say what was computed: without times, progress and empty ends.
  private mutating func lines(_ text: String) -> [String] {
    var lines: [String] = []
    var rest = text[...]
    while goesOn() {
      // By bytes, since a text of many megabytes is searched.
      let end = rest.utf8.firstIndex(of: UInt8(ascii: "\n"))
      var line = rest[..<(end ?? rest.endIndex)]
      if end != nil, line.utf8.last == UInt8(ascii: "\r") { line = Substring(line.utf8.dropLast()) }
      if !Self.isTiming(line), !Self.isProgress(line) { lines.append(String(line)) }
      guard let end else { break }
      rest = rest[rest.utf8.index(after: end)...]
    }
    while lines.last?.allSatisfy(\.isWhitespace) == true { lines.removeLast() }
    return lines
  }

  /// A line of `%time`, `%%time` or `%timeit`, here or in IPython.
  private static func isTiming(_ line: some StringProtocol) -> Bool {
    let lowered = line.lowercased()
    return lowered.hasPrefix("wall time:") || lowered.hasPrefix("cpu times:")
      || line.contains(" per loop (")
  }

  /// A line that was overwritten while it was shown, or a bar that fills.
  static func isProgress(_ line: some StringProtocol) -> Bool {
    var line = line[...]
    if line.hasSuffix("\n") { line.removeLast() }
    if line.contains("\n") { return false }
    return line.contains("\r") || line.contains("%|") || line.contains("it/s")
      || line.contains("s/it")
  }
}
