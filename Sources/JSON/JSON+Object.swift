extension JSON {
  /// Members in the order in which they came; a repeated key keeps its first place and its last value.
  ///
  /// Keys are told apart by their bytes, as RFC 8259 says, not by Unicode equivalence. Most objects
  /// are small, so they are searched from end to end; a large one gets an index.
  public struct Object: Sendable {
    /// From this many members on there is an index.
    private static let indexedCount = 16

    private var members: [(key: String, value: JSON)] = []
    /// Where the first key of each class of equivalent strings stands, in a large object.
    private var places: [String: Int] = [:]

    public init() {}

    public init(_ elements: some Sequence<(String, JSON)>) {
      for (key, value) in elements { self[key] = value }
    }

    public var count: Int { members.count }
    public var isEmpty: Bool { members.isEmpty }

    /// The keys, in order.
    public var keys: [String] { members.map(\.key) }

    /// The members as pairs, in order.
    public var pairs: [(key: String, value: JSON)] { members }

    /// The member of that name; setting nil removes it.
    public subscript(key: String) -> JSON? {
      get { place(of: key).map { members[$0].value } }
      set {
        guard let newValue else { return remove(key) }
        if let place = place(of: key) {
          members[place].value = newValue
        } else {
          append(key, newValue)
        }
      }
    }

    mutating func reserve(_ count: Int) { members.reserveCapacity(count) }

    private mutating func append(_ key: String, _ value: JSON) {
      members.append((key, value))
      if members.count == Self.indexedCount {
        reindex()
      } else if members.count > Self.indexedCount, places[key] == nil {
        places[key] = members.count - 1
      }
    }

    private mutating func remove(_ key: String) {
      guard let place = place(of: key) else { return }
      members.remove(at: place)
      places = [:]
      if members.count >= Self.indexedCount { reindex() }
    }

    private mutating func reindex() {
      for (place, member) in members.enumerated() where places[member.key] == nil {
        places[member.key] = place
      }
    }

    private func place(of key: String) -> Int? {
      if members.count >= Self.indexedCount {
        guard let place = places[key] else { return nil }
        if Self.sameBytes(members[place].key, key) { return place }
      }
      return members.firstIndex { Self.sameBytes($0.key, key) }
    }

    private static func sameBytes(_ left: String, _ right: String) -> Bool {
      left.utf8.count == right.utf8.count && left.utf8.elementsEqual(right.utf8)
    }
  }
}

extension JSON.Object: Hashable {
  public static func == (left: Self, right: Self) -> Bool {
    left.count == right.count
      && zip(left.members, right.members).allSatisfy {
        sameBytes($0.key, $1.key) && $0.value == $1.value
      }
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(count)
    for member in members {
      hasher.combine(member.key)
      hasher.combine(member.value)
    }
  }
}

extension JSON.Object: ExpressibleByDictionaryLiteral {
  public init(dictionaryLiteral elements: (String, JSON)...) { self.init(elements) }
}
