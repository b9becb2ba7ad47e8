/// A tensor seen in a larger shape that it broadcasts to, block by block of the flat result.
struct BroadcastView {
  /// Axes from the innermost: length, and the tensor's step along it.
  private var axes: [(length: Int, step: Int)] = []

  init(_ source: Shape, in shape: Shape) {
    var stride = 1
    for back in 1...max(shape.rank, 1) where back <= shape.rank {
      let length = shape[shape.rank - back]
      let own = back <= source.rank ? source[source.rank - back] : 1
      let step = own == 1 ? 0 : stride
      stride *= own
      if length == 1 { continue }
      if let last = axes.last, step == last.step * last.length {
        axes[axes.count - 1].length *= length
      } else {
        axes.append((length, step))
      }
    }
    if axes.isEmpty { axes = [(1, 0)] }
  }

  /// Writes the entries from a flat offset of the larger shape on.
  func load(
    _ source: UnsafePointer<Double>, from offset: Int, count: Int,
    into out: UnsafeMutablePointer<Double>
  ) {
    let inner = axes[0]
    var written = 0
    while written < count {
      // The place of the next entry, axis by axis; a run goes to the end of the innermost.
      var rest = offset + written
      let within = rest % inner.length
      var start = within * inner.step
      rest /= inner.length
      for axis in axes.dropFirst() {
        start += rest % axis.length * axis.step
        rest /= axis.length
      }
      let run = min(inner.length - within, count - written)
      if inner.step == 0 {
        (out + written).update(repeating: source[start], count: run)
      } else {
        // The innermost axis that moves is contiguous in a row-major tensor.
        (out + written).update(from: source + start, count: run)
      }
      written += run
    }
  }
}
