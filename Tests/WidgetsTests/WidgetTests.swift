import EngineInterface
import JSON
import Synchronization
import Testing
import Widgets

/// Keeps what is told to front ends.
private final class FrontEnd: OutputSink {
  private let told = Mutex<[CommEvent]>([])

  /// What was told since the last look.
  func news() -> [CommEvent] {
    told.withLock { told in
      defer { told = [] }
      return told
    }
  }

  func write(_ text: String, to stream: StandardStream) {}
  func display(_ bundle: MIMEBundle, id: String?) {}
  func updateDisplay(_ bundle: MIMEBundle, id: String) {}
  func result(_ bundle: MIMEBundle) {}
  func clearOutput(wait: Bool) {}
  func input(prompt: String, password: Bool) throws(InputFailure) -> String { throw .unavailable }
  func comm(_ event: CommEvent) { told.withLock { $0.append(event) } }
}

extension CommEvent {
  fileprivate var method: String? { data["method"]?.string }
  fileprivate var state: JSON? { data["state"] }
}

@Suite("Widgets speak with front ends")
struct WidgetTests {
  private func slider(_ name: String = "x") -> WidgetModel {
    .control(
      .intSlider, style: .sliderStyle, description: name, ["min": -5, "max": 5, "value": 0])
  }

  private func update(_ model: WidgetModel, _ state: JSON) -> CommEvent {
    .message(
      id: model.id, data: ["method": "update", "state": state, "buffer_paths": []])
  }

  @Test func `what a widget refers to is opened before it and closed after it`() {
    var hub = WidgetHub()
    let page = FrontEnd()
    let box = WidgetModel.column([slider("a"), slider("b"), .outputArea([])])
    hub.open(box, page)
    let opened = page.news()
    #expect(opened.count == 10 && hub.count == 10)
    var known: Set<String> = []
    for event in opened {
      for case .string(let text) in event.state?.object?.pairs.map(\.value) ?? []
      where text.hasPrefix("IPY_MODEL_") {
        #expect(known.contains(String(text.dropFirst("IPY_MODEL_".count))))
      }
      known.insert(event.id)
    }
    #expect(opened.last?.id == box.id)
    hub.close(box, page)
    #expect(page.news().map(\.id) == opened.map(\.id).reversed())
    #expect(hub.count == 0)
    hub.close(box, page)
    #expect(page.news().isEmpty)
  }

  @Test func `a widget that two others share is opened once`() {
    var hub = WidgetHub()
    let page = FrontEnd()
    let shared = slider()
    hub.open(.column([shared]), page)
    hub.open(.column([shared]), page)
    #expect(page.news().filter { $0.id == shared.id }.count == 1)
  }

  @Test(
    "a front end moves a control within its bounds",
    arguments: [
      (3, 3, true), (9, 5, true), (-9, -5, true), (0, 0, false), (nil, 0, false),
      ("1", 0, false), (1.5, 0, false), (true, 0, false), ([1], 0, false),
    ] as [(JSON, JSON, Bool)])
  func moves(sent: JSON, expected: JSON, isSteered: Bool) {
    var hub = WidgetHub()
    let page = FrontEnd()
    let model = slider()
    hub.open(model, page)
    _ = page.news()
    let received = hub.receive(update(model, ["value": sent]), page)
    if case .changed(let changed) = received {
      #expect(isSteered && changed === model)
    } else {
      #expect(!isSteered)
    }
    #expect(model.state["value"] == expected)
    let told = page.news()
    #expect(told.map(\.method) == [sent == expected ? "echo_update" : "update"])
    #expect(told.first?.state == ["value": expected])
  }

  @Test func `what the kernel alone decides stays as it is`() {
    var hub = WidgetHub()
    let page = FrontEnd()
    let area = WidgetModel.outputArea([["output_type": "stream"]])
    hub.open(area, page)
    let before = area.state
    _ = hub.receive(
      update(area, ["outputs": [], "_model_name": "Other", "layout": "IPY_MODEL_0", "new": 1]), page
    )
    #expect(JSON.object(area.state) == JSON.object(before))
  }

  @Test(
    "a control comm is opened for the version that is known",
    arguments: [("1.0.0", true), ("1.7", true), (nil, true), ("2.0.0", false), ("", false)]
      as [(String?, Bool)])
  func versions(version: String?, isServed: Bool) {
    var hub = WidgetHub()
    let received = hub.receive(
      .open(
        id: "c", target: WidgetHub.controlTarget, data: [:],
        metadata: version.map { ["version": .string($0)] } ?? [:]), FrontEnd())
    if case .unknown = received { #expect(!isServed) } else { #expect(isServed) }
  }

  @Test func `events about what is not open are unknown`() {
    var hub = WidgetHub()
    let page = FrontEnd()
    for event in [
      update(slider(), ["value": 1]), .close(id: "none"),
      .open(id: "o", target: WidgetHub.target, data: [:]), .open(id: "o", target: "", data: [:]),
    ] {
      guard case .unknown = hub.receive(event, page) else {
        Issue.record("\(event) was served")
        continue
      }
    }
    #expect(page.news().isEmpty)
  }

  @Test func `ids are those of no other widget`() {
    let ids = (0..<1_000).map { _ in WidgetModel(.layout).id }
    #expect(Set(ids).count == ids.count)
    #expect(ids.allSatisfy { $0.count == 32 })
  }
}
