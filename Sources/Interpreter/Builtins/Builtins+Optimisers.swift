import Autodiff

extension Builtins {
  /// Rules that train params, one for each row of ``UpdateRule/all``.
  static func optimisers() -> [Builtin] {
    UpdateRule.all.map { rule in
      let options = rule.settings.map { "\($0.name)=\(Printing.number($0.value))" }
      return Builtin(
        rule.name, (["params"] + options).joined(separator: ", "),
        "An optimiser of a param, or of a list, tuple or dict of params; opt.step() does, for each"
          + " with its gradient g: \(rule.formula). weight_decay adds weight_decay * p to g;"
          + " opt.lr may be set, opt.state shows what it keeps. Source: \(rule.source).",
        type: "type"
      ) { call, session throws(Failure) in
        var settings: [Double] = []
        for (place, setting) in rule.settings.enumerated() {
          settings.append(
            try setting.checked(call.number(place + 1, default: setting.value), rule))
        }
        return .object(
          try OptimiserObject(rule, call.value(0), settings: settings, session))
      }
    }
  }
}
