import Autodiff
import EngineInterface
import Syntax
import TestSupport
import Testing

@testable import Display

@Suite("Pictures as text")
struct TextPictureTests {
  /// A picture of each kind, in the sizes that are drawn in different ways.
  private static let samples: [(name: String, picture: Picture)] = {
    func thumbnail(_ rows: Int, _ columns: Int) -> Picture {
      let values = (0..<rows * columns).map { Double($0 % 17) - 8 }
      let tensor = Tensor(shape: Shape(rows, columns), values: values)
      return Picture(.thumbnail(TensorSummary(tensor).thumbnail), description: "")
    }
    func diagonal(_ side: Int) -> Picture {
      let entries = (0..<side).map { (row: $0, column: $0) }
      return Picture(
        .pattern(Pattern(rows: side, columns: side, entries: entries)), description: "")
    }
    return [
      ("vector", thumbnail(1, 100)), ("short vector", thumbnail(1, 3)),
      ("matrix", thumbnail(50, 80)), ("high matrix", thumbnail(500, 3)),
      ("wide matrix", thumbnail(3, 500)), ("number", thumbnail(1, 1)),
      ("small pattern", diagonal(5)), ("large pattern", diagonal(500)),
    ]
  }()

  /// The kind of a picture: one that is new has no name here, and so no sample, until it is added.
  private static func kind(_ content: Picture.Content) -> String {
    switch content {
    case .thumbnail: "thumbnail"
    case .pattern: "pattern"
    }
  }

  /// The kind of a block, of which each has a sample below.
  private static func kind(_ block: Document.Block) -> String {
    switch block {
    case .table: "table"
    case .line: "line"
    case .picture: "picture"
    case .tensor: "tensor"
    case .progress: "progress"
    }
  }

  private static let pages: [TextPage] = [
    .notebook, TextPage(isUnicode: false), TextPage(width: 3, height: 3),
    TextPage(width: 40, height: 24), TextPage(width: 80, height: 24, colors: .basic),
    TextPage(width: 80, height: 24, colors: .indexed),
    TextPage(width: 200, height: 60, colors: .full), TextPage(width: 30, colors: .full),
    TextPage(width: 80, height: 24, colors: .full, isUnicode: false),
  ]

  /// What is left of a line without its colours.
  private static func plain(_ line: String) throws -> String {
    line.replacing(try Regex("\u{1B}\\[[0-9;]*m"), with: "")
  }

  @Test("Every kind of picture has a text form on every page, and it fits", arguments: pages)
  func everyKind(_ page: TextPage) throws {
    #expect(Set(Self.samples.map { Self.kind($0.picture.content) }) == ["thumbnail", "pattern"])
    for (name, picture) in Self.samples {
      let text = PlainTextRenderer(page).text(Document([.picture(picture)]))
      let lines = try text.split(separator: "\n").map { try Self.plain(String($0)) }
      #expect(lines.contains { $0.contains { $0 != " " } }, "\(name)")
      let widest = lines.map { displayWidth(of: $0) }.max() ?? 0
      #expect(widest <= min(page.width ?? 32, 96), "\(name)")
      #expect(lines.count <= max((page.height ?? 36) * 2 / 3, 16), "\(name)")
      #expect(
        text.contains("\u{1B}")
          == (page.isUnicode && page.colors >= .indexed
            && name.hasSuffix("matrix")),
        "\(name)")
      if !page.isUnicode { #expect(lines.allSatisfy { $0.allSatisfy(\.isASCII) }, "\(name)") }
    }
  }

  @Test("Every kind of block has a text form in ASCII")
  func blocks() throws {
    let blocks: [Document.Block] =
      [
        .line("two … three", role: .heading), .picture(Self.samples[2].picture),
        .tensor(TensorBlock(Tensor(repeating: 2, shape: Shape(40, 40)))),
        .progress(ProgressBlock(title: "steps", count: 1, total: 2, elapsed: 1, state: .running)),
      ] + Samples.network.document.blocks
    #expect(
      Set(blocks.map(Self.kind)) == ["table", "line", "picture", "tensor", "progress"])
    for block in blocks {
      let text = PlainTextRenderer(TextPage(width: 70, isUnicode: false)).text(Document([block]))
      #expect(!text.isEmpty && text.allSatisfy(\.isASCII), "\(text)")
    }
  }

  @Test("A wider terminal gets a larger picture, a notebook always the same")
  func size() {
    let picture = Document([.picture(Self.samples[2].picture)])
    func widest(_ page: TextPage) -> Int {
      PlainTextRenderer(page).text(picture).split(separator: "\n").map(\.count).max() ?? 0
    }
    #expect(widest(.notebook) == 24)
    #expect([20, 30, 40].map { widest(TextPage(width: $0)) } == [20, 30, 40])
    // The averages are on a grid of 48 columns.
    #expect(widest(TextPage(width: 200, height: 100)) == 48)
    // A low terminal gets the same proportions.
    #expect(widest(TextPage(width: 200, height: 12)) == 16)
  }

  @Test("Shades and bars go from the smallest to the largest")
  func levels() {
    func text(_ shape: Shape, _ values: [Double], _ page: TextPage) -> String {
      let thumbnail = TensorSummary(Tensor(shape: shape, values: values)).thumbnail
      return TextPicture.lines(thumbnail, page).joined(separator: "\n")
    }
    let page = TextPage(width: 4)
    // Each of the four columns is a bar of up to 24 eighths in three lines.
    #expect(text(Shape(4), [0, 1, 2, 3], page) == "  ▁█\n ▁██\n▁███")
    #expect(text(Shape(4), [0, .nan, 3, 3], page) == "  ██\n  ██\n▁×██")
    #expect(text(Shape(2, 4), [0, 1, 2, 3, 4, 5, 6, 7], TextPage(width: 1)) == "▒")
    // Two rows stand in one line, as a character is twice as high as wide.
    #expect(text(Shape(4, 2), [0, 9, 0, 9, 9, 0, 9, 0], TextPage(width: 2)) == "·█\n█·")
    #expect(text(Shape(2), [1e308, -1e308], TextPage(width: 2)) == "█\n█\n█▁")
  }

  @Test("Pixels have the colours of their averages")
  func pixels() {
    let tensor = Tensor(shape: Shape(3, 2), values: [2, -2, 0, .nan, 1, -1])
    let map = HeatMap(TensorSummary(tensor).thumbnail, colors: .full)
    let (orange, blue) = ("2;232;119;34", "2;46;117;222")
    let (dark, grey) = ("2;22;22;24", "2;128;128;128")
    // Halfway from dark to the full hue: (22 + 232) / 2 = 127 and so on.
    #expect(
      map.lines(pixelWidth: 1) == [
        "\u{1B}[38;\(orange);48;\(dark)m▀\u{1B}[38;\(blue);48;\(grey)m▀\u{1B}[0m",
        "\u{1B}[38;2;127;71;29m▀\u{1B}[38;2;34;70;123m▀\u{1B}[0m",
      ])
    let even = HeatMap(
      TensorSummary(Tensor(repeating: 0, shape: Shape(2, 3))).thumbnail, colors: .indexed)
    #expect(even.lines(pixelWidth: 2) == ["\u{1B}[38;5;233;48;5;233m▀▀▀▀▀▀\u{1B}[0m"])
  }

  @Test("A colour of the palette of 256 is the nearest that there is")
  func palette() {
    let levels = [0, 95, 135, 175, 215, 255]
    var all: [(index: Int, color: [Int])] = []
    for index in 16..<232 {
      let place = index - 16
      all.append((index, [levels[place / 36], levels[place / 6 % 6], levels[place % 6]]))
    }
    for grey in 0..<24 { all.append((232 + grey, [Int](repeating: 8 + 10 * grey, count: 3))) }
    func distance(_ a: [Int], _ b: [Int]) -> Int {
      zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }
    for red in stride(from: 0, through: 255, by: 15) {
      for green in stride(from: 0, through: 255, by: 17) {
        for blue in stride(from: 0, through: 255, by: 15) {
          let color = HeatMap.Color(red: UInt8(red), green: UInt8(green), blue: UInt8(blue))
          let wanted = [red, green, blue]
          let best = all.map { distance($0.color, wanted) }.min()
          let chosen = all.first { $0.index == color.index }.map { distance($0.color, wanted) }
          #expect(chosen == best)
        }
      }
    }
  }
}
