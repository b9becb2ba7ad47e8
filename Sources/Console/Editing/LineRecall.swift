/// Goes back and forth in earlier lines, by what they begin with or by what stands in them.
struct LineRecall {
  /// The earlier lines, oldest first.
  private let lines: [String]
  /// What was typed before an earlier line took its place.
  private let draft: String
  /// What the lines must begin with.
  private let prefix: String
  /// The line that is shown; the count of all where it is the draft.
  private var place: Int
  /// Whether an earlier line is shown.
  var isUnderWay: Bool { place < lines.count }
  /// What is shown.
  private(set) var shown: String
  /// Lines as they were edited after they had been called back.
  private var edited: [Int: String] = [:]

  /// Starts at what is typed; only lines are found that begin with `prefix`.
  init(_ lines: [String], draft: String, prefix: String) {
    self.lines = lines
    self.draft = draft
    self.prefix = prefix
    place = lines.count
    shown = draft
  }

  /// Keeps what became of the line that is shown: the way goes on from there.
  mutating func edit(_ text: String) {
    edited[place] = text
    shown = text
  }

  /// The next older line, or the next newer one, and at last the draft; nil where there is none.
  mutating func next(older: Bool) -> String? {
    var candidate = place
    while true {
      candidate += older ? -1 : 1
      guard (0...lines.count).contains(candidate), older || place < lines.count else { return nil }
      let isDraft = candidate == lines.count
      let text = edited[candidate] ?? (isDraft ? draft : lines[candidate])
      guard isDraft || edited[candidate] != nil || (text.hasPrefix(prefix) && text != shown) else {
        continue
      }
      place = candidate
      shown = text
      return text
    }
  }
}

/// Searches earlier lines for a text while it is typed.
struct LineSearch {
  /// What is looked for.
  private(set) var pattern = ""
  /// Whether the last step found nothing.
  private(set) var hasFailed = false
  /// The line that was found last, and the match in it.
  private(set) var found: (line: String, match: Range<String.Index>)?
  private let lines: [String]
  private var place: Int

  /// Starts at the newest of the lines, which are given oldest first.
  init(_ lines: [String]) {
    self.lines = lines
    place = lines.count
  }

  /// Looks for a longer text, from the line that was found on.
  mutating func extend(_ text: String) {
    pattern += text
    look(from: min(place, lines.count - 1), older: true)
  }

  /// Looks for one character less, from the newest line on.
  mutating func shorten() {
    if !pattern.isEmpty { pattern.removeLast() }
    place = lines.count
    found = nil
    hasFailed = false
    if !pattern.isEmpty { look(from: lines.count - 1, older: true) }
  }

  /// Looks on for the same text.
  mutating func next(older: Bool) {
    guard !pattern.isEmpty else { return }
    look(from: place + (older ? -1 : 1), older: older)
  }

  private mutating func look(from start: Int, older: Bool) {
    var candidate = start
    while lines.indices.contains(candidate) {
      let line = lines[candidate]
      // Lines may be the same to a reader, and yet be written in other code points.
      if line != found?.line || found.map({ $0.line[$0.match] != pattern }) == true,
        let match = line.lastRange(of: pattern)
      {
        place = candidate
        found = (line, match)
        hasFailed = false
        return
      }
      candidate += older ? -1 : 1
    }
    hasFailed = true
  }
}

extension String {
  /// The last place where a text stands in this one, in whole characters.
  fileprivate func lastRange(of text: String) -> Range<Index>? {
    var start = endIndex
    while start > startIndex {
      start = index(before: start)
      guard self[start...].hasPrefix(text) else { continue }
      return start..<index(start, offsetBy: text.count)
    }
    return nil
  }
}
