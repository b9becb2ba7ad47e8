import JupyterProtocol
import Testing

@testable import JupyterKernel

@Suite("The history of a session")
struct SessionHistoryTests {
  @Test("keeps inputs and results apart, also empty ones")
  func entries() {
    let history = SessionHistory()
    history.append(input: "é = 1", number: 1)
    history.append(input: "", number: 2)
    history.setOutput("", ofLine: 2)
    history.append(input: "x", number: 3)
    history.setOutput("한글", ofLine: 3)
    history.setOutput("again", ofLine: 3)
    history.setOutput("late", ofLine: 1)
    #expect(
      history.entries(for: .tail(count: 9)) == [
        HistoryReply.Entry(session: 1, line: 1, input: "é = 1"),
        HistoryReply.Entry(session: 1, line: 2, input: "", output: ""),
        HistoryReply.Entry(session: 1, line: 3, input: "x", output: "한글"),
      ])
  }

  @Test("forgets the oldest cells past its bounds, and keeps the others whole")
  func bounds() {
    let history = SessionHistory()
    let count = SessionHistory.maximumLines * 5 / 2
    for number in 1...count {
      history.append(input: "cell \(number)", number: number)
      if number % 3 == 0 { history.setOutput("\(number)", ofLine: number) }
    }
    let entries = history.entries(for: .tail(count: .max))
    #expect(entries.count <= SessionHistory.maximumLines)
    #expect(entries.count > SessionHistory.maximumLines / 2)
    #expect(entries.last?.line == count)
    for entry in entries {
      #expect(entry.input == "cell \(entry.line)")
      #expect(entry.output == (entry.line % 3 == 0 ? "\(entry.line)" : nil))
    }
    let large = String(repeating: "x", count: SessionHistory.maximumBytes + 1)
    history.append(input: large, number: count + 1)
    #expect(history.entries(for: .tail(count: 1)).first?.input == large)
    for number in 1...20 { history.append(input: "y", number: count + 1 + number) }
    #expect(history.entries(for: .search(pattern: "x*", count: nil, unique: false)).isEmpty)
  }

  @Test("takes bounds of a range that lie anywhere")
  func ranges() {
    let history = SessionHistory()
    for number in 1...5 { history.append(input: "\(number)", number: number) }
    func lines(_ start: Int, _ stop: Int?) -> [Int] {
      history.entries(for: .range(session: 0, start: start, stop: stop)).map(\.line)
    }
    #expect(lines(2, 4) == [2, 3])
    #expect(lines(4, nil) == [4, 5])
    #expect(lines(.min, .max) == [1, 2, 3, 4, 5])
    #expect(lines(4, 2) == [])
  }
}
