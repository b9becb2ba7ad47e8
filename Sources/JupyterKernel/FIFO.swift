/// Elements in their order of arrival.
struct FIFO<Element> {
  private var elements: [Element] = []
  /// How many of the elements were taken; they are removed many at a time.
  private var taken = 0

  var count: Int { elements.count - taken }
  var isEmpty: Bool { count == 0 }

  /// The oldest, which stays.
  var first: Element? { taken < elements.count ? elements[taken] : nil }

  mutating func append(_ element: Element) { elements.append(element) }

  /// Takes the oldest.
  mutating func popFirst() -> Element? {
    guard taken < elements.count else { return nil }
    let element = elements[taken]
    taken += 1
    if taken == elements.count || taken >= 256 {
      elements.removeFirst(taken)
      taken = 0
    }
    return element
  }
}
