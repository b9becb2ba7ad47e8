// Elementwise gates over tensors: NumPy's broadcasting, undone for gradients by `summed(to:)`.

extension Gate.Unary {
  /// Applies the gate to every entry.
  func map(_ x: Tensor) -> Tensor {
    x.withEntries { source in
      Tensor(shape: x.shape, isMask: isMask) { entries in
        guard let source = source.baseAddress, let out = entries.baseAddress else { return }
        let loop = EntryLoop(a: source, b: source, out: out)
        Workers.forEach(entries.count, cost: kernel == nil ? 20 : 4) { range in
          if let kernel {
            kernel(loop.a + range.lowerBound, loop.out + range.lowerBound, range.count)
          } else {
            for index in range { loop.out[index] = scalar(loop.a[index]) }
          }
        }
      }
    }
  }
}

/// What the threads of one elementwise loop share.
private struct EntryLoop: @unchecked Sendable {
  // Sendable: threads write disjoint ranges of the result, and its owner waits for them.
  let a: UnsafePointer<Double>
  let b: UnsafePointer<Double>
  let out: UnsafeMutablePointer<Double>
}

extension Gate.Binary {
  /// Applies the gate to every pair; throws when the shapes do not broadcast.
  ///
  /// `phrase` says what is asked of `{0}` and `{1}`.
  func map(_ x: Tensor, _ y: Tensor, phrase: String) throws(GateError) -> Tensor {
    guard let shape = x.shape.broadcast(with: y.shape) else {
      throw .broadcast(phrase, x.shape, y.shape)
    }
    guard shape.fitsMemory else { throw .tooLarge(shape) }
    let isEven = x.shape == y.shape || x.isScalar || y.isScalar
    let walk =
      isEven
      ? BroadcastWalk(count: shape.count, stepA: x.isScalar ? 0 : 1, stepB: y.isScalar ? 0 : 1)
      : BroadcastWalk(shape, x.shape, y.shape)
    return x.withEntries { a in
      y.withEntries { b in
        Tensor(shape: shape, isMask: isMask) { entries in
          guard let a = a.baseAddress, let b = b.baseAddress, let out = entries.baseAddress,
            !entries.isEmpty
          else { return }
          map(EntryLoop(a: a, b: b, out: out), walk)
        }
      }
    }
  }

  private func map(_ loop: EntryLoop, _ walk: BroadcastWalk) {
    let cost = kernel == nil ? 20 : 1
    if walk.isOneRow {
      Workers.forEach(walk.rowLength, cost: cost) { range in
        row(
          loop.a + range.lowerBound * walk.stepA, walk.stepA,
          loop.b + range.lowerBound * walk.stepB, walk.stepB, loop.out + range.lowerBound,
          range.count)
      }
      return
    }
    walk.forEachRow { offset, i, j in
      row(loop.a + i, walk.stepA, loop.b + j, walk.stepB, loop.out + offset, walk.rowLength)
    }
  }

  @inline(__always)
  private func row(
    _ a: UnsafePointer<Double>, _ stepA: Int, _ b: UnsafePointer<Double>, _ stepB: Int,
    _ out: UnsafeMutablePointer<Double>, _ count: Int
  ) {
    if let kernel {
      kernel(a, stepA, b, stepB, out, count)
    } else {
      for k in 0..<count { out[k] = scalar(a[k * stepA], b[k * stepB]) }
    }
  }
}

/// How two operands walk over their broadcast result: rows of the innermost axes that both step
/// through evenly.
struct BroadcastWalk: Sendable {
  private(set) var rowLength = 1
  private(set) var stepA = 0
  private(set) var stepB = 0
  /// The outer axes: length and the operands' steps.
  private var outer: [(length: Int, a: Int, b: Int)] = []

  /// One row, of operands that both go through it or stand still.
  init(count: Int, stepA: Int, stepB: Int) {
    rowLength = count
    self.stepA = stepA
    self.stepB = stepB
  }

  init(_ shape: Shape, _ a: Shape, _ b: Shape) {
    // Axes from the innermost, merged where both operands step through them as through one.
    var axes: [(length: Int, a: Int, b: Int)] = []
    var strideA = 1
    var strideB = 1
    for back in 1...max(shape.rank, 1) where back <= shape.rank {
      let length = shape[shape.rank - back]
      let lengthA = back <= a.rank ? a[a.rank - back] : 1
      let lengthB = back <= b.rank ? b[b.rank - back] : 1
      let stepA = lengthA == 1 ? 0 : strideA
      let stepB = lengthB == 1 ? 0 : strideB
      strideA *= lengthA
      strideB *= lengthB
      if length == 1 { continue }
      if let last = axes.last, stepA == last.a * last.length, stepB == last.b * last.length {
        axes[axes.count - 1].length *= length
      } else {
        axes.append((length, stepA, stepB))
      }
    }
    if let inner = axes.first {
      rowLength = inner.length
      stepA = inner.a
      stepB = inner.b
      outer = Array(axes.dropFirst().reversed())
    }
  }

  /// Whether both operands are walked in one go.
  var isOneRow: Bool { outer.isEmpty }

  /// Calls `body` with the result's offset and the operands' offsets at the start of each row;
  /// stops early when the running cell is interrupted.
  func forEachRow(_ body: (_ offset: Int, _ a: Int, _ b: Int) -> Void) {
    if outer.isEmpty { return body(0, 0, 0) }
    let rows = outer.reduce(1) { $0 * $1.length }
    var counters = [Int](repeating: 0, count: outer.count)
    var a = 0
    var b = 0
    let look = max((1 << 16) / max(rowLength, 1), 1)
    for row in 0..<rows {
      if row % look == 0, Interruption.isCurrentRequested { return }
      body(row * rowLength, a, b)
      var axis = outer.count - 1
      while axis >= 0 {
        counters[axis] += 1
        a += outer[axis].a
        b += outer[axis].b
        if counters[axis] < outer[axis].length { break }
        a -= outer[axis].a * outer[axis].length
        b -= outer[axis].b * outer[axis].length
        counters[axis] = 0
        axis -= 1
      }
    }
  }
}

extension Tensor {
  /// The tensor repeated along the axes in which the shape is larger.
  func broadcast(to target: Shape) -> Tensor {
    if shape == target { return self }
    if isScalar { return Tensor(repeating: number, shape: target, isMask: isMask) }
    let walk = BroadcastWalk(target, shape, shape)
    return withEntries { source in
      Tensor(shape: target, isMask: isMask) { entries in
        guard !entries.isEmpty else { return }
        walk.forEachRow { offset, i, _ in
          for k in 0..<walk.rowLength { entries[offset + k] = source[i + k * walk.stepA] }
        }
      }
    }
  }
}
