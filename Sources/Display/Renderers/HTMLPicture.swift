/// Pictures in HTML: bars and patterns as SVG, matrices as a data URI.
enum HTMLPicture {
  static func html(_ picture: Picture) -> String {
    switch picture.content {
    case .thumbnail(let thumbnail):
      html(thumbnail, side: 144, description: picture.description)
    case .pattern(let pattern): html(pattern, description: picture.description)
    }
  }

  /// A vector as bars, a matrix as a heat map whose longer side takes at most `side` pixels.
  ///
  /// Every cell takes the same whole number of pixels, or its edges would be uneven.
  static func html(_ thumbnail: Thumbnail, side: Int, description: String? = nil) -> String {
    guard thumbnail.averages.contains(where: { $0 != nil }) else { return "" }
    let label = (description ?? thumbnail.description).htmlEscaped
    if thumbnail.rows == 1 { return bars(thumbnail, side: side * 3 / 2, label: label) }
    let picture = thumbnail.coarsened(
      rows: visible(thumbnail.rows, side), columns: visible(thumbnail.columns, side))
    let cell = side / max(picture.rows, picture.columns)
    let width = picture.columns * max(cell, least / picture.columns)
    let height = picture.rows * max(cell, least / picture.rows)
    return "<img alt=\"\(label)\" title=\"\(label)\" width=\"\(width)\" height=\"\(height)\" "
      + "src=\"data:image/png;base64,\(heatMap(picture).base64)\">"
  }

  /// The pixels that the shorter side of a picture takes, or it would be a line.
  private static let least = 8

  /// So many cells that each takes two pixels or more, and joins as many of the thumbnail's as the
  /// others do.
  private static func visible(_ cells: Int, _ side: Int) -> Int {
    let joined = (2 * cells + side - 1) / side
    return (cells + joined - 1) / joined
  }

  /// Bars from zero where the averages lie on both sides of it, else from below the least.
  ///
  /// With a gap between them where there is room for one.
  private static func bars(_ thumbnail: Thumbnail, side: Int, label: String) -> String {
    let averages = thumbnail.averages
    let height = 24.0
    let range = NumberRange(averages.compactMap(\.self))
    func level(_ value: Double) -> Double { (range?.share(of: value) ?? 0) * (height - 2) + 1 }
    let base = range.map { $0.low < 0 && $0.high > 0 ? level(0) : 0 } ?? 0
    let step = max(1, side / thumbnail.columns)
    let bar = step > 2 ? step - 1 : step
    var path = ""
    for (column, average) in averages.enumerated() {
      guard let average else { continue }
      let top = level(average)
      let (lower, upper) = top < base ? (top, base) : (base, top)
      let (start, end) = (tenths(height - upper), tenths(height - lower))
      path += "M\(column * step) \(start)h\(bar)V\(end)h-\(bar)z"
    }
    let width = thumbnail.columns * step
    return "<svg role=\"img\" aria-label=\"\(label)\" width=\"\(width)\" height=\"24\" "
      + "viewBox=\"0 0 \(width) 24\">"
      + "<title>\(label)</title><path fill=\"currentColor\" d=\"\(path)\"/></svg>"
  }

  /// The cells with entries, runs of a row in one stroke.
  private static func html(_ pattern: Pattern, description: String) -> String {
    guard pattern.rows > 0, pattern.columns > 0 else { return "" }
    var path = ""
    for row in 0..<pattern.rows {
      var column = 0
      while column < pattern.columns {
        let start = column
        while column < pattern.columns && pattern[row, column] { column += 1 }
        if column > start { path += "M\(start) \(row)h\(column - start)v1h-\(column - start)z" }
        column += 1
      }
    }
    let longest = max(pattern.rows, pattern.columns)
    let pixels = max(1, min(192 / longest, 12))
    let label = description.htmlEscaped
    return "<svg role=\"img\" aria-label=\"\(label)\" width=\"\(pattern.columns * pixels)\" "
      + "height=\"\(pattern.rows * pixels)\" viewBox=\"0 0 \(pattern.columns) \(pattern.rows)\" "
      + "shape-rendering=\"crispEdges\"><title>\(label)</title>"
      + "<path fill=\"currentColor\" fill-opacity=\".75\" d=\"\(path)\"/></svg>"
  }

  private static func tenths(_ number: Double) -> String {
    NumberFormat.shortest((number * 10).rounded() / 10)
  }

  /// Orange above zero and blue below, transparent at zero, so that any page may lie behind.
  ///
  /// The two hues stay apart for every kind of colour vision. Grey marks cells without finite entries.
  private static func heatMap(_ thumbnail: Thumbnail) -> IndexedPNG {
    let steps = 31
    var palette: [IndexedPNG.Color] = []
    for level in -steps...steps {
      let hue: HeatMap.Color = level < 0 ? .negative : .positive
      palette.append(
        .init(
          red: hue.red, green: hue.green, blue: hue.blue, alpha: UInt8(level.magnitude * 255 / 31)))
    }
    let grey = HeatMap.Color.unknown
    palette.append(.init(red: grey.red, green: grey.green, blue: grey.blue, alpha: 110))
    let averages = thumbnail.averages
    let scale = averages.compactMap { $0?.magnitude }.max() ?? 0
    let pixels = averages.map { average -> UInt8 in
      guard let average else { return UInt8(2 * steps + 1) }
      let share = scale > 0 ? average / scale : 0
      return UInt8(steps + Int((share * Double(steps)).rounded()))
    }
    return IndexedPNG(
      width: thumbnail.columns, height: thumbnail.rows, palette: palette, pixels: pixels)
  }
}

extension Thumbnail {
  /// What the picture shows, for those who do not see it.
  fileprivate var description: String {
    let known = averages.compactMap(\.self)
    let format = NumberFormat(precision: 3)
    let range = "\(format.string(known.min() ?? .nan)) to \(format.string(known.max() ?? .nan))"
    return rows == 1
      ? "bars of \(columns) averages, \(range)"
      : "heat map of \(rows) by \(columns) averages, \(range)"
  }
}
