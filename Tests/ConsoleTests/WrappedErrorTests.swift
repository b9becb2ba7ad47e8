import EngineInterface
import Testing

@testable import Console

@Suite("An error block on a narrow terminal")
struct WrappedErrorTests {
  private func wrapped(_ block: String, _ columns: Int) -> String {
    ErrorReport(name: "E", message: "", traceback: [block]).wrapped(columns: columns)
  }

  @Test("breaks sentences between words")
  func sentences() {
    #expect(wrapped("ShapeError: cannot add these", 40) == "ShapeError: cannot add these")
    #expect(wrapped("ShapeError: cannot add these", 18) == "ShapeError: cannot\n  add these")
    #expect(wrapped("ShapeError: cannot add these", 17) == "ShapeError:\n  cannot add\n  these")
    #expect(wrapped("E: a\nhint: one two three", 12) == "E: a\nhint: one\n  two three")
  }

  @Test("leaves source lines, their marks and long words alone")
  func others() {
    let source = " --> Cell In[1], line 1, in a_function\n1 | x = aaaaaaaaa + b\n  |     ^~~~"
    #expect(wrapped("E: no\n" + source, 10) == "E: no\n" + source)
    #expect(wrapped("E: aaaaaaaaaaaaaaaaaaaa b", 10) == "E:\n  aaaaaaaaaaaaaaaaaaaa\n  b")
  }

  @Test("counts columns, not characters or the codes of colours")
  func widths() {
    #expect(wrapped("E: 漢字漢字 x", 11) == "E: 漢字漢字\n  x")
    let colored = "\u{1B}[1mE\u{1B}[0m: one two"
    #expect(wrapped(colored, 10) == colored)
  }
}
