import EngineInterface
import JSON

/// The widgets that are open, and their talk with front ends: ipywidgets' protocol 2.1.0.
public struct WidgetHub {
  private var models: [String: WidgetModel] = [:]
  /// Ids in the order of opening, so that what is referred to comes first in what is told of all.
  private var order: [String] = []
  /// Comms by which front ends ask for the states of all widgets.
  private var controls: Set<String> = []

  static let version = "2.1.0"
  static let controlVersion = "1.0.0"
  public static let target = "jupyter.widget"
  public static let controlTarget = "jupyter.widget.control"

  public init() {}

  /// What a comm event was.
  public enum Received {
    /// It is about no widget that is open.
    case unknown
    /// All is done.
    case served
    /// A user steered the widget.
    case changed(WidgetModel)
    /// A front end closed the widget.
    case closed(WidgetModel)
  }

  public var count: Int { models.count }

  // MARK: Towards front ends

  /// Opens a widget and all that it refers to.
  public mutating func open(_ root: WidgetModel, _ sink: any OutputSink) {
    for model in root.family where models[model.id] == nil {
      models[model.id] = model
      order.append(model.id)
      sink.comm(
        .open(
          id: model.id, target: Self.target,
          data: ["state": .object(model.state), "buffer_paths": []],
          metadata: ["version": .string(Self.version)]))
    }
  }

  /// Closes a widget and all that it refers to, those first that refer to others.
  public mutating func close(_ root: WidgetModel, _ sink: any OutputSink) {
    for model in root.family.reversed() where forget(model.id) != nil {
      sink.comm(.close(id: model.id))
    }
  }

  /// Gives a member another value, and tells it.
  public func set(
    _ key: String, _ value: JSON, of model: WidgetModel, _ sink: any OutputSink
  ) {
    model.state[key] = value
    tell("update", [key: value], of: model, sink)
  }

  private mutating func forget(_ id: String) -> WidgetModel? {
    guard let model = models.removeValue(forKey: id) else { return nil }
    order.removeAll { $0 == id }
    return model
  }

  private func tell(
    _ method: JSON, _ state: JSON.Object, of model: WidgetModel, _ sink: any OutputSink
  ) {
    sink.comm(
      .message(
        id: model.id, data: ["method": method, "state": .object(state), "buffer_paths": []]))
  }

  // MARK: From front ends

  /// Takes in what a front end says; answers at once what needs no work.
  public mutating func receive(_ event: CommEvent, _ sink: any OutputSink) -> Received {
    switch event.action {
    case .open(let target):
      let version = event.metadata["version"]?.string ?? Self.controlVersion
      guard target == Self.controlTarget, version.split(separator: ".").first == "1" else {
        return .unknown
      }
      controls.insert(event.id)
      return .served
    case .close:
      if controls.remove(event.id) != nil { return .served }
      return forget(event.id).map { .closed($0) } ?? .unknown
    case .message:
      if controls.contains(event.id) {
        if event.data["method"]?.string == "request_states" { tellAll(on: event.id, sink) }
        return .served
      }
      guard let model = models[event.id] else { return .unknown }
      switch event.data["method"]?.string {
      case "update": return update(model, event.data["state"]?.object ?? [:], sink)
      case "request_state": tell("update", model.state, of: model, sink)
      // Messages of a widget's own, such as clicks: none here has any.
      default: break
      }
      return .served
    }
  }

  /// Takes over what a front end changed, tells all others, and corrects what is not as it was sent.
  private func update(
    _ model: WidgetModel, _ changes: JSON.Object, _ sink: any OutputSink
  ) -> Received {
    var echo = JSON.Object()
    var corrections = JSON.Object()
    var isSteered = false
    for (key, value) in changes.pairs {
      guard let old = model.state[key] else { continue }
      let new = model.accepted(value, for: key) ?? old
      if new == value { echo[key] = value } else { corrections[key] = new }
      model.state[key] = new
      if key == model.kind.valueKey, new != old { isSteered = true }
    }
    if !echo.isEmpty { tell("echo_update", echo, of: model, sink) }
    if !corrections.isEmpty { tell("update", corrections, of: model, sink) }
    return isSteered ? .changed(model) : .served
  }

  private func tellAll(on control: String, _ sink: any OutputSink) {
    var states = JSON.Object()
    for id in order {
      guard let model = models[id] else { continue }
      states[id] = [
        "model_name": model.state["_model_name"] ?? nil,
        "model_module": model.state["_model_module"] ?? nil,
        "model_module_version": model.state["_model_module_version"] ?? nil,
        "state": .object(model.state),
      ]
    }
    sink.comm(
      .message(
        id: control,
        data: ["method": "update_states", "states": .object(states), "buffer_paths": []]))
  }
}
