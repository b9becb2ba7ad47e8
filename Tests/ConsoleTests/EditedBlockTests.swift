import Testing

@testable import Console

@Suite struct EditedBlockTests {
  private func block(_ text: String, _ cursor: Int) -> EditedBlock {
    var codes = CellCodes(columns: { _ in 1 })
    return EditedBlock(cells: codes.cells(of: text), cursor: cursor)
  }

  private func text(_ block: EditedBlock) -> String { CellCodes().text(of: block.cells) }

  @Test("a whole block is left alone")
  func whole() {
    var block = block("a\n  b\n", 3 + 5)
    let before = block
    let didMend = block.mend()
    #expect(!didMend)
    #expect(block == before)
  }

  @Test("a line end without its prompt gets one, and the cursor stays behind it")
  func lineEnds() {
    var block = EditedBlock(cells: [0x61, 0x0A, 0x62], cursor: 2)
    let didMend = block.mend()
    #expect(didMend)
    #expect(block.cells == [0x61, 0x0A] + CellCodes.mark + [0x62])
    #expect(block.cursor == 6)
  }

  @Test("where a part of a prompt is deleted its line joins the one before")
  func joins() {
    var block = block("ab\ncd", 7)
    block.cells.remove(at: 6)
    block.cursor = 6
    let didMend = block.mend()
    #expect(didMend)
    #expect(text(block) == "abcd")
    #expect(block.cursor == 2)
  }

  @Test("a prompt whose line end was deleted goes")
  func orphans() {
    var block = block("ab\ncd", 2)
    block.cells.remove(at: 2)
    let didMend = block.mend()
    #expect(didMend)
    #expect(text(block) == "abcd")
    #expect(block.cursor == 2)
  }

  @Test("the cursor passes over a prompt in both directions", arguments: [(3, 7), (6, 2), (4, 2)])
  func passes(cursor: Int, expected: Int) {
    var block = block("ab\ncd", cursor)
    let didMend = block.mend()
    #expect(didMend)
    #expect(block.cursor == expected)
    #expect(text(block) == "ab\ncd")
  }

  @Test("to mend what is shown is to mend the block")
  func mendsPart() {
    let whole = block("ab\ncd\nef\ngh", 0).cells
    let lines = EditedBlock(cells: whole).lines
    let above = Array(whole[..<lines[1].lowerBound])
    let shown = Array(whole[lines[1].lowerBound..<lines[2].upperBound])
    let below = Array(whole[lines[2].upperBound...])
    for start in 0...shown.count {
      for end in start...shown.count {
        var left = shown
        left.removeSubrange(start..<end)
        for cursor in 0...left.count {
          var part = EditedBlock(cells: left, cursor: cursor)
          var block = EditedBlock(cells: above + left + below, cursor: above.count + cursor)
          let didMendPart = part.mend()
          let didMendBlock = block.mend()
          #expect(didMendPart == didMendBlock)
          #expect(above + part.cells + below == block.cells)
          let isMended = !part.mend()
          #expect(isMended)
          #expect((0...part.cells.count).contains(part.cursor))
        }
      }
    }
  }

  @Test("the cursor goes to other lines at its distance from their start")
  func moves() {
    var block = block("abcd\nx\nefgh", 3)
    block.move(up: false)
    #expect(block.cursor == 4 + 5 + 1)
    block.move(up: false)
    #expect(block.cursor == 4 + 5 + 1 + 5 + 1)
    #expect(block.isOnLastLine)
    block.move(up: false)
    #expect(block.cursor == 16)
    block.move(up: true)
    block.move(up: true)
    #expect(block.cursor == 1)
    #expect(block.isOnFirstLine)
  }

  @Test(
    "a backspace takes indentation back to the multiple of four, a line end, or a character",
    arguments: [
      ("        ", 8, "    "), ("      ", 6, "    "), ("    x", 5, "    "), ("    x", 4, "x"),
      ("a\n      ", 12, "a\n    "), ("a\nb", 6, "ab"),
    ])
  func backspace(before: String, cursor: Int, after: String) {
    var block = block(before, cursor)
    let didDeleteBackward = block.deleteBackward()
    #expect(didDeleteBackward)
    #expect(text(block) == after)
    let didMend = block.mend()
    #expect(!didMend)
  }

  @Test("nothing is deleted before the start or behind the end")
  func ends() {
    var start = block("a", 0)
    let deletedBeforeStart = start.deleteBackward()
    #expect(!deletedBeforeStart)
    var end = block("a", 1)
    let deletedBehindEnd = end.deleteForward()
    #expect(!deletedBehindEnd)
    var line = block("a\nb", 1)
    let didDeleteForward = line.deleteForward()
    #expect(didDeleteForward)
    #expect(text(line) == "ab")
  }

  @Test("spaces lead to the next multiple of four only where nothing else stands before")
  func stops() {
    #expect(block("", 0).spacesToNextStop == 4)
    #expect(block("  ", 2).spacesToNextStop == 2)
    #expect(block("x\n   ", 9).spacesToNextStop == 1)
    #expect(block("x", 1).spacesToNextStop == nil)
  }
}
