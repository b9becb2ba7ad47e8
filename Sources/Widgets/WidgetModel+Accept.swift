import JSON

// What a front end may change: the state is shared, but not all that comes is sound.

extension WidgetModel {
  /// The value that a member takes when a front end sets it; nil where it may not.
  ///
  /// Numbers are held between the ends of a slider. What the kernel alone decides stays: which
  /// widget it is, what it refers to, what an output shows.
  func accepted(_ value: JSON, for key: String) -> JSON? {
    guard let old = state[key], !WidgetModel.fixedKeys.contains(key) else { return nil }
    switch (kind, key) {
    case (.intSlider, "value"):
      guard let number = value.int, let low = state["min"]?.int, let high = state["max"]?.int
      else { return nil }
      return low...max(low, high) ~= number ? value : .number(min(max(number, low), high))
    case (.floatSlider, "value"):
      guard let number = value.double, number.isFinite, let low = state["min"]?.double,
        let high = state["max"]?.double
      else { return nil }
      return low...max(low, high) ~= number ? value : .number(min(max(number, low), high))
    case (.dropdown, "index"):
      guard let place = value.int, let count = state["_options_labels"]?.array?.count,
        (0..<count).contains(place)
      else { return nil }
      return value
    default:
      return old.isNull || value.isNull || old.hasKind(of: value) ? value : nil
    }
  }

  private static let fixedKeys: Set<String> = [
    "_model_module", "_model_module_version", "_model_name", "_view_module",
    "_view_module_version", "_view_name", "_options_labels", "children", "layout", "max", "min",
    "outputs", "step", "style",
  ]
}

extension JSON {
  fileprivate func hasKind(of other: JSON) -> Bool {
    switch (self, other) {
    case (.bool, .bool), (.number, .number), (.string, .string), (.array, .array),
      (.object, .object):
      true
    default: false
    }
  }
}
