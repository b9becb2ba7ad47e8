import Autodiff
import Syntax

// Which control an argument of interact() gets: the rules are those of ipywidgets.

extension Session {
  /// More choices than this are no menu.
  private static let longestMenu = 1_000

  /// The controls of a call: what `interact` was given, and defaults of the function that make one.
  func controls(
    for function: Value, _ given: [(name: String, value: Value)]
  ) throws(Failure) -> [InteractiveControl] {
    let parameters = try parameters(of: function)
    for (name, _) in given where !parameters.takesMore {
      guard parameters.list.contains(where: { $0.name == name }) else {
        let names = parameters.list.map(\.name)
        throw Failure(
          .type, "interact() was given \(name), but \(function.described) has no such parameter",
          hint: nearest(to: name, among: names).map { "did you mean \($0)?" })
      }
    }
    var controls: [InteractiveControl] = []
    for parameter in parameters.list {
      if let choice = given.first(where: { $0.name == parameter.name }) {
        controls.append(try control(choice.name, choice.value, start: parameter.standard))
      } else if let standard = parameter.standard {
        // A default that makes no control keeps its value: the function is called without it.
        if case .tensor = standard { continue }
        if let control = try? control(parameter.name, standard, start: nil) {
          controls.append(control)
        }
      } else if !parameter.isOptional {
        throw Failure(
          .type, "interact() needs values for \(parameter.name) of \(function.described)",
          hint: "\(parameter.name)=(low, high) makes a slider, \(parameter.name)=[a, b] a menu")
      }
    }
    for (name, value) in given where !parameters.list.contains(where: { $0.name == name }) {
      controls.append(try control(name, value, start: nil))
    }
    return controls
  }

  // MARK: Parameters

  private struct Parameters {
    /// `isOptional` where there is a default, known or not.
    var list: [(name: String, standard: Value?, isOptional: Bool)] = []
    /// Whether any other name is taken too.
    var takesMore = false
  }

  private func parameters(of function: Value) throws(Failure) -> Parameters {
    guard case .object(let object) = function, object.isCallable else {
      throw Failure(
        .type, "interact() calls a function, not \(function.described)",
        hint: "interact(f, x=(-5, 5)), without calling f")
    }
    var parameters = Parameters()
    switch object {
    case let function as FunctionObject:
      let layout = function.code.layout
      let first = layout.positional.count - function.defaults.count
      for (index, name) in layout.positional.enumerated() {
        let standard = index < first ? nil : function.defaults[index - first]
        parameters.list.append((name, standard, standard != nil))
      }
      for (name, value) in zip(layout.keywordOnly, function.keywordDefaults) {
        parameters.list.append((name, value.isUnbound ? nil : value, !value.isUnbound))
      }
      parameters.takesMore = layout.keywordRest != nil
    case let gate as GateObject: return try self.parameters(of: .object(gate.forward))
    case let builtin as Builtin:
      let signature = builtin.signature
      for (index, name) in signature.names.enumerated() {
        parameters.list.append((name, nil, index >= signature.required))
      }
      parameters.takesMore = signature.takesKeywordRest
    case let method as BoundMethod:
      parameters = try self.parameters(of: .object(method.function))
      parameters.list = Array(parameters.list.dropFirst())
    default:
      // Classes and instances say what they take when they are called.
      parameters.takesMore = true
    }
    return parameters
  }

  // MARK: Controls

  private func control(
    _ name: String, _ value: Value, start: Value?
  ) throws(Failure) -> InteractiveControl {
    switch value {
    case .boolean(let flag):
      if case .boolean(let start)? = start { return .checkbox(name, start) }
      return .checkbox(name, flag)
    case .string(let string): return .text(name, start?.text ?? string.text)
    case .number(let number, _):
      return try slider(name, around: number, start: start?.scalar?.0)
    case .object(let tuple as TupleObject) where (2...3).contains(tuple.items.count):
      var ends: [Double] = []
      for case .number(let number, _) in tuple.items { ends.append(number) }
      guard ends.count == tuple.items.count else { break }
      return try slider(name, ends, isReal: tuple.isWrittenWithPoint, start: start?.scalar?.0)
    case .object(let dict as DictObject):
      var labels: [String] = []
      for (key, _) in dict.items { labels.append(try label(key)) }
      return try menu(name, labels, dict.items.map(\.value), start: start)
    default: break
    }
    guard let choices = try choices(name, value) else {
      throw Failure(
        .type, "interact() makes no control for \(name) from \(value.described)",
        hint: "(low, high) makes a slider, a list or dict a menu, True a box to tick")
    }
    if let pairs = labelled(choices) {
      return try menu(name, pairs.map(\.label), pairs.map(\.value), start: start)
    }
    var labels: [String] = []
    for choice in choices { labels.append(try label(choice)) }
    return try menu(name, labels, choices, start: start)
  }

  /// A slider around a number, from its negative to three times it.
  private func slider(
    _ name: String, around number: Double, start: Double?
  ) throws(Failure) -> InteractiveControl {
    let ends =
      number == 0 ? [0, 1] : number > 0 ? [-number, 3 * number] : [3 * number, -number]
    return try slider(name, ends, isReal: false, start: start ?? number)
  }

  private func slider(
    _ name: String, _ ends: [Double], isReal: Bool, start: Double?
  ) throws(Failure) -> InteractiveControl {
    let (low, high) = (ends[0], ends[1])
    let step = ends.count > 2 ? ends[2] : nil
    guard ends.allSatisfy({ $0.isFinite }), (high - low).isFinite else {
      throw Failure(.value, "the slider for \(name) needs finite ends, not \(describe(ends))")
    }
    guard low <= high else {
      throw Failure(
        .value,
        "the slider for \(name) runs from \(Printing.number(low)) to"
          + " \(Printing.number(high)), which is less",
        hint: "\(name)=(\(Printing.number(high)), \(Printing.number(low)))")
    }
    if let step, step <= 0 {
      throw Failure(
        .value, "the slider for \(name) needs a step above 0, not \(Printing.number(step))")
    }
    let isInteger =
      !isReal
      && (ends + [start ?? 0]).allSatisfy { $0 == $0.rounded() && $0.magnitude < 0x1p53 }
    return .slider(name, from: low, to: high, step: step, start: start, isInteger: isInteger)
  }

  private func describe(_ ends: [Double]) -> String {
    "(" + ends.map { Printing.number($0) }.joined(separator: ", ") + ")"
  }

  private func menu(
    _ name: String, _ labels: [String], _ values: [Value], start: Value?
  ) throws(Failure) -> InteractiveControl {
    guard !values.isEmpty else {
      throw Failure(.value, "the menu for \(name) has no choices")
    }
    var place = 0
    if let start {
      for (index, value) in values.enumerated() where try areEqual(value, start) {
        place = index
        break
      }
    }
    return .menu(name, labels: labels, values: values.map { settled($0) }, start: place)
  }

  /// The items of a value that can be iterated over; nil where it cannot.
  private func choices(_ name: String, _ value: Value) throws(Failure) -> [Value]? {
    if case .param = value { return nil }
    guard let iterator = try? iterator(value) else { return nil }
    var choices: [Value] = []
    while let item = try iterator.next(self) {
      choices.append(item)
      guard choices.count <= Session.longestMenu else {
        throw Failure(
          .value, "the menu for \(name) would have more than \(Session.longestMenu) choices",
          hint: "\(name)=(low, high) makes a slider")
      }
    }
    return choices
  }

  /// Pairs of a label and a value, where all choices are such.
  private func labelled(_ choices: [Value]) -> [(label: String, value: Value)]? {
    var pairs: [(label: String, value: Value)] = []
    for choice in choices {
      guard let pair = choice.object(TupleObject.self)?.items, pair.count == 2,
        let label = pair[0].text
      else { return nil }
      pairs.append((label, pair[1]))
    }
    return pairs.isEmpty ? nil : pairs
  }

  /// A choice as a menu shows it: strings as they are, all else as in a list.
  private func label(_ value: Value) throws(Failure) -> String {
    var text = ""
    if let string = value.text { text = string } else { text = try repr(value) }
    text = text.oneLine
    return text.count > 60 ? String(text.prefix(57)) + "…" : text
  }
}
