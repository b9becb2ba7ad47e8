import JSON

/// A widget: its identity, which is that of its comm, and its state, which front ends share.
public final class WidgetModel {
  public let id: String
  public let kind: WidgetKind
  public internal(set) var state: JSON.Object
  /// The widgets that the state refers to by `IPY_MODEL_…`; they must be open first.
  let parts: [WidgetModel]

  /// A widget with the defaults of its kind, but for `members`.
  ///
  /// `references` are members that hold other widgets: one, or a list.
  public init(
    _ kind: WidgetKind, _ members: JSON.Object = [:],
    references: [(key: String, to: Reference)] = []
  ) {
    self.kind = kind
    id = WidgetModel.freshID()
    state = kind.initialState.merging(members)
    var parts: [WidgetModel] = []
    for (key, reference) in references {
      switch reference {
      case .one(let model):
        state[key] = model.reference
        parts.append(model)
      case .list(let models):
        state[key] = .array(models.map(\.reference))
        parts += models
      }
    }
    self.parts = parts
  }

  public enum Reference {
    case one(WidgetModel)
    case list([WidgetModel])
  }

  /// A control with its layout and style, described by a word beside it.
  public static func control(
    _ kind: WidgetKind, style: WidgetKind, description: String, _ members: JSON.Object
  ) -> WidgetModel {
    WidgetModel(
      kind, members.merging(["description": .string(description)]),
      references: [
        ("layout", .one(WidgetModel(.layout))), ("style", .one(WidgetModel(style))),
      ])
  }

  /// Widgets below each other.
  public static func column(_ children: [WidgetModel], cssClasses: [String] = []) -> WidgetModel {
    WidgetModel(
      .vBox, ["_dom_classes": .array(cssClasses.map { .string($0) })],
      references: [("children", .list(children)), ("layout", .one(WidgetModel(.layout)))])
  }

  /// Where what code shows is shown: outputs in nbformat's form.
  public static func outputArea(_ outputs: [JSON]) -> WidgetModel {
    WidgetModel(
      .outputArea, ["outputs": .array(outputs)],
      references: [("layout", .one(WidgetModel(.layout)))])
  }

  /// The widget and all that it refers to, what is referred to first.
  public var family: [WidgetModel] { parts.flatMap(\.family) + [self] }

  /// How other widgets refer to it.
  var reference: JSON { .string("IPY_MODEL_" + id) }

  /// What a display of the widget holds, beside representations for those who know no widgets.
  public var view: (type: String, data: JSON) {
    (
      "application/vnd.jupyter.widget-view+json",
      ["model_id": .string(id), "version_major": 2, "version_minor": 0]
    )
  }

  /// 32 random hexadecimal digits.
  private static func freshID() -> String {
    (0..<4).map { _ in
      let digits = String(UInt32.random(in: .min ... .max), radix: 16)
      return String(repeating: "0", count: 8 - digits.count) + digits
    }.joined()
  }
}
