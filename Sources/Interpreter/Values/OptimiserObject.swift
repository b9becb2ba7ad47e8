import Autodiff

/// What `adam(params)` and its like give: params with a rule by which `step()` moves them.
final class OptimiserObject: Object {
  private let rule: UpdateRule
  private var settings: [Double]
  private var params: [Slot] = []
  private var steps = 0

  /// A param with what the rule keeps for it.
  private struct Slot {
    let param: ParamObject
    var state: [Tensor]
    var steps = 0
  }

  /// Throws: TypeError where something else than params is in `value`, with its place.
  init(
    _ rule: UpdateRule, _ value: Value, settings: [Double], _ session: Session
  ) throws(Failure) {
    self.rule = rule
    self.settings = settings
    super.init()
    var seen: Set<ObjectIdentifier> = []
    try collect(value, "params", &seen, session)
    guard !params.isEmpty else {
      throw Failure(
        .value, "\(rule.name)() was given no param to train", hint: "W = param(…) makes one")
    }
  }

  private func collect(
    _ value: Value, _ place: String, _ seen: inout Set<ObjectIdentifier>, _ session: Session
  ) throws(Failure) {
    switch value {
    case .param(let param):
      // A param that is reached twice is one param.
      guard seen.insert(ObjectIdentifier(param)).inserted else { return }
      let zeros = Tensor(repeating: 0, shape: param.tensor.shape)
      params.append(Slot(param: param, state: rule.state.map { _ in zeros }))
    case .object(let object) where object is ListObject || object is TupleObject:
      try session.nested { () throws(Failure) in
        for (index, item) in try session.items(of: value).enumerated() {
          try collect(item, "\(place)[\(index)]", &seen, session)
        }
      }
    case .object(let dict as DictObject):
      try session.nested { () throws(Failure) in
        for (key, item) in dict.items {
          try collect(item, "\(place)[\(session.repr(key))]", &seen, session)
        }
      }
    default:
      throw Failure(
        .type,
        "\(rule.name)() trains params, in lists, tuples and dicts, and \(place) is"
          + " \(value.described)", hint: "param(…) makes a tensor one")
    }
  }

  /// Moves every param that had a gradient in the last pass.
  private func step(_ session: Session) throws(Failure) {
    guard session.tape.pointee.gradients.hasRun else {
      throw Failure(
        .gradient, "\(rule.name) needs gradients to step by, and no backward pass has run yet",
        hint: "backward(loss) first")
    }
    for index in params.indices {
      let param = params[index].param
      guard let gradient = session.tape.pointee.gradients[param.node] else { continue }
      guard gradient.shape == param.tensor.shape else {
        throw Failure(
          .shape,
          "a gradient of shape \(gradient.shape) does not fit a param of shape"
            + " \(param.tensor.shape)")
      }
      params[index].steps += 1
      rule.step(
        &param.tensor, gradient: gradient, state: &params[index].state, settings: settings,
        count: params[index].steps)
    }
    steps += 1
  }

  override var typeName: String { rule.name }
  override var described: String { "the optimiser \(rule.name)" }

  override func repr(_ session: Session) throws(Failure) -> String {
    let numbers = params.reduce(0) { $0 + $1.param.tensor.count }
    let options = zip(rule.settings, settings).map { "\($0.name)=\(Printing.number($1))" }
    return "<\(rule.name) of \(params.count) param\(params.count == 1 ? "" : "s"),"
      + " \(numbers) number\(numbers == 1 ? "" : "s"), \(options.joined(separator: ", ")),"
      + " \(steps) step\(steps == 1 ? "" : "s") taken>"
  }

  override var attributeNames: [String] {
    (["params", "state", "step", "t", "zero_grad"] + rule.settings.map(\.name)).sorted()
  }

  override func attribute(_ name: String, _ session: Session) throws(Failure) -> Value? {
    if let place = rule.settings.firstIndex(where: { $0.name == name }) {
      return .number(settings[place])
    }
    switch name {
    case "step":
      return .object(
        Builtin("step", "", "Moves every param by its gradient of the last pass: \(rule.formula).")
        {
          [self] _, session throws(Failure) in
          try step(session)
          return .none
        })
    case "zero_grad":
      return .object(
        Builtin("zero_grad", "", "Does nothing: every backward sets gradients anew.") { _, _ in
          .none
        })
    case "params": return .tuple(params.map { .param($0.param) })
    case "t": return .int(steps)
    case "state":
      var all: [Value] = []
      for slot in params {
        let dict = DictObject()
        for (name, tensor) in zip(rule.state, slot.state) {
          try dict.set(.string(name), .constant(tensor))
        }
        all.append(.object(dict))
      }
      return .list(all)
    default: return nil
    }
  }

  override func setAttribute(_ name: String, _ value: Value, _ session: Session) throws(Failure) {
    guard let place = rule.settings.firstIndex(where: { $0.name == name }) else {
      throw Failure(
        .attribute, "the optimiser \(rule.name) has no setting \(name)",
        hint: "its settings are \(rule.settings.map(\.name).joined(separator: ", "))")
    }
    guard let number = value.traced?.tensor.item else {
      throw Failure(.type, "\(name) of \(rule.name) is a number, not \(value.described)")
    }
    settings[place] = try rule.settings[place].checked(number, rule)
  }
}

extension UpdateRule.Setting {
  /// Throws: ValueError for a number that the rule cannot work with.
  func checked(_ number: Double, _ rule: UpdateRule) throws(Failure) -> Double {
    let isFine: Bool
    let range: String
    switch self.range {
    case .any: (isFine, range) = (number.isFinite, "finite")
    case .notNegative: (isFine, range) = (number >= 0 && number.isFinite, "at least 0")
    case .share: (isFine, range) = (number >= 0 && number < 1, "from 0 to below 1")
    }
    guard isFine else {
      throw Failure(
        .value, "\(rule.name) needs \(name) \(range), not \(Printing.number(number))")
    }
    return number
  }
}
