import Syntax

/// What the top level of a cell assigned, in order: the rows of its table.
struct AssignmentLog {
  /// Slots in the order of their first assignment in the cell.
  private(set) var order: [Int] = []
  /// By slot, the latest right side; its place in `order` is fixed.
  private var places: [Place?] = []
  /// The cell's text and those that its magics ran.
  private var sources: [Source] = []
  /// The text that runs.
  private var current = 0

  private struct Place {
    var source: Int
    var span: Span
  }

  mutating func reset(_ source: Source, slotCount: Int) {
    order.removeAll(keepingCapacity: true)
    places = [Place?](repeating: nil, count: slotCount)
    sources = [source]
    current = 0
  }

  /// Goes over to another text, which may name more slots; returns what to go back to.
  mutating func enter(_ source: Source, slotCount: Int) -> Int {
    if slotCount > places.count {
      places += [Place?](repeating: nil, count: slotCount - places.count)
    }
    sources.append(source)
    defer { current = sources.count - 1 }
    return current
  }

  mutating func leave(to earlier: Int) { current = earlier }

  @inline(__always)
  mutating func note(_ slot: Int, _ span: Span) {
    guard slot < places.count else { return }
    if places[slot] == nil { order.append(slot) }
    places[slot] = Place(source: current, span: span)
  }

  /// Whether the cell assigned the slot.
  func contains(_ slot: Int) -> Bool { slot < places.count && places[slot] != nil }

  /// The latest right side of a slot that the cell assigned, on one line.
  func text(_ slot: Int) -> String? {
    guard slot < places.count, let place = places[slot] else { return nil }
    return sources[place.source].text(place.span).oneLine
  }
}
