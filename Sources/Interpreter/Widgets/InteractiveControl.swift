import Display
import JSON
import Widgets

/// One argument of an interaction: the widget that steers it, and the values that it gives.
struct InteractiveControl {
  let name: String
  let model: WidgetModel
  /// What a menu offers, in the order of its labels.
  let options: [Value]

  init(_ name: String, _ model: WidgetModel, options: [Value] = []) {
    self.name = name
    self.model = model
    self.options = options
  }

  /// The value that the widget stands at; numbers are fresh, so that gradients flow to them.
  var value: Value {
    switch model.kind {
    case .dropdown: model.state["index"]?.int.map { options[$0] } ?? .none
    case .checkbox: .boolean(model.state["value"]?.bool ?? false)
    case .text: .string(model.state["value"]?.string ?? "")
    default: .number(model.state["value"]?.double ?? 0, .fresh)
    }
  }
}

extension InteractiveControl {
  /// A slider from `low` to `high`; `step` is chosen where it is nil.
  ///
  /// A start that is not between the ends is left aside, as ipywidgets does.
  static func slider(
    _ name: String, from low: Double, to high: Double, step: Double?, start: Double?,
    isInteger: Bool
  ) -> InteractiveControl {
    let middle = low + (high - low) / 2
    let start = start.flatMap { (low...high).contains($0) ? $0 : nil }
    if isInteger {
      let model = WidgetModel.control(
        .intSlider, style: .sliderStyle, description: name,
        [
          "max": .number(Int(high)), "min": .number(Int(low)),
          "step": .number(Int(step ?? 1)),
          "value": .number(Int(start ?? middle.rounded(.towardZero))),
        ])
      return InteractiveControl(name, model)
    }
    let step = step ?? fineStep(for: high - low)
    let model = WidgetModel.control(
      .floatSlider, style: .sliderStyle, description: name,
      [
        "max": .number(high), "min": .number(low), "step": .number(step),
        "value": .number(start ?? middle), "readout_format": .string(readout(ofStep: step)),
      ])
    return InteractiveControl(name, model)
  }

  static func menu(
    _ name: String, labels: [String], values: [Value], start: Int
  ) -> InteractiveControl {
    let model = WidgetModel.control(
      .dropdown, style: .descriptionStyle, description: name,
      ["_options_labels": .array(labels.map { .string($0) }), "index": .number(start)])
    return InteractiveControl(name, model, options: values)
  }

  static func checkbox(_ name: String, _ value: Bool) -> InteractiveControl {
    InteractiveControl(
      name,
      .control(.checkbox, style: .checkboxStyle, description: name, ["value": .bool(value)]))
  }

  static func text(_ name: String, _ value: String) -> InteractiveControl {
    InteractiveControl(
      name, .control(.text, style: .textStyle, description: name, ["value": .string(value)]))
  }

  /// About a hundredth of a width: 1, 2 or 5 times a power of ten.
  static func fineStep(for width: Double) -> Double {
    guard width > 0 else { return 0.1 }
    let rough = width / 100
    var exponent = 0
    while rough < decimalPower(exponent) { exponent -= 1 }
    while rough >= decimalPower(exponent + 1) { exponent += 1 }
    let lead = rough / decimalPower(exponent)
    let digit: Double = lead < 1.5 ? 1 : lead < 3.5 ? 2 : lead < 7.5 ? 5 : 10
    return exponent < 0 ? digit / decimalPower(-exponent) : digit * decimalPower(exponent)
  }

  /// The format in which every stop of a slider reads differently.
  private static func readout(ofStep step: Double) -> String {
    var decimals = 2
    while decimals < 12, (step * decimalPower(decimals)).rounded() < 0.999 { decimals += 1 }
    return decimals < 7 && step < 1e6 ? ".\(decimals)f" : ".4g"
  }

  private static func decimalPower(_ exponent: Int) -> Double {
    var power = 1.0
    for _ in 0..<exponent.magnitude { power *= exponent < 0 ? 0.1 : 10 }
    return power
  }
}
