import Autodiff

// Gradients of the last pass, update steps, and the passes themselves.

extension Session {
  /// The gradient of a tensor in the last pass; None when it had none.
  func gradient(of value: Value) -> Value {
    tape.pointee.gradients[value.node].map { .constant($0) } ?? .none
  }

  /// The gradients of a list's elements, in the list's shape; None when none had one.
  func gradient(ofItems items: [Value]) throws(Failure) -> Value? {
    var rows: [Traced] = []
    var hasAny = false
    for item in items {
      if case .object(let object) = item, let list = object as? ListObject {
        let inner = try nested { () throws(Failure) in try gradient(ofItems: list.items) }
        guard let inner else { return nil }
        if let traced = inner.traced {
          rows.append(traced)
          hasAny = true
        } else if let tensor = try tensor(item)?.tensor {
          rows.append(Traced(constant: Tensor(repeating: 0, shape: tensor.shape)))
        }
        continue
      }
      guard let traced = item.traced else { return nil }
      if let gradient = tape.pointee.gradients[traced.node] {
        hasAny = true
        rows.append(Traced(constant: gradient))
      } else {
        rows.append(Traced(constant: Tensor(repeating: 0, shape: traced.shape)))
      }
    }
    guard hasAny else { return Value.none }
    return try stacked(rows.map { Value($0) }).map { Value($0) }
  }

  // MARK: Update steps

  /// A new value for a param, in the shape that it has.
  func update(_ param: ParamObject, to tensor: Tensor) throws(Failure) {
    guard tensor.shape == param.tensor.shape else {
      throw Failure(
        .shape,
        "an update of shape \(tensor.shape) does not fit a param of shape"
          + " \(param.tensor.shape)", hint: "an update keeps the shape of its param")
    }
    param.tensor = tensor
  }

  /// The leaf that an update step makes of a value; it keeps the gradient of the old one.
  func updated(_ old: Value?, to tensor: Tensor) -> Value {
    let node = tape.pointee.leaf(tensor)
    if let old { tape.pointee.gradients.transfer(from: old.node, to: node) }
    return Value(Traced(tensor, node))
  }

  /// Runs `body` with recording off.
  func withoutRecording<R>(_ body: () throws(Failure) -> R) throws(Failure) -> R {
    let wasRecording = tape.pointee.isRecording
    tape.pointee.isRecording = false
    defer { tape.pointee.isRecording = wasRecording }
    return try body()
  }

  // MARK: Passes

  /// Runs a backward pass from a value.
  func backward(
    _ root: Traced, upstream: Tensor?, accumulates: Bool
  ) throws(Failure) {
    let seed: Tensor
    if let upstream {
      guard upstream.shape == root.shape else {
        throw Failure(
          .shape,
          "the upstream gradient has shape \(upstream.shape), and the value"
            + " \(root.shape)", hint: "an upstream gradient has the shape of its value")
      }
      seed = upstream
    } else {
      guard root.tensor.count == 1 else {
        throw Failure(
          .gradient, "backward needs a number to start from, and this has shape \(root.shape)",
          hint: "sum(…) it, or give an upstream gradient of its shape: backward(y, upstream)")
      }
      seed = Tensor(repeating: 1, shape: root.shape)
    }
    try running { () throws(GateError) in
      try Tape.backward(on: tape, from: root, upstream: seed, accumulates: accumulates)
    }
  }

  /// The recorded gradients of a value with respect to others.
  func gradients(
    of root: Traced, upstream: Traced, _ targets: [Traced]
  ) throws(Failure) -> [Traced] {
    try running { () throws(GateError) in
      try Tape.gradient(on: tape, of: root, upstream: upstream, targets: targets)
    }
  }

  /// Runs work of the tape; a failure inside of a user's backward comes out as it was.
  func running<R>(_ body: () throws(GateError) -> R) throws(Failure) -> R {
    pendingFailure = nil
    do throws(GateError) {
      let result = try body()
      // What was interrupted in the midst is not whole.
      try interruption.check()
      return result
    } catch {
      if let failure = pendingFailure {
        pendingFailure = nil
        throw failure
      }
      throw Failure(error)
    }
  }
}
