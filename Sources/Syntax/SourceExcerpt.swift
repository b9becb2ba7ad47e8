/// The part of a source line around a span, with the span underlined.
struct SourceExcerpt {
  /// The text, with control characters shown as escapes.
  private(set) var text = ""
  /// Blanks before the underline.
  private(set) var indent = 0
  /// The underline, `^~~~`.
  private(set) var underline = "^"

  /// A character as it is shown.
  private struct Cell {
    let text: String
    let width: Int
    let isMarked: Bool
  }

  /// Cuts at most `width` columns out of the line on which the span starts.
  init(_ source: Source, _ span: Span, width: Int) {
    let line = source.span(ofLine: source.line(at: span.start))
    // Only the neighbourhood is looked at: a line can hold megabytes.
    let reach = 4 * max(width, 20)
    let start = Self.boundary(source.utf8, max(line.start, span.start - reach))
    let end = Self.boundary(source.utf8, min(line.end, span.start + 2 * reach))
    let cells = Self.cells(source, Span(start, max(start, end)), marked: span)
    let first = cells.firstIndex { $0.isMarked } ?? Self.index(of: span.start, cells, source, start)
    let last = cells.lastIndex { $0.isMarked } ?? first
    let window = Self.window(cells, around: first...max(first, last), width: width)
    let isCutLeft = window.lowerBound > 0 || start > line.start
    let isCutRight = window.upperBound < cells.count || end < line.end
    text = isCutLeft ? "…" : ""
    indent = isCutLeft ? 1 : 0
    var marked = 0
    for (index, cell) in zip(window, cells[window]) {
      text += cell.text
      if index < first { indent += cell.width }
      if index >= first, index <= last, cell.isMarked { marked += cell.width }
    }
    if isCutRight { text += "…" }
    underline = "^" + String(repeating: "~", count: max(0, marked - 1))
  }

  /// The start of the character that an offset lies in.
  private static func boundary(_ bytes: [UInt8], _ offset: Int) -> Int {
    var offset = min(max(offset, 0), bytes.count)
    while offset > 0, offset < bytes.count, bytes[offset] & 0xC0 == 0x80 { offset -= 1 }
    return offset
  }

  private static func cells(_ source: Source, _ part: Span, marked: Span) -> [Cell] {
    var cells: [Cell] = []
    var offset = part.start
    var column = 0
    for character in source.text(part) {
      let end = offset + character.utf8.count
      let shown = shown(character, column: column)
      cells.append(
        Cell(
          text: shown.text, width: shown.width,
          isMarked: offset < marked.end && end > marked.start))
      offset = end
      column += shown.width
    }
    return cells
  }

  /// The cell that an offset falls on, for a span without width.
  private static func index(
    of offset: Int, _ cells: [Cell], _ source: Source, _ start: Int
  ) -> Int {
    min(source.text(Span(start, max(start, offset))).count, cells.count)
  }

  /// How a character is written: tabs as blanks, what has no shape as an escape.
  private static func shown(_ character: Character, column: Int) -> (text: String, width: Int) {
    if character == "\t" {
      let width = 4 - column % 4
      return (String(repeating: " ", count: width), width)
    }
    let isShapeless = character.unicodeScalars.contains { scalar in
      switch scalar.properties.generalCategory {
      case .control, .lineSeparator, .paragraphSeparator: true
      case .format: scalar != "\u{200D}"
      default: scalar == "\u{A0}"
      }
    }
    guard isShapeless else { return (String(character), displayWidth(of: character)) }
    let text = character.unicodeScalars.reduce(into: "") { text, scalar in
      text +=
        scalar.value < 0x80
        ? "\\x" + scalar.value.hexadecimal(width: 2).lowercased()
        : "\\u" + scalar.value.hexadecimal(width: 4).lowercased()
    }
    return (text, text.utf8.count)
  }

  /// The cells to show: all when they fit, else those around the marked ones.
  private static func window(
    _ cells: [Cell], around marked: ClosedRange<Int>, width: Int
  ) -> Range<Int> {
    let total = cells.reduce(0) { $0 + $1.width }
    if total <= width { return 0..<cells.count }
    // A third of the room goes to what stands before the mark.
    var start = min(marked.lowerBound, cells.count)
    var room = width / 3
    while start > 0, cells[start - 1].width <= room {
      start -= 1
      room -= cells[start].width
    }
    var end = start
    room = width - 2
    while end < cells.count, cells[end].width <= room {
      room -= cells[end].width
      end += 1
    }
    // What is left at the end of the line is given to the front.
    while end == cells.count, start > 0, cells[start - 1].width <= room {
      start -= 1
      room -= cells[start].width
    }
    return start..<end
  }
}
