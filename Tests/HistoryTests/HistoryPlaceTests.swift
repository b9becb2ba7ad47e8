import Testing

@testable import History

@Suite("The place of the history")
struct HistoryPlaceTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var variables: [String: String]
    var place: HistoryPlace
    var testDescription: String { "\(variables)" }
  }

  @Test(
    "is what the environment names, else the data folder, else memory",
    arguments: [
      Case(variables: ["NABLA_HISTORY": "/a/b", "XDG_DATA_HOME": "/d"], place: .file("/a/b")),
      Case(variables: ["NABLA_HISTORY": "", "HOME": "/h"], place: .memory),
      Case(variables: ["NABLA_HISTORY": "off", "HOME": "/h"], place: .memory),
      Case(variables: ["NABLA_HISTORY": ":memory:", "HOME": "/h"], place: .memory),
      Case(
        variables: ["XDG_DATA_HOME": "/d", "HOME": "/h"], place: .file("/d/nabla/history.sqlite")),
      Case(
        variables: ["XDG_DATA_HOME": "relative", "HOME": "/h"],
        place: .file("/h/.local/share/nabla/history.sqlite")),
      Case(
        variables: ["XDG_DATA_HOME": "", "HOME": "/h"],
        place: .file("/h/.local/share/nabla/history.sqlite")),
      Case(variables: [:], place: .memory),
    ])
  func standard(row: Case) {
    #expect(HistoryPlace.standard { row.variables[$0] } == row.place)
  }
}
