import Autodiff

extension Builtins {
  /// Losses: means over the examples.
  static func losses() -> [Builtin] {
    [
      Builtin(
        "cross_entropy", "scores, labels",
        "The mean of -log softmax(scores)[label]; labels are places, or rows of probabilities.",
        type: "gate"
      ) { call, session throws(Failure) in
        let scores = try call.tensor(0, session)
        let targets = try array(call.value(1), function: "cross_entropy", session)
        // Rows of probabilities, unless they are one place each.
        if targets.rank == 2, targets.shape == scores.shape, scores.shape[1] > 1 {
          let logs = try session.trace(Gates.row("log_softmax"), [scores], .axis(1))
          let parts = try session.trace(Gates.multiply, [targets, logs])
          let rows = try session.sum(parts, axes: [1])
          let mean = try session.trace(Gates.mean, [rows], .axes(nil, keepDimensions: false))
          return try session.apply(Gates.negative, [mean])
        }
        let (_, labels) = try integerEntries(call, 1, session)
        return try session.apply(Gates.row("cross_entropy"), [scores], .labels(labels))
      },
      Builtin(
        "svm_loss", "scores, labels, delta=1",
        "The mean of the margins by which other scores come within delta of the label's.",
        type: "gate"
      ) { call, session throws(Failure) in
        let (_, labels) = try integerEntries(call, 1, session)
        let delta = try call[2] == nil ? .own(1) : call.tensor(2, session)
        return try session.apply(
          Gates.row("svm_loss"), [call.tensor(0, session), delta], .labels(labels))
      },
      Builtin("mse", "a, b", "The mean of squared differences.", type: "gate") {
        call, session throws(Failure) in
        try session.apply(Gates.row("mse"), [call.tensor(0, session), call.tensor(1, session)])
      },
      Builtin("l2", "W", "The sum of squares.", type: "gate") { call, session throws(Failure) in
        try session.apply(Gates.row("l2"), [call.tensor(0, session)])
      },
    ]
  }
}
