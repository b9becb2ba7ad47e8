import CEdit
import Syntax

/// What the editor counts, moves over and deletes as one: a code point that stands for a character.
typealias Cell = wchar_t

/// Writes characters as cells, and cells as characters.
///
/// The line editor knows code points only: of `é` in two parts it would lose the accent, and it
/// would take a family of three for six columns. So a character of several code points, or one whose
/// width it does not know, gets a code of its own as wide as itself, and what it draws is translated
/// back on its way to the terminal. The prompts are such codes too, which gives them colours.
struct CellCodes {
  /// The continuation prompt, which stands behind each line end in the editor's line.
  static let mark: [Cell] = [0xE000, 0xE001, 0xE002, 0xE003]
  /// The prompt `>>> `.
  static let prompt: [Cell] = [0xE004, 0xE005, 0xE006, 0xE007]
  /// What stands in the place of the prompt where lines above have no room.
  static let hiddenAbove: [Cell] = [0xE008, 0xE009, 0xE00A, 0xE00B]
  private static let prompts = mark[0]...hiddenAbove[3]
  static let newline: Cell = 0x0A

  /// Private use: one column each.
  private static let narrow: ClosedRange<Cell> = 0xE010...0xF8FF
  /// A script that is no longer written: two columns each.
  private static let wide: ClosedRange<Cell> = 0x17000...0x187F7

  private var cells: [Character: Cell] = [:]
  private var texts: [Cell: Character] = [:]
  private var nextNarrow = narrow.lowerBound
  private var nextWide = wide.lowerBound
  /// The signs of the prompts, as their cells follow each other.
  private static let signs = Array("... >>> ^^^ ")
  /// Gives a prompt its colour.
  private let styled: (String) -> String
  /// How many columns the editor takes for a code point; negative where it knows none.
  private let columns: (Cell) -> Int

  /// - Parameters:
  ///   - styled: gives a prompt its colour.
  ///   - columns: what the editor takes a code point for.
  init(
    styled: @escaping (String) -> String = { $0 },
    columns: @escaping (Cell) -> Int = { Int(nabla_edit_columns($0)) }
  ) {
    self.styled = styled
    self.columns = columns
  }

  static func isMark(_ cell: Cell) -> Bool { mark.contains(cell) }

  // MARK: Text to cells

  /// The cells of a text; its line ends are marked by the continuation prompt.
  mutating func cells(of text: String) -> [Cell] {
    var result: [Cell] = []
    result.reserveCapacity(text.utf8.count)
    for character in text {
      if character == "\n" || character == "\r\n" {
        result.append(Self.newline)
        result += Self.mark
      } else {
        result += cells(of: character)
      }
    }
    return result
  }

  private mutating func cells(of character: Character) -> [Cell] {
    let scalars = character.unicodeScalars
    let first = Cell(scalars[scalars.startIndex].value)
    let isSingle = scalars.index(after: scalars.startIndex) == scalars.endIndex
    if isSingle, first < 0x80 { return [first] }
    let width = displayWidth(of: character)
    if isSingle, !Self.narrow.contains(first), !Self.prompts.contains(first),
      !Self.wide.contains(first), width > 0, columns(first) == width
    {
      return [first]
    }
    if let known = cells[character] { return [known] }
    guard let code = takeCode(isWide: width > 1) else {
      return scalars.map { Cell($0.value) }
    }
    cells[character] = code
    texts[code] = character
    return [code]
  }

  private mutating func takeCode(isWide: Bool) -> Cell? {
    if isWide {
      guard nextWide <= Self.wide.upperBound else { return nil }
      defer { nextWide += 1 }
      return nextWide
    }
    guard nextNarrow <= Self.narrow.upperBound else { return nil }
    defer { nextNarrow += 1 }
    return nextNarrow
  }

  // MARK: Cells to text

  /// The text of cells, without the prompts.
  func text(of cells: some Sequence<Cell>) -> String {
    var result = String.UnicodeScalarView()
    for cell in cells where !Self.isMark(cell) {
      if let text = texts[cell] {
        result.append(contentsOf: text.unicodeScalars)
      } else if let scalar = Unicode.Scalar(UInt32(bitPattern: cell)) {
        result.append(scalar)
      }
    }
    return String(result)
  }

  /// What the editor writes, with the codes in it as they are to be shown.
  func shown(_ written: String) -> String {
    guard written.utf8.contains(where: { $0 >= 0x80 }) else { return written }
    var result = String.UnicodeScalarView()
    var prompt = ""
    func endPrompt() {
      guard !prompt.isEmpty else { return }
      result.append(contentsOf: styled(prompt).unicodeScalars)
      prompt = ""
    }
    for scalar in written.unicodeScalars {
      let cell = Cell(bitPattern: scalar.value)
      if Self.prompts.contains(cell) {
        prompt.append(Self.signs[Int(cell - Self.mark[0])])
        continue
      }
      endPrompt()
      if let text = texts[cell] {
        if text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
          // The terminal would do what it says.
          result.append("\u{FFFD}")
          continue
        }
        // What has no width of its own is shown on a circle.
        if displayWidth(of: text) == 0 { result.append("\u{25CC}") }
        result.append(contentsOf: text.unicodeScalars)
      } else {
        result.append(scalar)
      }
    }
    endPrompt()
    return String(result)
  }
}
