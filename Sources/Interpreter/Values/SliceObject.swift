import Autodiff

/// A slice `start:stop:step` as it stands in an index.
final class SliceObject: Object {
  let start: Int?
  let stop: Int?
  let step: Int

  init(start: Int?, stop: Int?, step: Int) {
    self.start = start
    self.stop = stop
    self.step = step
  }

  /// Whether it takes all of an axis, as `:` does.
  var isWhole: Bool { start == nil && stop == nil && step == 1 }

  override var typeName: String { "slice" }
  override func repr(_ session: Session) throws(Failure) -> String {
    func text(_ part: Int?) -> String { part.map(String.init) ?? "None" }
    return "slice(\(text(start)), \(text(stop)), \(step))"
  }

  private func range(_ count: Int) throws(Failure) -> (start: Int, count: Int) {
    do throws(GateError) {
      return try Selection.range(start, stop, step, length: count)
    } catch { throw Failure(error) }
  }

  /// The places that the slice picks of `count` items.
  func places(_ count: Int) throws(Failure) -> [Int] {
    let range = try range(count)
    return (0..<range.count).map { range.start + $0 * step }
  }

  func pick(from items: [Value]) throws(Failure) -> [Value] {
    try places(items.count).map { items[$0] }
  }

  func replace(in items: inout [Value], with values: [Value]) throws(Failure) {
    if step == 1 {
      let range = try range(items.count)
      items.replaceSubrange(range.start..<range.start + range.count, with: values)
      return
    }
    let places = try places(items.count)
    guard places.count == values.count else {
      throw Failure(.value, "\(values.count) values for a slice of \(places.count) places")
    }
    for (place, value) in zip(places, values) { items[place] = value }
  }
}

/// `...` in an index.
final class EllipsisObject: Object {
  override var typeName: String { "ellipsis" }
  override func repr(_ session: Session) throws(Failure) -> String { "..." }
}
