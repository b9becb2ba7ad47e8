import Autodiff
import Syntax

// `x[index] = value`: entries of a tensor are replaced.

/// What an assignment to entries puts where; checked before anything is changed.
struct EntryUpdate {
  let selection: Selection
  let value: Traced
}

extension Session {
  /// Checks a value for the entries that an index picks of a tensor of a shape.
  func entryUpdate(
    _ value: Value, at index: Value, of shape: Shape, name: @autoclosure () -> String
  ) throws(Failure) -> EntryUpdate {
    guard let traced = try tensor(value) else {
      throw Failure(.type, "\(value.described) cannot stand in a tensor")
    }
    let selection = try selection(index, of: shape, name: name())
    guard traced.shape.broadcast(with: selection.result) == selection.result else {
      throw Failure(
        .shape,
        "a value of shape \(traced.shape) does not fit \(name())'s entries of shape"
          + " \(selection.result)")
    }
    return EntryUpdate(selection: selection, value: traced)
  }

  /// A tensor with entries replaced; the caller stores it.
  ///
  /// Writes in place where nobody else holds `object`.
  func replacing(
    _ object: consuming TensorObject, _ update: EntryUpdate, at place: (object: Node, span: Span),
    _ frame: Frame
  ) -> Value {
    var object = object
    let isShared = !isKnownUniquelyReferenced(&object)
    if isShared {
      tellOfSharing(object, place, frame)
      object = TensorObject(object.tensor, object.node)
    }
    object.node = tape.pointee.replace(
      &object.tensor, node: object.node, update.selection, with: update.value, isShared: isShared)
    return .tensor(object)
  }

  /// New entries for a param: the value changes and nothing is recorded.
  func update(_ param: ParamObject, _ update: EntryUpdate) throws(Failure) {
    let values = try withoutRecording { () throws(Failure) in
      try apply(
        Gates.row("broadcast_to"), [update.value], .shape(update.selection.result))
    }
    if let tensor = values.traced?.tensor { param.tensor.replace(update.selection, with: tensor) }
  }

  /// Says once that another name keeps the entries that NumPy would change under it too.
  @inline(never)
  private func tellOfSharing(
    _ object: TensorObject, _ place: (object: Node, span: Span), _ frame: Frame
  ) {
    guard !toldOfSharing, let other = nameOf(object) else { return }
    toldOfSharing = true
    let name = place.object.text(frame)
    let others = other == name ? "\(other) of the caller" : other
    warn(
      "tensors are values: this changes \(name) alone, and \(others) keeps its entries",
      at: (frame.code.source, place.span),
      hint: "NumPy would change both; return the new tensor and assign it, or make it a param,"
        + " which all its names share")
  }

  /// A variable that holds the very object: of the top level, or of a function that runs.
  private func nameOf(_ object: TensorObject) -> String? {
    func holds(_ value: Value) -> Bool {
      if case .tensor(let other) = value { other === object } else { false }
    }
    for running in frames.reversed() {
      let frame = running.takeUnretainedValue()
      for (slot, name) in frame.code.layout.slotNames.enumerated()
      where !name.isEmpty && holds(frame.slots[slot]) {
        return name
      }
      for (variable, name) in zip(frame.shared, frame.code.layout.sharedNames)
      where holds(variable.value) {
        return name
      }
    }
    return globals.bound.first { !$0.name.hasPrefix("_") && holds($0.value) }?.name
  }
}
