import Autodiff
import EngineInterface
import Foundation
import Testing

@testable import Display

@Suite("Large tensors")
struct TensorSummaryTests {
  /// Figures of finite entries, one after the other.
  private func naive(_ values: [Double]) -> (min: Double, max: Double, mean: Double, norm: Double) {
    let finite = values.filter(\.isFinite)
    let sum = finite.reduce(0, +)
    let squares = finite.reduce(0) { $0 + $1 * $1 }
    return (
      finite.min() ?? .nan, finite.max() ?? .nan, sum / Double(finite.count), squares.squareRoot()
    )
  }

  @Test(
    "Range, mean and norm are those of the finite entries",
    arguments: [[41], [100, 30], [3, 5, 7], [1, 500], [500, 1], [49, 49], [2, 3, 4, 5]])
  func figures(_ dimensions: [Int]) {
    let shape = Shape(dimensions)
    var values = (0..<shape.count).map { sin(Double($0) * 1.7) * 10 }
    values[3] = .nan
    values[5] = .infinity
    values[8] = -.infinity
    let summary = TensorSummary(Tensor(shape: shape, values: values))
    let expected = naive(values)
    #expect(summary.minimum == expected.min)
    #expect(summary.maximum == expected.max)
    #expect(abs(summary.mean - expected.mean) < 1e-12)
    #expect(abs(summary.norm - expected.norm) < 1e-9)
    #expect(summary.nanCount == 1)
    #expect(summary.infiniteCount == 2)
  }

  @Test("Cells of the thumbnail average what they cover, and leave nothing out")
  func thumbnail() {
    let rows = 100
    let columns = 70
    let values = (0..<(rows * columns)).map { Double(($0 * 7919) % 1000) }
    let summary = TensorSummary(Tensor(shape: Shape(rows, columns), values: values))
    #expect(summary.thumbnail.rows == 48 && summary.thumbnail.columns == 48)
    var sums = [Double](repeating: 0, count: 48 * 48)
    var counts = [Int](repeating: 0, count: 48 * 48)
    for row in 0..<rows {
      for column in 0..<columns {
        let cell = row * 48 / rows * 48 + column * 48 / columns
        sums[cell] += values[row * columns + column]
        counts[cell] += 1
      }
    }
    for cell in 0..<(48 * 48) {
      #expect(summary.thumbnail[cell / 48, cell % 48] == sums[cell] / Double(counts[cell]))
    }
  }

  @Test("Coarsening keeps the average of all")
  func coarsening() throws {
    let values = (0..<6400).map { Double($0) }
    let summary = TensorSummary(Tensor(shape: Shape(80, 80), values: values))
    let one = summary.thumbnail.coarsened(rows: 1, columns: 1)
    #expect(one[0, 0] == 3199.5)
    let few = summary.thumbnail.coarsened(rows: 4, columns: 24)
    #expect(few.rows == 4 && few.columns == 24)
  }

  @Test(
    "Huge and tiny entries neither overflow nor vanish",
    arguments: [1e300, 1.7e308, 1e-200, 1e-300])
  func extremes(_ size: Double) {
    let summary = TensorSummary(Tensor(repeating: size, shape: Shape(100)))
    #expect(abs(summary.mean / size - 1) < 1e-12)
    let expected = size > 1.7e307 ? .infinity : size * 10
    #expect(summary.norm == expected || abs(summary.norm / expected - 1) < 1e-12)
  }

  @Test(
    "The averages of huge and tiny entries have pictures of every kind",
    arguments: [
      1e308, -1e308, .greatestFiniteMagnitude, .leastNonzeroMagnitude, -.leastNonzeroMagnitude,
      1e-300,
    ])
  func extremePictures(_ size: Double) {
    let kinds: [(Shape, Character)] = [(Shape(4000), "▁"), (Shape(100, 100), "·")]
    for (shape, low) in kinds {
      let values = (0..<shape.count).map { $0 < shape.count / 2 ? size : 0 }
      let thumbnail = TensorSummary(Tensor(shape: shape, values: values)).thumbnail
      #expect(
        thumbnail.averages
          == thumbnail.averages.indices.map {
            $0 < thumbnail.averages.count / 2 ? size : 0
          })
      let small = TextPicture.lines(thumbnail, width: 24).joined()
      let ends = [small.first, small.last]
      let full: Character = "█"
      #expect(ends == (size > 0 ? [full, low] : [low, full]))
      for colors in [TextPage.Colors.none, .indexed, .full] {
        let page = TextPage(width: 80, height: 40, colors: colors)
        #expect(!TextPicture.lines(thumbnail, page).isEmpty)
      }
      #expect(!HTMLPicture.html(thumbnail, side: 192).contains("nan"))
    }
  }

  @Test("Without a finite entry there is no range")
  func nothingFinite() {
    let summary = TensorSummary(Tensor(repeating: .nan, shape: Shape(50)))
    #expect(summary.minimum.isNaN && summary.mean.isNaN && summary.norm.isNaN)
    #expect(summary.words(NumberFormat()) == ["no finite entry", "50 nan"])
  }

  @Test("Masks count what is true")
  func masks() {
    let values = (0..<5000).map { $0 < 1234 ? 1.0 : 0 }
    let mask = Tensor(shape: Shape(5000), values: values, isMask: true)
    #expect(TensorSummary(mask).words(NumberFormat()) == ["1,234 of 5,000 True"])
  }

  @Test(
    "Up to 40 entries on 16 lines are shown whole",
    arguments: [
      ([], true), ([40], true), ([41], false), ([6, 6], true), ([16, 1], true), ([17, 1], false),
      ([0, 100], true), ([100, 0], true), ([2, 2, 10], true), ([2, 2, 11], false),
    ])
  func small(_ dimensions: [Int], _ expected: Bool) {
    #expect(TensorSummary.isSmall(Shape(dimensions)) == expected)
  }

  @Test("A pattern marks the cells that hold entries, and only those")
  func pattern() {
    let diagonal = Pattern(rows: 4096, columns: 4096, entries: (0..<4096).map { ($0, $0) })
    let coarse = diagonal.coarsened(to: 32)
    #expect(diagonal.rows == 64 && coarse.rows == 32 && coarse.columns == 32)
    for row in 0..<64 { for column in 0..<64 { #expect(diagonal[row, column] == (row == column)) } }
    for row in 0..<32 { for column in 0..<32 { #expect(coarse[row, column] == (row == column)) } }
    let places: [(row: Int, column: Int)] = [(-1, 0), (0, 3), (1, 2), (2, 0)]
    let outside = Pattern(rows: 2, columns: 3, entries: places)
    #expect(
      (0..<2).map { row in (0..<3).map { outside[row, $0] } }
        == [[false, false, false], [false, false, true]])
  }

  @Test(
    "Bytes are told in the largest unit that fits",
    arguments: [
      (0, "0 B"), (1023, "1023 B"), (1024, "1 KiB"), (32768, "32 KiB"), (134_217_728, "128 MiB"),
      (1_600_000, "1.53 MiB"), (Int.max, "8 EiB"),
    ])
  func bytes(_ count: Int, _ expected: String) {
    #expect(JacobianView.size(count) == expected)
  }

  @Test("The cost of a Jacobian is told against a dense one, whatever its size")
  func cost() {
    func cost(_ side: Int, _ stored: Int) -> String {
      JacobianView(
        rows: side, columns: side, structure: "diagonal", storedEntries: stored, bytes: stored * 8
      ).cost
    }
    #expect(cost(4096, 4096) == "4,096 of 16,777,216 entries, 32 KiB instead of 128 MiB")
    #expect(cost(409_600, 409_600).hasPrefix("409,600 of 167,772,160,000 entries, 3.12 MiB"))
    #expect(cost(Int.max / 2, 10) == "10 of very many entries, 80 B")
  }
}
