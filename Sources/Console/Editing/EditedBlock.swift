/// The cells of a block that is being edited, and where its cursor is.
///
/// Behind each line end stands the continuation prompt, whose cells are to be passed over as one.
struct EditedBlock: Equatable {
  var cells: [Cell] = []
  var cursor = 0

  /// Mends what a command of the editor did to the prompts between the lines.
  ///
  /// Where a part of a prompt was deleted, the line end before it goes too, so that a backspace at
  /// the start of a line joins it to the one before. A prompt without its line end goes, a line end
  /// without a prompt gets one. The cursor leaves a prompt to the side where it was going.
  /// Returns whether there was anything to mend.
  mutating func mend() -> Bool {
    guard !isWhole else { return false }
    var mended = EditedBlock()
    mended.cells.reserveCapacity(cells.count + CellCodes.mark.count)
    var place = 0
    func keep(_ cell: Cell) {
      if place == cursor { mended.cursor = mended.cells.count }
      mended.cells.append(cell)
      place += 1
    }
    func skip() {
      if place == cursor { mended.cursor = mended.cells.count }
      place += 1
    }
    while place < cells.count {
      if CellCodes.isMark(cells[place]) {
        skip()
      } else if cells[place] != CellCodes.newline {
        keep(cells[place])
      } else {
        let start = place
        let end = cells[(start + 1)...].firstIndex { !CellCodes.isMark($0) } ?? cells.count
        let marks = end - start - 1
        if marks > 0, marks < CellCodes.mark.count {
          while place < end { skip() }
          continue
        }
        let wasAfterLineEnd = cursor == start + 1
        let wasInside = cursor > start + 1 && cursor < end
        keep(cells[place])
        mended.cells += CellCodes.mark
        place = end
        if wasAfterLineEnd { mended.cursor = mended.cells.count }
        if wasInside { mended.cursor = mended.cells.count - CellCodes.mark.count - 1 }
      }
    }
    if cursor >= cells.count { mended.cursor = mended.cells.count }
    self = mended
    return true
  }

  /// Whether each line end has its prompt, each prompt its line end, and the cursor is in none.
  private var isWhole: Bool {
    var place = 0
    while place < cells.count {
      let cell = cells[place]
      if cell == CellCodes.newline {
        let next = place + 1 + CellCodes.mark.count
        guard next <= cells.count, cells[(place + 1)..<next].elementsEqual(CellCodes.mark) else {
          return false
        }
        if cursor > place, cursor < next { return false }
        place = next
      } else if CellCodes.isMark(cell) {
        return false
      } else {
        place += 1
      }
    }
    return true
  }

  // MARK: Lines

  /// The cells of the line that the cursor is in, without its prompt and its end.
  var line: Range<Int> {
    let before = cells[..<cursor].lastIndex(of: CellCodes.newline)
    let after = cells[cursor...].firstIndex(of: CellCodes.newline)
    return (before.map { $0 + 1 + CellCodes.mark.count } ?? 0)..<(after ?? cells.count)
  }

  var isOnFirstLine: Bool { line.lowerBound == 0 }
  var isOnLastLine: Bool { line.upperBound == cells.count }

  /// Puts the cursor into the line above or below, at the same distance from its start.
  mutating func move(up: Bool) {
    let line = line
    let distance = cursor - line.lowerBound
    guard up ? line.lowerBound > 0 : line.upperBound < cells.count else { return }
    var other = self
    other.cursor = up ? line.lowerBound - 1 - CellCodes.mark.count : line.upperBound + 1
    if !up { other.cursor += CellCodes.mark.count }
    let target = other.line
    cursor = min(target.lowerBound + distance, target.upperBound)
  }

  // MARK: Changes

  /// Puts cells at the cursor, which moves behind them.
  mutating func insert(_ new: [Cell]) {
    cells.insert(contentsOf: new, at: cursor)
    cursor += new.count
  }

  /// Deletes what stands before the cursor; returns whether there was something.
  ///
  /// That is a character, a line end with its prompt, or the spaces up to the last multiple of four
  /// where nothing else stands before the cursor.
  mutating func deleteBackward() -> Bool {
    guard cursor > 0 else { return false }
    let start = line.lowerBound
    var count = 1
    if cursor == start {
      count = 1 + CellCodes.mark.count
    } else if cells[start..<cursor].allSatisfy({ $0 == 0x20 }) {
      count = (cursor - start - 1) % 4 + 1
    }
    cells.removeSubrange((cursor - count)..<cursor)
    cursor -= count
    return true
  }

  /// Deletes the character at the cursor, or the line end with its prompt.
  mutating func deleteForward() -> Bool {
    guard cursor < cells.count else { return false }
    let count = cells[cursor] == CellCodes.newline ? 1 + CellCodes.mark.count : 1
    cells.removeSubrange(cursor..<(cursor + count))
    return true
  }

  /// The spaces that bring a line with nothing but spaces before the cursor to the next multiple of
  /// four; nil where there is more.
  var spacesToNextStop: Int? {
    let before = cells[line.lowerBound..<cursor]
    return before.allSatisfy { $0 == 0x20 } ? 4 - before.count % 4 : nil
  }
}
