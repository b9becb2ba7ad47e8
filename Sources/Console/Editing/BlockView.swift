/// The lines of a block that are shown, where it is higher than the terminal.
///
/// libedit draws the end of what has no room, wherever the cursor is; so it is given only what has.
struct BlockView {
  /// The rows and columns of the terminal.
  var rows: Int
  var columns: Int
  /// How many columns a cell takes.
  var width: (Cell) -> Int

  /// What the view depends on, as long as the lines that are hidden stay as they are.
  struct Layout: Equatable {
    var rows: Int
    var columns: Int
    /// The rows of each line.
    var heights: [Int]
    /// The line that the cursor is in.
    var current: Int
  }

  func layout(of block: EditedBlock) -> Layout {
    let lines = block.lines
    let heights = lines.map { line in
      // A cursor behind a full row stands in the next one.
      (CellCodes.mark.count + line.reduce(0) { $0 + width(block.cells[$1]) }) / columns + 1
    }
    let current = lines.lastIndex { $0.lowerBound <= block.cursor } ?? 0
    return Layout(rows: rows, columns: columns, heights: heights, current: current)
  }

  /// The cells to show of a block: whole lines, without what ends the last of them.
  ///
  /// The first line stays the one that `start` is in as long as the cursor has a line above it and
  /// one below it, so that an arrow finds where to go.
  func range(of block: EditedBlock, from start: Int) -> Range<Int> {
    let lines = block.lines
    let layout = layout(of: block)
    let heights = layout.heights
    let current = layout.current
    // A row is left for what stands above.
    let room = max(rows - 1, 1)
    guard heights.reduce(0, +) > room else { return 0..<block.cells.count }
    let startLine = lines.lastIndex { $0.lowerBound <= start } ?? 0
    var first = min(startLine, max(current - 1, 0))
    // All from the first line to the one below the cursor has room, or the first gives way.
    let below = min(current + 1, lines.count - 1)
    while first < current, heights[first...below].reduce(0, +) > room { first += 1 }
    var last = current
    var height = heights[first...current].reduce(0, +)
    while last + 1 < lines.count, height + heights[last + 1] <= room {
      last += 1
      height += heights[last]
    }
    // At the end of the block no row stays empty.
    while first > 0, height + heights[first - 1] <= room {
      first -= 1
      height += heights[first]
    }
    return lines[first].lowerBound..<lines[last].upperBound
  }
}

extension EditedBlock {
  /// The cells of each line, without its prompt and its end.
  var lines: [Range<Int>] {
    var result: [Range<Int>] = []
    var start = 0
    for place in cells.indices where cells[place] == CellCodes.newline {
      result.append(start..<place)
      start = min(place + 1 + CellCodes.mark.count, cells.count)
    }
    return result + [start..<cells.count]
  }
}
