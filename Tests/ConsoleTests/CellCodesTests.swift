import Testing

@testable import Console

@Suite struct CellCodesTests {
  /// What an editor that knows nothing of marks would take: one column, of Chinese two.
  private func columns(_ cell: Cell) -> Int {
    switch cell {
    case 0x300..<0x370, 0x200D, 0xFE0F: 0
    case 0x4E00..<0xA000, 0x1F300..<0x1F700: 2
    default: 1
    }
  }

  @Test(
    "text comes back from its cells",
    arguments: [
      "", "plain", "é", "e\u{301}", "中文", "👩‍👩‍👧 x", "🇩🇪", "1\u{FE0F}\u{20E3}", "\u{301}", "a\nb\n",
      "\tx",
      "\u{E001}\u{E011}", "\u{17000}", "◌\u{301}",
    ])
  func roundTrip(text: String) {
    var codes = CellCodes(columns: columns)
    let cells = codes.cells(of: text)
    #expect(codes.text(of: cells) == text)
    #expect(Array(codes.text(of: cells).unicodeScalars) == Array(text.unicodeScalars))
  }

  @Test("a character of several code points is one cell, as wide as it is shown")
  func clusters() {
    var codes = CellCodes(columns: columns)
    let accent = codes.cells(of: "e\u{301}")
    #expect(accent.count == 1)
    #expect(columns(accent[0]) == 1)
    let family = codes.cells(of: "👩‍👩‍👧")
    #expect(family.count == 1)
    #expect((0x17000...0x187F7).contains(family[0]))
    #expect(codes.cells(of: "e\u{301}") == accent)
    #expect(codes.cells(of: "中") == [0x4E2D])
  }

  @Test("what is drawn shows characters for their codes, and prompts in their colour")
  func shown() {
    var codes = CellCodes(styled: { "<\($0)>" }, columns: columns)
    let cells = codes.cells(of: "e\u{301}\n\u{301}x")
    let drawn = String(
      String.UnicodeScalarView(cells.compactMap { Unicode.Scalar(UInt32($0)) }))
    #expect(codes.shown(drawn) == "e\u{301}\n<... >◌\u{301}x")
    #expect(codes.shown("plain \u{1B}[K") == "plain \u{1B}[K")
  }

  @Test("line ends of either kind are one line end with the continuation prompt")
  func lineEnds() {
    var codes = CellCodes(columns: columns)
    #expect(codes.cells(of: "a\r\nb") == codes.cells(of: "a\nb"))
    #expect(codes.cells(of: "\n") == [0x0A] + CellCodes.mark)
  }
}
