/// Pictures in characters: sparklines, shades and braille dots.
enum TextPicture {
  private static let bars: [Character] = Array("▁▂▃▄▅▆▇█")
  private static let shades: [Character] = Array("·░▒▓█")
  /// A cell without a finite entry.
  private static let hole: Character = "×"

  static func lines(_ picture: Picture) -> [String] {
    switch picture.content {
    case .thumbnail(let thumbnail): lines(thumbnail, width: 24)
    case .pattern(let pattern): lines(pattern)
    }
  }

  /// A sparkline for a vector, shades from smallest to largest for a matrix.
  static func lines(_ thumbnail: Thumbnail, width: Int) -> [String] {
    guard thumbnail.rows > 0, thumbnail.columns > 0, width > 0 else { return [] }
    // A character is twice as high as wide.
    let small = thumbnail.coarsened(rows: 4, columns: min(width, 24))
    let levels = small.rows == 1 ? bars : shades
    let known = small.averages.compactMap(\.self)
    guard let low = known.min(), let high = known.max() else { return [] }
    return (0..<small.rows).map { row in
      String(
        (0..<small.columns).map { column in
          guard let value = small[row, column] else { return hole }
          // Halves keep the difference of two huge numbers finite.
          let share = high > low ? (value / 2 - low / 2) / (high / 2 - low / 2) : 0.5
          return levels[min(Int(share * Double(levels.count)), levels.count - 1)]
        })
    }
  }

  /// The cells with entries as blocks, two columns a cell, or as braille dots when there are many.
  static func lines(_ pattern: Pattern) -> [String] {
    guard pattern.rows > 0, pattern.columns > 0 else { return [] }
    if pattern.columns <= 16 && pattern.rows <= 16 {
      return (0..<pattern.rows).map { row in
        (0..<pattern.columns).map { pattern[row, $0] ? "██" : "· " }.joined().trimmedEnd
      }
    }
    let pattern = pattern.coarsened(to: 32)
    // Braille dots by place in a cell of 2 columns and 4 rows.
    let dots: [[UInt32]] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]]
    return stride(from: 0, to: pattern.rows, by: 4).map { top in
      var line = ""
      for left in stride(from: 0, to: pattern.columns, by: 2) {
        var bits: UInt32 = 0x2800
        for row in top..<min(top + 4, pattern.rows) {
          for column in left..<min(left + 2, pattern.columns) where pattern[row, column] {
            bits |= dots[row - top][column - left]
          }
        }
        if let scalar = Unicode.Scalar(bits) { line.unicodeScalars.append(scalar) }
      }
      return line
    }
  }
}
