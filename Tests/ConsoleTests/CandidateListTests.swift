import EngineInterface
import Testing

@testable import Console

@Suite struct CandidateListTests {
  @Test(
    "the common prefix is of whole characters",
    arguments: [
      ([], ""), (["sum"], "sum"), (["softmax", "softplus", "sort"], "so"), (["a", "b"], ""),
      (["ab", "a"], "a"), (["e\u{301}x", "e\u{300}x"], ""), (["中文", "中国"], "中"),
    ] as [([String], String)])
  func prefix(texts: [String], expected: String) {
    #expect(CandidateList.commonPrefix(texts) == expected)
  }

  @Test("what a terminal would obey is spelled out in the name of a file")
  func controls() {
    let match = Completions.Match(text: "data/a\u{1B}]0;owned\u{7}.csv", type: "path")
    #expect(CandidateList.label(match) == "a\\x1b]0;owned\\x07.csv")
  }

  @Test("columns are read downwards and fit the width")
  func columns() {
    let labels = ["aa", "b", "cccc", "d", "ee"]
    #expect(CandidateList.lines(labels, width: 80, height: 9) == ["aa  b  cccc  d  ee"])
    #expect(
      CandidateList.lines(labels, width: 12, height: 9) == ["aa  cccc  ee", "b   d"])
    #expect(CandidateList.lines(labels, width: 4, height: 9) == labels)
  }

  @Test("wide characters count as two columns, and a label that is too long is cut")
  func widths() {
    #expect(CandidateList.lines(["中", "b", "c"], width: 4, height: 9) == ["中", "b", "c"])
    #expect(CandidateList.lines(["中", "b"], width: 5, height: 9) == ["中  b"])
    #expect(CandidateList.lines(["abcdef"], width: 4, height: 9) == ["abc…"])
  }

  @Test("what does not fit the height is counted")
  func heights() {
    let labels = (0..<300).map { "name\(100 + $0)" }
    let lines = CandidateList.lines(labels, width: 20, height: 5)
    #expect(lines.count == 5)
    #expect(lines.last == "… and 292 more")
    #expect(lines[0] == "name100  name104")
  }

  @Test("a path is listed by its last part")
  func labels() {
    #expect(CandidateList.label(.init(text: "data/a.csv", type: "path")) == "a.csv")
    #expect(CandidateList.label(.init(text: "data/in/", type: "path")) == "in/")
    #expect(CandidateList.label(.init(text: "exp", type: "gate")) == "exp")
  }
}
