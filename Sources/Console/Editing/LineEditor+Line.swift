import CEdit

// The block, the part of it that is libedit's line, and the place of the cursor.

extension LineEditor {
  /// What libedit has as its line.
  var line: EditedBlock {
    var count = 0
    var cursor = 0
    guard let cells = nabla_edit_line(edit, &count, &cursor) else { return EditedBlock() }
    return EditedBlock(
      cells: Array(UnsafeBufferPointer(start: cells, count: count)), cursor: cursor)
  }

  /// The block: what libedit has of it, and what is hidden.
  var block: EditedBlock { block(around: line) }

  private func block(around line: EditedBlock) -> EditedBlock {
    EditedBlock(
      cells: hidden.above + line.cells + hidden.below, cursor: hidden.above.count + line.cursor)
  }

  var text: String { codes.text(of: block.cells) }

  var isAllShown: Bool { hidden.above.isEmpty && hidden.below.isEmpty }

  /// Mends what libedit has; returns whether there was anything to mend.
  ///
  /// What is hidden ends and begins between two lines, so that it needs none.
  func mendLine() -> Bool {
    var line = line
    guard line.mend() else { return false }
    _ = show(block(around: line))
    return true
  }

  private var view: BlockView {
    BlockView(rows: window.rows, columns: window.columns) { cell in
      if 0x20..<0x7F ~= cell { return 1 }
      // A tab goes to the next multiple of eight.
      return cell == 9 ? 8 : max(Int(nabla_edit_columns(cell)), 0)
    }
  }

  /// Whether what libedit has is what is to be shown of the block.
  func isInView(_ line: EditedBlock) -> Bool {
    let layout = view.layout(of: line)
    if layout == seenLayout { return true }
    let block = block(around: line)
    let shown = hidden.above.count..<(block.cells.count - hidden.below.count)
    guard view.range(of: block, from: shown.lowerBound) == shown else { return false }
    seenLayout = layout
    return true
  }

  /// Whether libedit has drawn its line as it is.
  ///
  /// Where a line goes on in the next row, libedit may take equal characters on both sides of the
  /// end of the row for the same one, and clear what follows. What is added at the end is safe.
  func isDrawnWell(_ line: EditedBlock) -> Bool {
    // What still comes changes it again.
    guard line.cells != drawn.cells, !reader.hasMore() else { return true }
    let isWrapped = view.layout(of: line).heights.contains { $0 > 1 }
    let isAppended = line.cursor == line.cells.count && line.cells.starts(with: drawn.cells)
    defer { drawn = (line.cells, isWrapped) }
    return isAppended || !(isWrapped || drawn.isWrapped)
  }

  /// Asks for the size of the window.
  func measureWindow() { window = (output.height, max(output.width, 1)) }

  /// Puts a block in place of the line.
  func show(_ block: EditedBlock) -> Reply {
    let view = view.range(of: block, from: hidden.above.count)
    hidden = (Array(block.cells[..<view.lowerBound]), Array(block.cells[view.upperBound...]))
    seenLayout = nil
    setPrompt()
    nabla_edit_replace(edit, block.cells[view] + [0], block.cursor - view.lowerBound)
    return .changed
  }

  /// Puts a text in place of the line, with the cursor behind a prefix of it, or at its end.
  func show(_ text: String, cursorAfter prefix: String? = nil) -> Reply {
    let cells = codes.cells(of: text)
    let cursor = prefix.map { codes.cells(of: $0).count } ?? cells.count
    return show(EditedBlock(cells: cells, cursor: cursor))
  }

  /// Puts the cursor at a place of the block, and shows the lines there where they are hidden.
  func move(to place: Int) -> Reply {
    let cells = block.cells
    guard hidden.above.count...(cells.count - hidden.below.count) ~= place else {
      return show(EditedBlock(cells: cells, cursor: min(max(place, 0), cells.count)))
    }
    nabla_edit_move(edit, place - hidden.above.count)
    return .moved
  }

  /// Puts the cursor before or behind all that is shown.
  func move(toShown side: Side) -> Reply {
    nabla_edit_move(edit, side == .start ? 0 : line.cells.count)
    return .moved
  }

  enum Side { case start, end }

  /// Sets the prompt of the search, or of the block.
  func setPrompt() {
    let block = hidden.above.isEmpty ? CellCodes.prompt : CellCodes.hiddenAbove
    nabla_edit_set_prompt(edit, (searchPrompt ?? block) + [0])
  }
}
