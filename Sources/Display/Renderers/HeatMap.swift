import EngineInterface

/// A matrix as pixels of a terminal with colours, two of them above each other in a character.
struct HeatMap {
  private let rows: Int
  private let columns: Int
  private let pixels: [Color]
  private let colors: TextPage.Colors

  struct Color: Equatable {
    var red: UInt8
    var green: UInt8
    var blue: UInt8

    /// The hues of all heat maps, which every kind of colour vision tells apart.
    static let positive = Color(red: 232, green: 119, blue: 34)
    static let negative = Color(red: 46, green: 117, blue: 222)
    static let zero = Color(red: 22, green: 22, blue: 24)
    /// A cell without finite entries.
    static let unknown = Color(red: 128, green: 128, blue: 128)

    func mixed(with other: Color, share: Double) -> Color {
      func mix(_ a: UInt8, _ b: UInt8) -> UInt8 {
        UInt8((Double(a) * (1 - share) + Double(b) * share).rounded())
      }
      return Color(
        red: mix(red, other.red), green: mix(green, other.green), blue: mix(blue, other.blue))
    }

    /// The nearest of the palette's 6 × 6 × 6 colours, or of its 24 greys.
    var index: Int {
      let levels: [Int] = [0, 95, 135, 175, 215, 255]
      func nearest(_ value: UInt8) -> Int {
        levels.indices.min { abs(levels[$0] - Int(value)) < abs(levels[$1] - Int(value)) } ?? 0
      }
      let cube = (nearest(red), nearest(green), nearest(blue))
      let grey = min(max((Int(red) + Int(green) + Int(blue) - 24 + 15) / 30, 0), 23)
      let shade = 8 + 10 * grey
      func distance(_ r: Int, _ g: Int, _ b: Int) -> Int {
        let (dr, dg, db) = (r - Int(red), g - Int(green), b - Int(blue))
        return dr * dr + dg * dg + db * db
      }
      return distance(shade, shade, shade)
        < distance(levels[cube.0], levels[cube.1], levels[cube.2])
        ? 232 + grey : 16 + 36 * cube.0 + 6 * cube.1 + cube.2
    }
  }

  /// Orange above zero and blue below, dark at zero, full at the largest magnitude.
  init(_ thumbnail: Thumbnail, colors: TextPage.Colors) {
    rows = thumbnail.rows
    columns = thumbnail.columns
    self.colors = colors
    let averages = thumbnail.averages
    let scale = averages.compactMap { $0?.magnitude }.max() ?? 0
    pixels = averages.map { average in
      guard let average else { return .unknown }
      let share = scale > 0 ? average / scale : 0
      return Color.zero.mixed(with: share < 0 ? .negative : .positive, share: share.magnitude)
    }
  }

  /// The picture's lines, each pixel so many columns wide.
  func lines(pixelWidth: Int) -> [String] {
    stride(from: 0, to: rows, by: 2).map { row in
      var line = ""
      var last = ""
      for column in 0..<columns {
        var code = "\u{1B}[38;" + self.code(pixels[row * columns + column])
        // The last line of an odd number has nothing below.
        if row + 1 < rows { code += ";48;" + self.code(pixels[(row + 1) * columns + column]) }
        code += "m"
        if code != last { line += code }
        last = code
        line += String(repeating: "▀", count: pixelWidth)
      }
      return line + "\u{1B}[0m"
    }
  }

  private func code(_ color: Color) -> String {
    colors == .full ? "2;\(color.red);\(color.green);\(color.blue)" : "5;\(color.index)"
  }
}
