import Testing

@testable import Console

@Suite("The view of a block that is higher than the terminal")
struct BlockViewTests {
  private let view = BlockView(rows: 5, columns: 20) { _ in 1 }

  /// A block of lines `0`, `1`, …, with the cursor at the start of one of them.
  private func block(_ count: Int, cursorIn line: Int) -> EditedBlock {
    var codes = CellCodes(styled: { $0 }, columns: { _ in 1 })
    var block = EditedBlock()
    block.cells = codes.cells(of: (0..<count).map(String.init).joined(separator: "\n"))
    block.cursor = block.lines[line].lowerBound
    return block
  }

  private func shown(_ block: EditedBlock, from line: Int) -> ClosedRange<Int>? {
    let range = view.range(of: block, from: block.lines[line].lowerBound)
    let lines = block.lines
    guard let first = lines.firstIndex(where: { $0.lowerBound == range.lowerBound }),
      let last = lines.firstIndex(where: { $0.upperBound == range.upperBound })
    else { return nil }
    return first...last
  }

  @Test("what has room is shown whole")
  func whole() {
    #expect(shown(block(4, cursorIn: 3), from: 0) == 0...3)
    #expect(view.range(of: EditedBlock(), from: 0) == 0..<0)
  }

  @Test("it stays while the cursor has a line above and one below it")
  func stays() {
    for line in 4...5 { #expect(shown(block(20, cursorIn: line), from: 3) == 3...6) }
    #expect(shown(block(20, cursorIn: 6), from: 3) == 4...7)
    #expect(shown(block(20, cursorIn: 3), from: 3) == 2...5)
    #expect(shown(block(20, cursorIn: 0), from: 3) == 0...3)
    #expect(shown(block(20, cursorIn: 19), from: 3) == 16...19)
    #expect(shown(block(20, cursorIn: 19), from: 19) == 16...19)
  }

  @Test("what it shows is what it would show again")
  func isStable() {
    for cursor in 0..<20 {
      for start in 0..<20 {
        let block = block(20, cursorIn: cursor)
        let first = view.range(of: block, from: block.lines[start].lowerBound)
        #expect(view.range(of: block, from: first.lowerBound) == first)
        #expect(first.contains(block.cursor))
      }
    }
  }

  @Test("a line of several rows takes their room, and one that has none is shown alone")
  func longLines() {
    var codes = CellCodes(styled: { $0 }, columns: { _ in 1 })
    let long = String(repeating: "x", count: 30)
    var block = EditedBlock(cells: codes.cells(of: "a\n\(long)\nb\nc\nd"), cursor: 0)
    #expect(shown(block, from: 0) == 0...2)
    block.cells = codes.cells(of: "a\n" + String(repeating: "x", count: 300) + "\nb")
    block.cursor = block.lines[1].lowerBound
    #expect(shown(block, from: 0) == 1...1)
  }
}
