import EngineInterface

/// Pictures in characters: bars, shades, braille dots, and pixels where there are colours.
enum TextPicture {
  static let bars: [Character] = Array("▁▂▃▄▅▆▇█")
  private static let shades: [Character] = Array("·░▒▓█")
  /// A cell without a finite entry.
  static let hole: Character = "×"

  /// The most columns that a picture takes, however wide the terminal.
  private static let widest = 96
  /// Columns and lines of a picture in a notebook or a table.
  private static let small = (columns: 24, lines: 4)

  static func lines(_ picture: Picture, _ page: TextPage) -> [String] {
    switch picture.content {
    case .thumbnail(let thumbnail): lines(thumbnail, page)
    case .pattern(let pattern): lines(pattern, page)
    }
  }

  /// The picture of a tensor on its own, as large as a terminal has room for.
  static func lines(_ thumbnail: Thumbnail, _ page: TextPage) -> [String] {
    guard let width = page.width else { return lines(thumbnail, width: small.columns) }
    guard thumbnail.rows > 0, thumbnail.columns > 0, width > 0 else { return [] }
    let columns = min(width, widest)
    if thumbnail.rows == 1 { return chart(thumbnail, columns: columns) }
    let small = thumbnail.fitted(columns: columns, rows: 2 * lineLimit(page))
    // What has few columns would be a line.
    let pixel = max(1, min(16, columns) / small.columns)
    if page.isUnicode, page.colors >= .indexed {
      return HeatMap(small, colors: page.colors).lines(pixelWidth: pixel)
    }
    // A character is twice as high as wide.
    return shaded(
      small.coarsened(rows: (small.rows + 1) / 2, columns: small.columns), repeating: pixel)
  }

  /// A small picture: a sparkline for a vector, shades from smallest to largest for a matrix.
  static func lines(_ thumbnail: Thumbnail, width: Int) -> [String] {
    guard thumbnail.rows > 0, thumbnail.columns > 0, width > 0 else { return [] }
    let columns = min(width, small.columns)
    if thumbnail.rows == 1 {
      return chart(thumbnail.coarsened(rows: 1, columns: columns), columns: 0, lines: 1)
    }
    return shaded(thumbnail.coarsened(rows: small.lines, columns: columns))
  }

  /// So many lines leave room on the screen for what the picture belongs to.
  private static func lineLimit(_ page: TextPage) -> Int { max((page.height ?? 36) * 2 / 3, 4) }

  /// Bars from the smallest average to the largest, each as wide as `columns` allow.
  private static func chart(_ vector: Thumbnail, columns: Int, lines: Int = 3) -> [String] {
    let vector = columns > 0 ? vector.coarsened(rows: 1, columns: columns) : vector
    guard let shares = vector.shares else { return [] }
    let width = max(1, columns / vector.columns)
    return (0..<lines).map { line in
      // Eighths of a line below this one.
      let below = (lines - 1 - line) * bars.count
      return shares.map { share in
        guard let share else {
          return String(repeating: below == 0 ? hole : " ", count: width)
        }
        let height = min(Int(share * Double(lines * bars.count)), lines * bars.count - 1) + 1
        let part = height - below
        return String(repeating: part > 0 ? bars[min(part, bars.count) - 1] : " ", count: width)
      }.joined().trimmedEnd
    }
  }

  private static func shaded(_ matrix: Thumbnail, repeating width: Int = 1) -> [String] {
    guard let shares = matrix.shares else { return [] }
    return (0..<matrix.rows).map { row in
      shares[row * matrix.columns..<(row + 1) * matrix.columns].map { share in
        let sign = share.map { shades[min(Int($0 * Double(shades.count)), shades.count - 1)] }
        return String(repeating: sign ?? hole, count: width)
      }.joined()
    }
  }

  /// The cells with entries as blocks, two columns a cell, or as braille dots when there are many.
  static func lines(_ pattern: Pattern, _ page: TextPage) -> [String] {
    guard pattern.rows > 0, pattern.columns > 0 else { return [] }
    let width = page.width ?? .max
    if pattern.columns <= min(16, width / 2), pattern.rows <= 16 {
      return (0..<pattern.rows).map { row in
        (0..<pattern.columns).map { pattern[row, $0] ? "██" : "· " }.joined().trimmedEnd
      }
    }
    let dots =
      page.width == nil
      ? pattern.coarsened(to: 32) : pattern.coarsened(to: min(2 * width, 4 * lineLimit(page)))
    return braille(dots)
  }

  private static func braille(_ pattern: Pattern) -> [String] {
    // Dots by place in a cell of 2 columns and 4 rows.
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

extension Thumbnail {
  /// Where each average lies between the smallest, 0, and the largest, 1; nil without any.
  fileprivate var shares: [Double?]? {
    let averages = averages
    guard let range = NumberRange(averages.compactMap(\.self)) else { return nil }
    return averages.map { $0.map(range.share) }
  }

  /// The picture in the largest grid of its proportions that fits.
  fileprivate func fitted(columns: Int, rows: Int) -> Thumbnail {
    if self.columns <= columns, self.rows <= rows { return self }
    // The side that is scaled down more gives the scale.
    let byRows = self.rows * columns > rows * self.columns
    return byRows
      ? coarsened(rows: rows, columns: max(1, self.columns * rows / self.rows))
      : coarsened(rows: max(1, self.rows * columns / self.columns), columns: columns)
  }
}
