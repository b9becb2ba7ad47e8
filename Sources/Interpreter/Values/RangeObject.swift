import Autodiff

/// The integers from `start` to before `stop`, by `step`.
final class RangeObject: Object {
  let start: Int
  let stop: Int
  let step: Int
  /// How many integers there are.
  let count: Int

  /// `step` must not be 0.
  init(start: Int, stop: Int, step: Int) {
    self.start = start
    self.stop = stop
    self.step = step
    count = RangeObject.count(start, stop, step)
  }

  private static func count(_ start: Int, _ stop: Int, _ step: Int) -> Int {
    if step > 0 ? start >= stop : start <= stop { return 0 }
    // As unsigned numbers, so that the widest ranges do not overflow.
    let width =
      step > 0
      ? UInt(bitPattern: stop) &- UInt(bitPattern: start)
      : UInt(bitPattern: start) &- UInt(bitPattern: stop)
    let steps = (width - 1) / step.magnitude
    return Int(min(steps, UInt(Int.max) - 1)) + 1
  }

  subscript(index: Int) -> Int { start &+ index &* step }

  override var typeName: String { "range" }
  override var described: String { "a range of \(count)" }
  override func truth(_ session: Session) throws(Failure) -> Bool { count > 0 }
  override func length(_ session: Session) throws(Failure) -> Int? { count }

  override func repr(_ session: Session) throws(Failure) -> String {
    step == 1 ? "range(\(start), \(stop))" : "range(\(start), \(stop), \(step))"
  }

  override func iterator(_ session: Session) throws(Failure) -> ValueIterator {
    var index = 0
    return FedIterator { [self] _ throws(Failure) -> Value? in
      guard index < count else { return nil }
      index += 1
      return .int(self[index - 1])
    }
  }

  override func item(_ index: Value, _ session: Session) throws(Failure) -> Value {
    if let slice = index.object(SliceObject.self) {
      let picked: (start: Int, count: Int)
      do throws(GateError) {
        picked = try Selection.range(slice.start, slice.stop, slice.step, length: count)
      } catch { throw Failure(error) }
      let first = self[picked.start]
      let step = step &* slice.step
      return .object(
        RangeObject(start: first, stop: first &+ picked.count &* step, step: step))
    }
    return .int(self[try session.place(index, in: count, of: self)])
  }

  override func contains(_ value: Value, _ session: Session) throws(Failure) -> Bool {
    guard let number = value.traced?.tensor.item, let int = Int(exactly: number), count > 0 else {
      return false
    }
    let last = self[count - 1]
    guard int >= min(start, last), int <= max(start, last) else { return false }
    return (int &- start) % step == 0
  }

  override func isEqual(to other: Value, _ session: Session) throws(Failure) -> Bool? {
    guard let other = other.object(RangeObject.self), count == other.count else { return false }
    if count == 0 { return true }
    return start == other.start && (count == 1 || step == other.step)
  }

  override var attributeNames: [String] { ["start", "stop", "step"] }
  override func attribute(_ name: String, _ session: Session) throws(Failure) -> Value? {
    switch name {
    case "start": .int(start)
    case "stop": .int(stop)
    case "step": .int(step)
    default: nil
    }
  }

  override func asTensor(_ session: Session) throws(Failure) -> Traced? {
    let shape = try session.shape(of: [count])
    return Traced(
      constant: Tensor(shape: shape) { entries in
        for index in entries.indices { entries[index] = Double(self[index]) }
      })
  }
}
