import Autodiff

// Gates applied from Swift, as the built-ins that are made of several compose them.

extension Session {
  /// Applies a gate and keeps the result's place on the tape.
  func trace(
    _ gate: Gate, _ operands: [Traced], _ parameters: Autodiff.Parameters = .none
  ) throws(Failure) -> Traced {
    do throws(GateError) {
      return try tape.pointee.apply(gate, operands, parameters)
    } catch {
      throw Failure(error)
    }
  }

  func trace(_ name: String, _ operands: Traced...) throws(Failure) -> Traced {
    try trace(Gates.row(name), operands)
  }

  func reshape(_ x: Traced, _ shape: Shape) throws(Failure) -> Traced {
    x.shape == shape ? x : try trace(Gates.reshape, [x], .shape(shape))
  }

  func reshape(_ x: Traced, _ lengths: [Int]) throws(Failure) -> Traced {
    try reshape(x, try shape(of: lengths))
  }

  /// Axis `i` of the result is axis `order[i]`.
  func permute(_ x: Traced, _ order: [Int]) throws(Failure) -> Traced {
    if order == Array(0..<x.shape.rank) { return x }
    return try trace(Gates.transpose, [x], .permutation(order))
  }

  func broadcast(_ x: Traced, to shape: Shape) throws(Failure) -> Traced {
    x.shape == shape ? x : try trace(Gates.broadcastTo, [x], .shape(shape))
  }

  func pick(_ x: Traced, _ selection: Selection) throws(Failure) -> Traced {
    try trace(Gates.take, [x], .selection(selection))
  }

  /// The entries that an index expression picks.
  func pick(_ x: Traced, _ items: [IndexItem]) throws(Failure) -> Traced {
    let selection: Selection
    do throws(GateError) {
      selection = try Selection(items, of: x.shape)
    } catch { throw Failure(error) }
    return try pick(x, selection)
  }

  /// Entries along one axis by place; places may repeat.
  func pick(_ x: Traced, _ places: [Int], axis: Int) throws(Failure) -> Traced {
    var items = [IndexItem](repeating: .whole, count: axis)
    items.append(.integers(Shape(places.count), places))
    return try pick(x, items)
  }

  /// A part of one axis.
  func slice(_ x: Traced, _ range: Range<Int>, axis: Int) throws(Failure) -> Traced {
    var items = [IndexItem](repeating: .whole, count: axis)
    items.append(.slice(start: range.lowerBound, stop: range.upperBound, step: 1))
    return try pick(x, items)
  }

  func sum(_ x: Traced, axes: [Int]?, keepDimensions: Bool = false) throws(Failure) -> Traced {
    try trace(Gates.sum, [x], .axes(axes, keepDimensions: keepDimensions))
  }

  func concatenate(_ parts: [Traced], axis: Int) throws(Failure) -> Traced {
    parts.count == 1 ? parts[0] : try trace(Gates.concatenate, parts, .axis(axis))
  }

  func stack(_ parts: [Traced], axis: Int) throws(Failure) -> Traced {
    try trace(Gates.stack, parts, .axis(axis))
  }

  /// An axis counted from either end, as `0 ..< rank`.
  func axis(_ axis: Int, of shape: Shape) throws(Failure) -> Int {
    do throws(GateError) { return try shape.resolved(axis: axis) } catch { throw Failure(error) }
  }

  /// A sequence of tensors: a list or tuple of them, or the rows of one tensor.
  func tensors(_ value: Value, what: String) throws(Failure) -> [Traced] {
    var parts: [Traced] = []
    for item in try items(of: value) {
      guard let part = try tensor(item) else {
        throw Failure(.type, "\(what) must be tensors, not \(item.described)")
      }
      parts.append(part)
    }
    guard !parts.isEmpty else { throw Failure(.value, "\(what) must be at least one tensor") }
    return parts
  }
}

extension IndexItem {
  /// A whole axis.
  static var whole: IndexItem { .slice(start: nil, stop: nil, step: 1) }
}

extension Traced {
  /// A number of a built-in's own, which leaves literals beside it fresh.
  static func own(_ number: Double) -> Traced { Traced(Tensor(number), .fresh) }

  var rank: Int { shape.rank }

  /// The same entries without history.
  var detached: Traced { Traced(constant: tensor) }
}

extension Tensor {
  /// The same entries as numbers, or as a mask.
  func marked(asMask isMask: Bool) -> Tensor {
    var copy = self
    copy.isMask = isMask
    return copy
  }

  /// Each entry by a function of it; nothing is recorded.
  func mapped(isMask: Bool = false, _ body: (Double) -> Double) -> Tensor {
    withEntries { source in
      Tensor(shape: shape, isMask: isMask) { entries in
        for index in source.indices { entries[index] = body(source[index]) }
      }
    }
  }
}
