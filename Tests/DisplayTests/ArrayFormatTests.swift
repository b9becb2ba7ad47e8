import Autodiff
import Testing

@testable import Display

@Suite("Tensors as NumPy prints arrays")
struct ArrayFormatTests {
  @Test("print writes what NumPy writes", arguments: ArrayCase.all)
  func string(_ example: ArrayCase) {
    #expect(ArrayFormat().string(example.tensor) == example.string)
  }

  @Test("The representation is NumPy's repr", arguments: ArrayCase.all)
  func representation(_ example: ArrayCase) {
    #expect(ArrayFormat().representation(example.tensor) == example.representation)
  }

  @Test("Past 1,000 entries only the edges are shown", arguments: SummaryCase.all)
  func summary(_ example: SummaryCase) {
    #expect(ArrayFormat().string(example.tensor) == example.string)
    #expect(ArrayFormat().representation(example.tensor) == example.representation)
  }

  @Test("Numbers and truth values stand without brackets")
  func scalars() {
    #expect(ArrayFormat().string(Tensor(-2)) == "-2")
    #expect(ArrayFormat().string(Tensor(0.1)) == "0.1")
    #expect(ArrayFormat().representation(Tensor(0.1)) == "0.1")
    #expect(ArrayFormat().string(Tensor(number: 1, isMask: true)) == "True")
    #expect(ArrayFormat().string(Tensor(number: 0, isMask: true)) == "False")
  }

  @Test(
    "Without entries there are only brackets",
    arguments: [
      ([0], "array([])"), ([0, 3], "array([], shape=(0, 3))"),
      ([2, 0, 4], "array([], shape=(2, 0, 4))"),
    ])
  func empty(_ shape: [Int], _ representation: String) {
    let tensor = Tensor(shape: Shape(shape), values: [])
    #expect(ArrayFormat().string(tensor) == "[]")
    #expect(ArrayFormat().representation(tensor) == representation)
  }

  @Test("Whole entries beside nan and inf have no decimal points")
  func wholeWithNaN() {
    let tensor = Tensor(shape: Shape(4), values: [1, .nan, -.infinity, 30])
    #expect(ArrayFormat().string(tensor) == "[   1  nan -inf   30]")
  }

  @Test("Whether a long tensor is whole is asked of the entries left out, too")
  func wholenessOfHiddenEntries() {
    var values = [Double](repeating: 0, count: 2000)
    values[1000] = 0.5
    let tensor = Tensor(shape: Shape(2000), values: values)
    #expect(ArrayFormat().string(tensor) == "[0. 0. 0. ... 0. 0. 0.]")
  }

  @Test("Threshold, edges and line width may be chosen")
  func options() {
    let tensor = Tensor(shape: Shape(10), values: (0..<10).map(Double.init))
    #expect(ArrayFormat(threshold: 5, edgeItems: 1).string(tensor) == "[0 ... 9]")
    #expect(ArrayFormat(lineWidth: 10).string(tensor) == "[0 1 2 3\n 4 5 6 7\n 8 9]")
  }
}
