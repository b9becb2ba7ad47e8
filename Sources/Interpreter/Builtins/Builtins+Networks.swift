import Autodiff

extension Builtins {
  /// Layers of networks.
  static func networks() -> [Builtin] {
    [
      Builtin(
        "affine", "x, w, b=None",
        "x @ w + b; x has a row for each example and is flattened but for its first axis.",
        type: "gate"
      ) { call, session throws(Failure) in
        var x = try call.tensor(0, session)
        if x.rank > 2 {
          let rows = x.shape[0]
          x = try session.reshape(x, [rows, rows == 0 ? 0 : x.shape.count / rows])
        }
        let product = try session.trace(Gates.matmul, [x, call.tensor(1, session)])
        guard call[2] != nil else { return Value(product) }
        return try session.apply(Gates.add, [product, call.tensor(2, session)])
      },
      alongAxis("softmax"), alongAxis("log_softmax"),
      Builtin(
        "dropout", "x, p=0.5, training=True",
        "Entries dropped with probability p, the others scaled by 1 / (1 - p).", type: "gate"
      ) { call, session throws(Failure) in
        try dropout(call, session)
      },
      Builtin(
        "layer_norm", "x, gamma=None, beta=None, eps=1e-5",
        "Each row made to mean 0 and variance 1, then scaled by gamma and shifted by beta.",
        type: "gate"
      ) { call, session throws(Failure) in
        let x = try call.tensor(0, session)
        guard x.rank > 0 else {
          throw Failure(.shape, "layer_norm() needs at least one axis, not a number")
        }
        let eps = try call.number(3, default: 1e-5)
        var (y, _, _) = try normalized(x, axes: [x.rank - 1], eps, session)
        if call[1] != nil { y = try session.trace(Gates.multiply, [y, call.tensor(1, session)]) }
        if call[2] != nil { y = try session.trace(Gates.add, [y, call.tensor(2, session)]) }
        return Value(y)
      },
      Builtin(
        "batch_norm",
        "x, gamma, beta, running_mean=None, running_var=None, training=True, momentum=0.9,"
          + " eps=1e-5",
        "Each feature made to mean 0 and variance 1 over the batch; running statistics are"
          + " updated in place, and used when not training.", type: "gate"
      ) { call, session throws(Failure) in
        try batchNorm(call, session)
      },
      Builtin("embedding", "ids, W", "The rows of W that ids name.", type: "gate") {
        call, session throws(Failure) in
        let (shape, ids) = try integerEntries(call, 0, session)
        let weights = try call.tensor(1, session)
        guard weights.rank >= 1 else {
          throw Failure(.shape, "embedding() needs a row of W for each id, not a number")
        }
        for id in ids where id < 0 || id >= weights.shape[0] {
          throw Failure(
            .index, "the id \(id) is out of range for \(weights.shape[0]) rows of W")
        }
        return Value(try session.pick(weights, [.integers(shape, ids)]))
      },
      Builtin(
        "attention", "q, k, v, mask=None",
        "softmax(q @ k.T / sqrt(d)) @ v; a mask is true where a key may be looked at.",
        type: "gate"
      ) { call, session throws(Failure) in
        try attention(call, session)
      },
    ]
  }

  private static func alongAxis(_ name: String) -> Builtin {
    let gate = Gates.row(name)
    return Builtin(name, "x, axis=-1", gate.summary, type: "gate") {
      call, session throws(Failure) in
      let x = try call.tensor(0, session)
      return try session.apply(
        gate, [x], .axis(session.axis(call.int(1, default: -1), of: x.shape)))
    }
  }

  private static func dropout(
    _ call: BoundArguments, _ session: Session
  ) throws(Failure) -> Value {
    let x = try call.tensor(0, session)
    let p = try call.number(1, default: 0.5)
    guard p >= 0, p < 1 else {
      throw Failure(
        .value, "dropout() needs a probability p from 0 to below 1, not \(Printing.number(p))")
    }
    guard try call.bool(2, default: true, session), p > 0 else { return Value(x) }
    let mask = session.random.uniform(x.shape).mapped { $0 < p ? 0 : 1 / (1 - p) }
    return try session.apply(Gates.multiply, [x, Traced(constant: mask)])
  }

  /// Entries less their mean over axes, divided by their deviation; with mean and variance.
  private static func normalized(
    _ x: Traced, axes: [Int], _ eps: Double, _ session: Session
  ) throws(Failure) -> (y: Traced, mean: Traced, variance: Traced) {
    let kept = Parameters.axes(axes, keepDimensions: true)
    let mean = try session.trace(Gates.mean, [x], kept)
    let centred = try session.trace(Gates.subtract, [x, mean])
    let variance = try session.trace(
      Gates.mean, [session.trace(Gates.square, [centred])], kept)
    return (try scaled(centred, variance, eps, session), mean, variance)
  }

  private static func scaled(
    _ x: Traced, _ variance: Traced, _ eps: Double, _ session: Session
  ) throws(Failure) -> Traced {
    let deviation = try session.trace(
      Gates.sqrt, [session.trace(Gates.add, [variance, .own(eps)])])
    return try session.trace(Gates.divide, [x, deviation])
  }

  private static func batchNorm(
    _ call: BoundArguments, _ session: Session
  ) throws(Failure) -> Value {
    let x = try call.tensor(0, session)
    guard x.rank == 2 || x.rank == 4 else {
      throw Failure(
        .shape, "batch_norm() needs (N, D) or (N, C, H, W), not shape \(x.shape)")
    }
    let axes = x.rank == 2 ? [0] : [0, 2, 3]
    let features = x.shape[1]
    /// A vector with an entry for each feature, so that it broadcasts against x.
    func spread(_ vector: Traced, _ name: String) throws(Failure) -> Traced {
      guard vector.shape == Shape(features) else {
        throw Failure(
          .shape,
          "batch_norm() needs \(name) of shape (\(features),) for x of shape \(x.shape),"
            + " not \(vector.shape)")
      }
      return try session.reshape(vector, x.rank == 2 ? [1, features] : [1, features, 1, 1])
    }
    let eps = try call.number(7, default: 1e-5)
    let y: Traced
    if try call.bool(5, default: true, session) {
      let (scaled, mean, variance) = try normalized(x, axes: axes, eps, session)
      let momentum = try call.number(6, default: 0.9)
      for (index, batch) in [(3, mean), (4, variance)] where call[index] != nil {
        _ = try spread(call.tensor(index, session), call.names[index])
        let running = try call.tensor(index, session).tensor.values
        let new = batch.tensor.values
        let updated = Tensor(
          shape: Shape(features),
          values: zip(running, new).map { momentum * $0 + (1 - momentum) * $1 })
        try session.overwrite(call.value(index), with: updated, function: "batch_norm")
      }
      y = scaled
    } else {
      guard call[3] != nil, call[4] != nil else {
        throw Failure(
          .value, "batch_norm() needs running_mean and running_var when training is False")
      }
      let mean = try spread(call.tensor(3, session), "running_mean")
      let variance = try spread(call.tensor(4, session), "running_var")
      y = try scaled(session.trace(Gates.subtract, [x, mean]), variance, eps, session)
    }
    let gamma = try spread(call.tensor(1, session), "gamma")
    let beta = try spread(call.tensor(2, session), "beta")
    return try session.apply(Gates.add, [session.trace(Gates.multiply, [y, gamma]), beta])
  }

  private static func attention(
    _ call: BoundArguments, _ session: Session
  ) throws(Failure) -> Value {
    let q = try call.tensor(0, session)
    let k = try call.tensor(1, session)
    let v = try call.tensor(2, session)
    for x in [q, k, v] where x.rank < 2 {
      throw Failure(.shape, "attention() needs matrices, not a tensor of shape \(x.shape)")
    }
    var order = Array(0..<k.rank)
    order.swapAt(k.rank - 1, k.rank - 2)
    var scores = try session.trace(Gates.matmul, [q, session.permute(k, order)])
    let width = Double(q.shape[q.rank - 1]).squareRoot()
    scores = try session.trace(Gates.divide, [scores, .own(width)])
    if call[3] != nil {
      let mask = try call.tensor(3, session)
      scores =
        mask.tensor.isMask
        ? try session.trace(Gates.choose, [mask, scores, .own(-.infinity)])
        : try session.trace(Gates.add, [scores, mask])
    }
    let shares = try session.trace(Gates.row("softmax"), [scores], .axis(scores.rank - 1))
    return try session.apply(Gates.matmul, [shares, v])
  }
}

extension Session {
  /// Writes new entries into the tensor or param that a value is, for functions that work in place.
  ///
  /// What was recorded keeps the old entries; the value is a leaf of its own from now on.
  func overwrite(_ value: Value, with tensor: Tensor, function: String) throws(Failure) {
    switch value {
    case .tensor(let object):
      object.tensor = tensor
      object.node = tape.pointee.leaf(tensor)
    case .param(let param):
      param.tensor = tensor
      param.node = tape.pointee.leaf(tensor, isParam: true)
    default:
      throw Failure(
        .type, "\(function)() works in place, on a tensor with axes, not on \(value.described)")
    }
  }
}
