import EngineInterface
import JSON
import Syntax
import Widgets

/// The interactions that are open, and those that a user has steered.
struct Interactions {
  var hub = WidgetHub()
  /// In the order of their making.
  fileprivate(set) var open: [InteractionObject] = []
  /// Steered since their function was last called.
  fileprivate var steered: [InteractionObject] = []
  /// In what interactions are made now: a cell, or a call by an interaction.
  fileprivate(set) var owner: String?
  fileprivate var made = 0

  /// With more of them the oldest is closed.
  static let limit = 100

  /// What keeps values alive.
  var held: [Value] { open.map { .object($0) } }
}

extension Session {
  // MARK: Making

  /// Calls a function with the values that its controls stand at, shows what that shows, and does so
  /// anew whenever a user moves a control.
  func interact(
    _ function: Value, _ given: [(name: String, value: Value)]
  ) throws(Failure) -> InteractionObject {
    let controls = try controls(for: function, given)
    interactions.made += 1
    let interaction = InteractionObject(
      function, controls, number: interactions.made, owner: interactions.owner)
    guard sink.hasComms else {
      interaction.last = try showCall(of: interaction)
      return interaction
    }
    let (output, failure) = show(interaction)
    // What was interrupted has shown nothing yet: the cell ends as any other.
    if let failure, failure.isInterrupt { throw failure }
    let area = WidgetModel.outputArea(output.outputs)
    let root = WidgetModel.column(
      interaction.controls.map(\.model) + [area], cssClasses: ["widget-interact"])
    interaction.widgets = (root, area)
    interactions.hub.open(root, sink)
    interactions.open.append(interaction)
    if interactions.open.count > Interactions.limit { close(interactions.open[0]) }
    sink.display(interaction.bundle, id: nil)
    return interaction
  }

  /// Calls the function, and shows what a cell with its body would: the table of its values, where it
  /// ran a backward pass, and what it gives.
  private func showCall(of interaction: InteractionObject) throws(Failure) -> Value {
    let (passes, tables) = (passes, tablesShown)
    let value: Value
    if let function = interaction.function.object(FunctionObject.self) {
      let frame = Frame(code: function.code, session: self, function: function)
      try bind(interaction.arguments, to: function, in: frame)
      value = try run(frame)
      if self.passes > passes, tablesShown == tables, options.tables != .off,
        let table = callTable(of: frame)
      {
        sink.display(table.bundle(sink.page), id: nil)
      }
    } else {
      value = try call(interaction.function, interaction.arguments)
    }
    if !value.isNone, value.object(InteractionObject.self) == nil {
      sink.display(try bundle(of: value), id: nil)
    }
    // What passed the limit of output must be told, also where nothing follows it.
    try checkInterruption()
    return settled(value)
  }

  /// Calls the function and keeps what it shows; a failure is shown too.
  private func show(_ interaction: InteractionObject) -> (CapturedOutput, Failure?) {
    let output = CapturedOutput(outer: sink)
    let outerSink = sink
    let outerOwner = interactions.owner
    sink = BoundedSink(output, limit: options.outputLimit, interruption: interruption)
    interactions.owner = interaction.callOwner
    // What an earlier call made goes with what it showed.
    let earlier = interactions.open.filter { $0.owner == interaction.callOwner }
    let outerBars = bars
    bars = []
    defer {
      sink = outerSink
      bars = outerBars
      interactions.owner = outerOwner
      for inner in earlier { close(inner) }
    }
    var failure: Failure?
    do throws(Failure) {
      interaction.last = .none
      interaction.last = try showCall(of: interaction)
    } catch {
      let diagnostic = error.exception.report()
      output.fail(
        NablaEngine.report(error),
        plain: diagnostic.rendered(style: .plain).joined(separator: "\n"))
      failure = error
    }
    endBars()
    interaction.shown = output.bundle
    return (output, failure)
  }

  // MARK: Steering

  /// Serves a comm event; what users steered is computed when no other event follows.
  func receive(_ event: CommEvent, isFollowed: Bool) -> Bool {
    let received = interactions.hub.receive(event, sink)
    switch received {
    case .unknown, .served: break
    case .changed(let model):
      if let interaction = interactions.open.first(where: { $0.uses(model) }),
        !interactions.steered.contains(where: { $0 === interaction })
      {
        interactions.steered.append(interaction)
      }
    case .closed(let model):
      // Without the box nobody sees the others.
      if let interaction = interactions.open.first(where: { $0.widgets?.root === model }) {
        close(interaction)
      }
    }
    if !isFollowed { showSteered() }
    if case .unknown = received { return false }
    return true
  }

  private func showSteered() {
    let steered = interactions.steered
    interactions.steered = []
    for interaction in steered {
      guard let area = interaction.widgets?.output else { continue }
      let (output, _) = show(interaction)
      // One message, so that the front end never shows an empty output between two.
      interactions.hub.set("outputs", .array(output.outputs), of: area, sink)
    }
  }

  // MARK: Closing

  func close(_ interaction: InteractionObject) {
    interactions.open.removeAll { $0 === interaction }
    interactions.steered.removeAll { $0 === interaction }
    for inner in interactions.open where inner.owner == interaction.callOwner { close(inner) }
    guard let root = interaction.widgets?.root else { return }
    interaction.widgets = nil
    interactions.hub.close(root, sink)
  }

  func closeInteractions() {
    while let last = interactions.open.last { close(last) }
  }

  /// A cell begins: what it makes is its own.
  func beginInteractions(cell: String?) {
    interactions.owner = cell.map { "cell " + $0 }
    for interaction in interactions.open { interaction.isShownByCell = false }
  }

  /// A cell ends: what its earlier runs made is closed, unless a variable still has it.
  func endInteractions() {
    guard let owner = interactions.owner else { return }
    interactions.owner = nil
    let earlier = interactions.open.indices.filter {
      interactions.open[$0].owner == owner && !interactions.open[$0].isShownByCell
    }
    let abandoned = earlier.filter { isKnownUniquelyReferenced(&interactions.open[$0]) }
      .map { interactions.open[$0] }
    for interaction in abandoned { close(interaction) }
  }
}

extension InteractionObject {
  /// Names the calls of this interaction as owners.
  fileprivate var callOwner: String { "interaction \(number)" }

  fileprivate func uses(_ model: WidgetModel) -> Bool {
    controls.contains { $0.model === model }
  }
}
