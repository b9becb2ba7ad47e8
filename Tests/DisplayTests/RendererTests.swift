import Autodiff
import EngineInterface
import Foundation
import JSON
import Syntax
import Testing

@testable import Display

@Suite("Representations")
struct RendererTests {
  private func resource(_ value: Tensor, _ gradient: CellTable.Gradient = .absent) throws -> JSON {
    let table = CellTable(rows: [
      .init(name: "x", computedAs: "leaf", value: value, gradient: gradient)
    ])
    let data = table.bundle().data["application/vnd.dataresource+json"]
    return try #require(data?["data"]?.array?.first)
  }

  @Test("A table comes in all its types, the plainest first")
  func types() {
    #expect(
      Samples.compound.bundle().data.keys == [
        "text/plain", "text/html", "text/latex", "application/vnd.dataresource+json",
      ])
    #expect(TensorView(Tensor(3)).bundle().data.keys == ["text/plain", "text/latex"])
  }

  @Test("Where columns do not fit, each row is a list of its cells, and none is lost")
  func records() {
    let table = CellTable(rows: [
      .init(
        name: "hello_world", computedAs: "param",
        value: Tensor(shape: Shape(2, 3), values: [1, 2, 3, 4, 5, 6.12]),
        gradient: .value(Tensor(shape: Shape(2, 3), values: [2, 4, 6, 8, 10, 12.24]))),
      .init(name: "y", computedAs: "sum(hello_world**2)", value: Tensor(7), gradient: .absent),
    ])
    let lines = table.text(TextPage(width: 24)).split(separator: "\n").map(String.init)
    #expect(lines.allSatisfy { displayWidth(of: $0) <= 24 })
    #expect(lines.first == "hello_world")
    #expect(lines.contains(" shape: (2, 3)") && lines.contains("y") && lines.contains(" value: 7"))
    for number in ["5", "6.12", "10", "12.24"] {
      #expect(lines.contains { $0.contains(number) })
    }
    #expect(table.text(TextPage(width: 200)).contains("│"))
  }

  @Test("Data keeps every digit and the shape")
  func fullPrecision() throws {
    let tensor = Tensor(shape: Shape(2, 2), values: [0.1, 1.0 / 3, -0.0, 1e-300])
    let row = try resource(tensor, .value(Tensor(shape: Shape(2, 2), values: [1, 2, 3, .nan])))
    #expect(row["shape"] == [2, 2])
    let rows = try #require(row["value"]?.array).map { $0.array?.map { $0.double } }
    #expect(rows == [[0.1, 1.0 / 3], [-0.0, 1e-300]])
    #expect(row["gradient"] == [[1, 2], [3, "NaN"]])
    #expect(row["gradient_status"] == "value")
    #expect(row["value_summary"] == nil)
  }

  @Test("Data tells why there is no gradient")
  func gradientStatus() throws {
    #expect(try resource(Tensor(1))["gradient_status"] == "absent")
    #expect(try resource(Tensor(1), .data)["gradient_status"] == "data")
    #expect(try resource(Tensor(1), .data)["gradient"] == .null)
  }

  @Test("Up to 1,024 entries are written one by one, more are summarised")
  func limit() throws {
    let small = try resource(Tensor(repeating: 2, shape: Shape(32, 32)))
    #expect(small["value"]?.array?.count == 32)
    let large = try resource(Tensor(repeating: 2, shape: Shape(1025)))
    #expect(large["value"] == .null)
    #expect(
      large["value_summary"] == [
        "count": 1025, "min": 2, "max": 2, "mean": 2, "norm": .number(64.031242374),
        "nan": 0, "inf": 0,
      ] || abs((large["value_summary"]?["norm"]?.double ?? 0) - 1025.0.squareRoot() * 2) < 1e-9)
    #expect(large["value_summary"]?["count"] == 1025)
  }

  @Test("Masks are truth values in data")
  func masks() throws {
    let mask = Tensor(shape: Shape(2), values: [1, 0], isMask: true)
    #expect(try resource(mask)["value"] == [true, false])
    #expect(try resource(Tensor(number: 1, isMask: true))["value"] == true)
  }

  @Test("Empty tensors keep their nesting in data", arguments: [([0], "[]"), ([2, 0], "[[],[]]")])
  func empty(_ dimensions: [Int], _ expected: String) throws {
    let value = try resource(Tensor(shape: Shape(dimensions), values: []))["value"]
    #expect(value?.serializedString() == expected)
  }

  @Test("HTML holds user text as text alone")
  func htmlEscapes() throws {
    let html = try #require(Samples.hostile.bundle().data["text/html"]?.string)
    #expect(!html.contains("<script"))
    #expect(html.contains("&lt;script&gt;alert(&quot;1 &amp; 2&quot;)&lt;/script&gt;"))
    #expect(html.contains("also: &lt;b&gt;"))
    #expect(!html.contains("\u{1B}") && !html.contains("\u{202E}"))
  }

  @Test("HTML is well formed", arguments: Samples.all.map(\.name))
  func wellFormed(_ name: String) throws {
    let view = try #require(Samples.all.first { $0.name == name }).view
    guard let html = view.bundle().data["text/html"]?.string else { return }
    // Every element that is opened is closed, in order, but for those that never are.
    var open: [Substring] = []
    for piece in html.split(separator: "<", omittingEmptySubsequences: true).dropFirst(0) {
      guard let end = piece.firstIndex(of: ">") else { continue }
      let tag = piece[..<end]
      let name = tag.prefix { $0.isLetter || $0.isNumber || $0 == "/" }
      if name.hasPrefix("/") {
        #expect(open.popLast() == name.dropFirst())
      } else if name != "br" && name != "img" && !tag.hasSuffix("/") {
        open.append(name)
      }
    }
    #expect(open.isEmpty)
  }

  @Test("Long source text is cut in the middle, and whole in the title")
  func longSource() throws {
    let source = "maximum(0, X @ W1 + b1) @ W2 + b2 - log(sum(exp(s)))"
    let table = CellTable(rows: [.init("y", source, 1)])
    let cut = "maximum(0, X @ W1 + b1) @…sum(exp(s)))"
    #expect(TextWidth.cutMiddle(source, to: 38) == cut)
    #expect(!table.text().contains(source))
    let html = try #require(table.bundle().data["text/html"]?.string)
    #expect(html.contains("title=\"\(source)\""))
  }

  @Test("A picture is a PNG that names its size and ends with its checksum")
  func png() {
    let image = IndexedPNG(
      width: 2, height: 1, palette: [.init(red: 1, green: 2, blue: 3, alpha: 4)], pixels: [0, 0])
    let bytes = image.bytes
    #expect(bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]))
    #expect(Array(bytes[16..<24]) == [0, 0, 0, 2, 0, 0, 0, 1])
    // The checksum of an IEND chunk is the same in every file.
    #expect(bytes.suffix(8) == [0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82])
    #expect(Data(base64Encoded: image.base64) == Data(bytes))
  }

  @Test("Text fits the width it is given", arguments: [40, 50, 60, 80, 100, 120])
  func widths(_ width: Int) {
    for table in [Samples.network, Samples.hostile, Samples.staged, Samples.matrices] {
      for line in table.text(TextPage(width: width)).split(separator: "\n") {
        #expect(displayWidth(of: String(line)) <= width)
      }
    }
  }

  @Test("Columns of a table meet, whatever script names are written in")
  func alignment() {
    for line in Samples.hostile.text().split(separator: "\n").dropLast().dropFirst(2) {
      let bar = line.prefix { $0 != "│" }
      #expect(displayWidth(of: String(bar)) == 19)
    }
  }

  @Test("Colours add escapes and change no character")
  func ansi() throws {
    let plain = Samples.network.text(TextPage(width: 100))
    let painted = Samples.network.text(TextPage(width: 100, colors: .basic))
    #expect(painted.contains("\u{1B}[32m") && painted.contains("\u{1B}[31m"))
    let stripped = painted.replacing(try Regex("\u{1B}\\[[0-9]*m"), with: "")
    let lines = stripped.split(separator: "\n").map { String($0).trimmedEnd }
    #expect(lines == plain.split(separator: "\n").map(String.init))
  }
}
