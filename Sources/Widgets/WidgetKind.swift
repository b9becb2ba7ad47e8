import JSON

/// What a widget is: the names of its model and view in the front end, and its default state.
///
/// The names, versions and defaults are those of ipywidgets 8, widget protocol 2.1.0.
public struct WidgetKind: Sendable, Equatable {
  /// The model's name without `Model`, which is also the view's without `View`.
  let name: String
  let modelModule: String
  let viewModule: String
  let viewName: String
  let version: String
  /// What the state holds beside the names of model and view.
  let defaults: JSON.Object
  /// The member by which users steer it; nil for one that only shows.
  public let valueKey: String?

  /// The state of a new widget of this kind, but for the widgets that it refers to.
  var initialState: JSON.Object {
    var state: JSON.Object = [
      "_model_module": .string(modelModule), "_model_module_version": .string(version),
      "_model_name": .string(name + "Model"), "_view_count": nil,
      "_view_module": .string(viewModule), "_view_module_version": .string(version),
      "_view_name": .string(viewName),
    ]
    for (key, value) in defaults.pairs { state[key] = value }
    return state
  }
}

extension WidgetKind {
  private static let base = "@jupyter-widgets/base"
  private static let controls = "@jupyter-widgets/controls"
  private static let output = "@jupyter-widgets/output"

  // MARK: What a widget refers to

  public static let layout = WidgetKind(
    name: "Layout", modelModule: base, viewModule: base, viewName: "LayoutView", version: "2.0.0",
    defaults: JSON.Object(layoutKeys.map { ($0, .null) }), valueKey: nil)

  private static let layoutKeys = [
    "align_content", "align_items", "align_self", "border_bottom", "border_left", "border_right",
    "border_top", "bottom", "display", "flex", "flex_flow", "grid_area", "grid_auto_columns",
    "grid_auto_flow", "grid_auto_rows", "grid_column", "grid_gap", "grid_row",
    "grid_template_areas", "grid_template_columns", "grid_template_rows", "height",
    "justify_content", "justify_items", "left", "margin", "max_height", "max_width", "min_height",
    "min_width", "object_fit", "object_position", "order", "overflow", "padding", "right", "top",
    "visibility", "width",
  ]

  public static let sliderStyle = style("SliderStyle", ["handle_color": nil])
  public static let descriptionStyle = style("DescriptionStyle", [:])
  public static let checkboxStyle = style("CheckboxStyle", ["background": nil])
  public static let textStyle = style(
    "TextStyle", ["background": nil, "font_size": nil, "text_color": nil])

  private static func style(_ name: String, _ own: JSON.Object) -> WidgetKind {
    WidgetKind(
      name: name, modelModule: controls, viewModule: base, viewName: "StyleView", version: "2.0.0",
      defaults: own.merging(["description_width": ""]), valueKey: nil)
  }

  // MARK: Controls

  public static let intSlider = slider(
    "IntSlider", ["max": 100, "min": 0, "readout_format": "d", "step": 1, "value": 0])
  public static let floatSlider = slider(
    "FloatSlider",
    ["max": 100.0, "min": 0.0, "readout_format": ".2f", "step": 0.1, "value": 0.0])

  private static func slider(_ name: String, _ own: JSON.Object) -> WidgetKind {
    control(
      name, value: "value",
      own.merging([
        "behavior": "drag-tap", "continuous_update": true, "orientation": "horizontal",
        "readout": true,
      ]))
  }

  public static let dropdown = control(
    "Dropdown", value: "index", ["_options_labels": [], "index": nil])
  public static let checkbox = control(
    "Checkbox", value: "value", ["indent": true, "value": false])
  public static let text = control(
    "Text", value: "value", ["continuous_update": true, "value": ""])

  private static func control(_ name: String, value: String, _ own: JSON.Object) -> WidgetKind {
    WidgetKind(
      name: name, modelModule: controls, viewModule: controls, viewName: name + "View",
      version: "2.0.0",
      defaults: own.merging(element).merging([
        "description": "", "description_allow_html": false, "disabled": false,
      ]), valueKey: value)
  }

  // MARK: Boxes and outputs

  public static let vBox = WidgetKind(
    name: "VBox", modelModule: controls, viewModule: controls, viewName: "VBoxView",
    version: "2.0.0", defaults: element.merging(["box_style": "", "children": []]), valueKey: nil)

  public static let outputArea = WidgetKind(
    name: "Output", modelModule: output, viewModule: output, viewName: "OutputView",
    version: "1.0.0", defaults: element.merging(["msg_id": "", "outputs": []]), valueKey: nil)

  /// What every widget that is an element of a page has.
  private static let element: JSON.Object = ["_dom_classes": [], "tabbable": nil, "tooltip": nil]
}

extension JSON.Object {
  /// The members with those of another object added.
  func merging(_ other: JSON.Object) -> JSON.Object {
    var result = self
    for (key, value) in other.pairs { result[key] = value }
    return result
  }
}
