import EngineInterface
import JSON
import Notebook
import Testing

@Suite struct ComparisonTests {
  private func texts(_ stored: String, _ now: String, _ tolerance: Tolerance = Tolerance())
    -> [Difference]
  {
    OutputComparison.differences(
      stored: [.stream(.stdout, stored)], now: [.stream(.stdout, now)], tolerance: tolerance)
  }

  @Test(
    "texts that say the same are the same",
    arguments: [
      ("loss 0.1234567", "loss 0.12345671"), ("[1.0,  2.0]", "[1.0, 2.0]"), ("-0.0", "0.0"),
      ("nan", "nan"), ("[inf, -inf]", "[inf, -inf]"), ("x1 = 3", "x1 = 3"), ("1.0", "1"),
      ("──── ┼ ──", "──────── ┼ ─"), ("a\n", "a"), ("1e-13", "-3e-14"),
      ("\u{1B}[32m3\u{1B}[0m", "3"), ("<tensor at 0x7f001234>", "<tensor at 0x55ffab98>"),
      ("wall time: 23.6 µs\n1", "wall time: 2 s\n1"),
      ("415 ns per loop (median of 7 rounds of 262144; fastest 411 ns)", ""),
      ("CPU times: user 1 s\nWall time: 2 s\nx", "x"),
      ("done\n", " 50%|█████     | 1/2 [00:01]\rdone\rall\ndone\n"),
    ])
  func sameTexts(stored: String, now: String) {
    #expect(texts(stored, now) == [])
  }

  @Test(
    "texts that say something else are not",
    arguments: [
      ("loss 0.123456", "loss 0.123457"), ("3 steps", "4 steps"), ("1000000", "1000001"),
      ("x1", "x2"), ("nan", "1.0"), ("inf", "-inf"), ("inf", "1e308"), ("a", "b"), ("1 2", "1 2 3"),
      ("a", "a\nb"), ("", "a"), ("3", "-3"), ("a-3", "a-4"), ("0.12", "0.13"),
      ("took 0.53 s", "took 0.61 s"),
    ])
  func otherTexts(stored: String, now: String) {
    #expect(!texts(stored, now).isEmpty)
    #expect(!texts(now, stored).isEmpty)
  }

  @Test("a difference names the line, the numbers and the error")
  func numbers() {
    #expect(
      texts("a 1.0\nb 2.0 4.0", "a 1.0\nb 2.0 5.0") == [
        Difference("stdout", "line 2", stored: "4", now: "5", relativeError: 0.25)
      ])
    #expect(texts("1.0", "1.1", Tolerance(relative: 0.2)) == [])
    #expect(texts("0.0", "0.05", Tolerance(absolute: 0.1)) == [])
    #expect(
      texts("0.0", "0.5") == [
        Difference("stdout", stored: "0", now: "0.5", relativeError: .infinity)
      ])
  }

  @Test("streams are compared each as a whole, however they interleave")
  func streams() {
    let stored: [Output] = [
      .stream(.stdout, "a\n"), .stream(.stderr, "w\n"), .stream(.stdout, "b"),
    ]
    let now: [Output] = [.stream(.stderr, "w\n"), .stream(.stdout, "a\nb")]
    #expect(OutputComparison.differences(stored: stored, now: now) == [])
  }

  @Test("errors are compared by kind and message, not by their blocks")
  func errors() {
    func error(_ name: String, _ message: String, _ block: String) -> [Output] {
      [.error(name: name, message: message, traceback: [block])]
    }
    let stored = error("ShapeError", "no 3.0", "old")
    let compare = OutputComparison.differences
    #expect(compare(stored, error("ShapeError", "no 3.00000001", "new"), Tolerance()) == [])
    #expect(compare(stored, error("TypeError", "no 3.0", "old"), Tolerance()).count == 1)
    #expect(compare(stored, error("ShapeError", "no 4.0", "old"), Tolerance()).count == 1)
    #expect(compare(stored, [], Tolerance()).first?.now == "none")
    #expect(compare([], stored, Tolerance()).first?.stored == "none")
  }

  /// A table whose rows have names, beside a text that shows few digits.
  private func table(_ rows: [(name: String, value: JSON)], text: String = "t", key: Bool = true)
    -> [Output]
  {
    var schema: JSON.Object = ["fields": [["name": "name"], ["name": "value"]]]
    if key { schema["primaryKey"] = ["name"] }
    return [
      .display(
        MIMEBundle(data: [
          "text/plain": .string(text), "text/html": .string("<b>\(text)</b>"),
          "application/vnd.dataresource+json": [
            "name": "cell", "schema": .object(schema),
            "data": .array(rows.map { ["name": .string($0.name), "value": $0.value] }),
          ],
        ]))
    ]
  }

  private func number(_ value: Double) -> JSON { .number(JSON.Number(value)) }

  @Test("tables are compared by all digits, and their texts are not")
  func tables() {
    let stored = table([("x", [[1, number(2.5)], [3, "NaN"]]), ("y", "INF")], text: "old")
    let near = table(
      [("x", [[number(1.000_000_1), number(2.5)], [3, "NaN"]]), ("y", "INF")], text: "new")
    #expect(OutputComparison.differences(stored: stored, now: near) == [])
    let off = table([("x", [[1, number(2.75)], [3, number(1)]]), ("y", "-INF")])
    #expect(
      OutputComparison.differences(stored: stored, now: off) == [
        Difference("x", "value[0, 1]", stored: "2.5", now: "2.75", relativeError: 0.1),
        Difference("x", "value[1, 1]", stored: "nan", now: "1"),
        Difference("y", "value", stored: "inf", now: "-inf"),
      ])
    let shaped = table([("x", [[1, number(2.5)]]), ("y", "INF")])
    #expect(
      OutputComparison.differences(stored: stored, now: shaped) == [
        Difference("x", "value", stored: "2 entries", now: "1 entries")
      ])
  }

  @Test("rows are told apart by their key, or by their place where there is none")
  func rows() {
    let stored = table([("x", 1), ("y", 2)])
    #expect(OutputComparison.differences(stored: stored, now: table([("y", 2), ("x", 1)])) == [])
    #expect(
      OutputComparison.differences(stored: stored, now: table([("x", 1), ("z", 2)])) == [
        Difference("y", stored: "a row", now: "no row"),
        Difference("z", stored: "no row", now: "a row"),
      ])
    let plain = table([("x", 1), ("y", 2)], key: false)
    #expect(
      OutputComparison.differences(stored: plain, now: table([("x", 1), ("y", 3)], key: false)) == [
        Difference("cell", "row 2, value", stored: "2", now: "3", relativeError: 0.5)
      ])
    #expect(
      OutputComparison.differences(stored: plain, now: table([("x", 1)], key: false)) == [
        Difference("cell", "rows", stored: "2", now: "1")
      ])
  }

  @Test("a form that is stored must still be there, and HTML counts only where it is alone")
  func forms() {
    let stored = table([("x", 1)])
    let text: [Output] = [.display(MIMEBundle(plain: "t"))]
    #expect(
      OutputComparison.differences(stored: stored, now: text) == [
        Difference(
          "table", stored: "application/vnd.dataresource+json", now: "text/plain")
      ])
    #expect(OutputComparison.differences(stored: text, now: stored) == [])
    let html: [Output] = [.display(MIMEBundle(data: ["text/html": "<b>1</b>"]))]
    let other: [Output] = [.display(MIMEBundle(data: ["text/html": "<b>2</b>"]))]
    #expect(OutputComparison.differences(stored: html, now: html) == [])
    #expect(OutputComparison.differences(stored: html, now: other).count == 1)
    #expect(OutputComparison.differences(stored: html + text, now: html).first?.name == "outputs")
  }

  @Test("the view of a widget, and a display of progress, do not count")
  func transient() {
    let widget = Output.display(
      MIMEBundle(data: ["application/vnd.jupyter.widget-view+json": ["model_id": "1"]]))
    let bar = Output.display(MIMEBundle(plain: "100%|██████████| 10/10 [00:00, 99.1it/s]"))
    let ours = Output.display(
      MIMEBundle(data: [
        "text/plain": "3, 0:01, 2/s", "text/html": "<div class=\"nabla-progress\"></div>",
      ]))
    let value = Output.display(MIMEBundle(plain: "1"))
    #expect(OutputComparison.differences(stored: [value], now: [widget, bar, ours, value]) == [])
  }

  /// What `interact` leaves in a notebook that a front end with widgets saved.
  private func view(_ text: String) -> Output {
    .display(
      MIMEBundle(data: [
        "application/vnd.jupyter.widget-view+json": ["model_id": "1"],
        "text/plain": .string(text), "text/html": .string("<b>\(text)</b>"),
      ]))
  }

  @Test("a view of widgets is compared by what its function showed, one output or several")
  func views() {
    let compare = { (stored: [Output], now: [Output]) in
      OutputComparison.differences(stored: stored, now: now)
    }
    let table = table([("x", 1)], text: "x │ 1.5")
    #expect(compare([view("x │ 1.5")], table) == [])
    #expect(
      compare([view("x │ 1.25")], table) == [
        Difference("text", stored: "1.25", now: "1.5", relativeError: 0.2)
      ])
    let several: [Output] = [
      .stream(.stdout, "moved\n"), table[0], .display(MIMEBundle(plain: "12")),
    ]
    #expect(compare([view("moved\n\nx │ 1.5\n\n12")], several) == [])
    #expect(compare([view("moved\n\nx │ 1.5\n\n13")], several).map(\.now) == ["12"])
    #expect(compare([view("moved\nx │ 1.5")], [several[0], table[0]]) == [])
  }

  @Test("a view of widgets is never missed, and what stands beside it is")
  func missingViews() {
    let value = Output.display(MIMEBundle(plain: "1"))
    let other = Output.display(MIMEBundle(plain: "2"))
    #expect(OutputComparison.differences(stored: [view("a"), value], now: [value]) == [])
    #expect(OutputComparison.differences(stored: [view("a")], now: []) == [])
    #expect(OutputComparison.differences(stored: [view("a"), value], now: [other]).count == 1)
  }
}
