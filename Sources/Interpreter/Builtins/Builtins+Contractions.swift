import Autodiff

extension Builtins {
  /// Sums of products by named axes.
  static func contractions() -> [Builtin] {
    [
      Builtin(
        "einsum", "subscripts, *xs, optimize=False",
        "Sum of products by axes' letters: 'ij,jk->ik' is a matrix product.", type: "gate"
      ) { call, session throws(Failure) in
        var operands: [Traced] = []
        for value in call.rest {
          operands.append(try array(value, function: "einsum", session))
        }
        var contraction = try Contraction(call.string(0), operands)
        return Value(try contraction.result(session))
      }
    ]
  }
}

/// An `einsum`: operands with a label for each axis, and the labels of the result.
struct Contraction {
  /// A letter, or for `...` a number counted from the last axis.
  private typealias Label = Int

  private var parts: [(x: Traced, labels: [Label])] = []
  private var output: [Label] = []
  private var lengths: [Label: Int] = [:]
  private let text: String

  init(_ text: String, _ operands: [Traced]) throws(Failure) {
    self.text = text
    let bare = text.unicodeScalars.filter { $0 != " " }
    let halves = Contraction.split(Array(bare), by: ["-", ">"])
    guard halves.count <= 2, let inputs = halves.first else {
      throw Failure(.value, "einsum() needs at most one -> in '\(text)'")
    }
    let terms = Contraction.split(inputs, by: [","])
    guard terms.count == operands.count else {
      throw Failure(
        .value, "'\(text)' names \(terms.count) operands, and there are \(operands.count)")
    }
    var widest = 0
    for (term, x) in zip(terms, operands) {
      let labels = try labels(term, rank: x.rank)
      widest = max(widest, labels.filter { $0 < 0 }.count)
      parts.append((x, labels))
      for (axis, label) in labels.enumerated() {
        let length = x.shape[axis]
        let known = lengths[label] ?? 1
        guard known == 1 || length == 1 || known == length else {
          throw Failure(
            .shape, "the axis \(name(label)) of '\(text)' has length \(known) and \(length)")
        }
        lengths[label] = max(known, length == 1 ? known : length)
        if length == 0 { lengths[label] = 0 }
      }
    }
    let ellipsis = Array((-widest..<0))
    if halves.count == 2 {
      output = try labels(halves[1], rank: nil, ellipsis: ellipsis)
      for label in output where lengths[label] == nil {
        throw Failure(.value, "'\(text)' names the axis \(name(label)) only after the ->")
      }
      guard Set(output).count == output.count else {
        throw Failure(.value, "'\(text)' names an axis twice after the ->")
      }
    } else {
      // Letters that stand once, in the order of the alphabet.
      var counts: [Label: Int] = [:]
      for part in parts { for label in part.labels { counts[label, default: 0] += 1 } }
      output = ellipsis + counts.filter { $0.key >= 0 && $0.value == 1 }.keys.sorted()
    }
  }

  private func name(_ label: Label) -> String {
    Unicode.Scalar(UInt32(clamping: label)).map { label < 0 ? "..." : String(Character($0)) }
      ?? "..."
  }

  private static func split(
    _ scalars: [Unicode.Scalar], by separator: [Unicode.Scalar]
  ) -> [[Unicode.Scalar]] {
    var parts: [[Unicode.Scalar]] = [[]]
    var index = 0
    while index < scalars.count {
      if scalars[index...].starts(with: separator) {
        parts.append([])
        index += separator.count
      } else {
        parts[parts.count - 1].append(scalars[index])
        index += 1
      }
    }
    return parts
  }

  /// The labels of a term; `rank` is nil for the result, whose `...` is given.
  private func labels(
    _ term: [Unicode.Scalar], rank: Int?, ellipsis: [Label] = []
  ) throws(Failure) -> [Label] {
    var labels: [Label] = []
    let sides = Contraction.split(term, by: [".", ".", "."])
    guard sides.count <= 2 else { throw Failure(.value, "'\(text)' has two ... in one operand") }
    let letters = sides.reduce(0) { $0 + $1.count }
    for (index, side) in sides.enumerated() {
      if index == 1 {
        let hidden = (rank ?? 0) - letters
        labels += rank == nil ? ellipsis : Array(-max(hidden, 0)..<0)
      }
      for scalar in side {
        guard scalar.properties.isAlphabetic else {
          throw Failure(.value, "'\(text)': axes are named by letters, not \(scalar)")
        }
        labels.append(Label(scalar.value))
      }
    }
    if let rank, labels.count != rank {
      let part = term.map { String(Character($0)) }.joined()
      throw Failure(
        .shape, "'\(part)' of '\(text)' names \(letters) axes, and its tensor has \(rank)")
    }
    return labels
  }

  /// The contraction, operand by operand.
  mutating func result(_ session: Session) throws(Failure) -> Traced {
    for index in parts.indices { try tidy(index, session) }
    var (x, labels) = parts[0]
    for index in parts.indices.dropFirst() {
      let later = Set(output).union(parts[(index + 1)...].flatMap(\.labels))
      (x, labels) = try product((x, labels), parts[index], keeping: later, session)
    }
    let order = output.filter { labels.contains($0) }
    x = try session.permute(x, order.compactMap { labels.firstIndex(of: $0) })
    // Axes that had length 1 wherever they stood were dropped.
    let shape = try session.shape(of: output.map { lengths[$0] ?? 1 })
    let open = output.map { order.contains($0) ? lengths[$0] ?? 1 : 1 }
    return try session.broadcast(session.reshape(x, open), to: shape)
  }

  /// Takes diagonals of repeated labels, drops axes of length 1 and sums what nobody else names.
  private mutating func tidy(_ index: Int, _ session: Session) throws(Failure) {
    var (x, labels) = parts[index]
    let strides = x.shape.strides
    var kept: [Label] = []
    var steps: [Int] = []
    for (axis, label) in labels.enumerated() where x.shape[axis] != 1 {
      if let place = kept.firstIndex(of: label) {
        steps[place] += strides[axis]
      } else {
        kept.append(label)
        steps.append(strides[axis])
      }
    }
    if kept.count == labels.count(where: { lengths[$0] != 1 }) {
      x = try session.reshape(x, kept.map { lengths[$0] ?? 1 })
    } else {
      let shape = Shape(kept.map { lengths[$0] ?? 1 })
      x = try session.pick(
        x, Selection(source: x.shape, result: shape, places: .strided(start: 0, steps: steps)))
    }
    labels = kept
    var others = Set(output)
    for (place, part) in parts.enumerated() where place != index { others.formUnion(part.labels) }
    let alone = labels.indices.filter { !others.contains(labels[$0]) }
    if !alone.isEmpty {
      x = try session.sum(x, axes: alone)
      labels = labels.filter { others.contains($0) }
    }
    parts[index] = (x, labels)
  }

  /// Two operands as one: axes that both have and nobody needs later are summed over.
  private func product(
    _ a: (x: Traced, labels: [Label]), _ b: (x: Traced, labels: [Label]), keeping later: Set<Label>,
    _ session: Session
  ) throws(Failure) -> (Traced, [Label]) {
    let both = a.labels.filter { b.labels.contains($0) }
    let summed = both.filter { !later.contains($0) }
    let batch = both.filter { later.contains($0) }
    let rows = a.labels.filter { !both.contains($0) }
    let columns = b.labels.filter { !both.contains($0) }
    func size(_ labels: [Label]) -> Int { labels.reduce(1) { $0 * (lengths[$1] ?? 1) } }
    func arranged(
      _ part: (x: Traced, labels: [Label]), _ groups: [[Label]], _ shape: [Int]
    ) throws(Failure) -> Traced {
      let order = groups.joined().compactMap { part.labels.firstIndex(of: $0) }
      return try session.reshape(session.permute(part.x, order), shape)
    }
    let stacks = size(batch)
    let m = size(rows)
    let n = size(columns)
    let k = size(summed)
    let left = try arranged(a, [batch, rows, summed], [stacks, m, k])
    let product: Traced
    if summed.isEmpty {
      let right = try arranged(b, [batch, columns, summed], [stacks, 1, n])
      product = try session.trace(Gates.multiply, [left, right])
    } else {
      let right = try arranged(b, [batch, summed, columns], [stacks, k, n])
      product = try session.trace(Gates.matmul, [left, right])
    }
    let labels = batch + rows + columns
    return (try session.reshape(product, labels.map { lengths[$0] ?? 1 }), labels)
  }
}
