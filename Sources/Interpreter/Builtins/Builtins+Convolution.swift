import Autodiff

extension Builtins {
  /// Layers that move windows over images.
  static func convolutions() -> [Builtin] {
    [
      Builtin(
        "conv2d", "x, w, b=None, stride=1, pad=0",
        "Images (N, C, H, W) cross-correlated with kernels (F, C, KH, KW), plus a bias (F,);"
          + " stride and pad are numbers or pairs (rows, columns).", type: "gate"
      ) { call, session throws(Failure) in
        let moves = Convolution(
          stride: try call.pair(3, session) ?? .init(1, 1),
          pad: try call.pair(4, session) ?? .init(0, 0))
        var operands = [try call.tensor(0, session), try call.tensor(1, session)]
        if call[2] != nil { operands.append(try call.tensor(2, session)) }
        return try session.apply(Gates.row("conv2d"), operands, .other(moves))
      },
      pool("max_pool2d", "The largest entry of each window of images (N, C, H, W)"),
      pool("avg_pool2d", "The mean of each window of images (N, C, H, W)"),
    ]
  }

  private static func pool(_ name: String, _ summary: String) -> Builtin {
    let gate = Gates.row(name)
    return Builtin(
      name, "x, size, stride=None",
      "\(summary); size and stride are numbers or pairs (rows, columns), stride is size by default.",
      type: "gate"
    ) { call, session throws(Failure) in
      guard let size = try call.pair(1, session) else {
        throw Failure(.type, "\(name)() needs a size of the window, not None")
      }
      let moves = Convolution(stride: try call.pair(2, session) ?? size, size: size)
      return try session.apply(gate, [call.tensor(0, session)], .other(moves))
    }
  }
}

extension BoundArguments {
  /// A number for rows and columns, or one for each; nil where none was given.
  fileprivate func pair(_ index: Int, _ session: Session) throws(Failure) -> Convolution.Pair? {
    guard self[index] != nil else { return nil }
    let numbers = try integers(index, session)
    guard numbers.count == 1 || numbers.count == 2 else {
      throw Failure(
        .value,
        "\(function)() needs a number or a pair for \(names[index]), not \(numbers.count) numbers")
    }
    return Convolution.Pair(numbers[0], numbers[numbers.count - 1])
  }
}
