extension JSON {
  /// A text that was checked once and is read in place, so that a change leaves all other bytes as they were.
  ///
  /// A value is made only of the parts that are asked for. Written back with ``replacing(_:)``, what is
  /// not replaced keeps its spaces, its escapes and the order and text of everything in it.
  public struct Document: Sendable {
    public let bytes: [UInt8]
    /// Keys and values in the order of the text; the contents of a container follow it.
    fileprivate let nodes: [Node]

    /// Checks `bytes` by RFC 8259; see ``JSON/parse(_:maximumDepth:)``.
    public init(_ bytes: [UInt8], maximumDepth: Int = 512) throws(ParseError) {
      var index = Index()
      let result = bytes.withUnsafeBytes { body in
        Result { () throws(ParseError) in
          try Grammar.read(body, maximumDepth: maximumDepth, into: &index)
        }
      }
      try result.get()
      self.bytes = bytes
      nodes = index.nodes
    }

    public var root: Element { Element(document: self, place: 0) }

    /// A copy of the bytes with parts replaced; the edits must not overlap.
    ///
    /// Edits at the same empty range are made in the order of the list.
    public func replacing(_ edits: [Edit]) -> [UInt8] {
      var result: [UInt8] = []
      result.reserveCapacity(bytes.count + edits.reduce(0) { $0 + $1.bytes.count })
      var done = 0
      for edit in edits.enumerated().sorted(by: {
        ($0.element.range.lowerBound, $0.offset) < ($1.element.range.lowerBound, $1.offset)
      }).map(\.element) where edit.range.lowerBound >= done {
        result.append(contentsOf: bytes[done..<edit.range.lowerBound])
        result.append(contentsOf: edit.bytes)
        done = edit.range.upperBound
      }
      result.append(contentsOf: bytes[done...])
      return result
    }

    /// New bytes for a range of a document.
    public struct Edit: Sendable {
      public var range: Range<Int>
      public var bytes: [UInt8]

      public init(_ range: Range<Int>, _ bytes: [UInt8]) {
        self.range = range
        self.bytes = bytes
      }
    }
  }

  /// A value at its place in a document.
  public struct Element: Sendable {
    public let document: Document
    fileprivate let place: Int

    public enum Kind: Sendable {
      case object
      case array
      case string
      case number
      case literal
    }

    private var node: Node { document.nodes[place] }

    public var kind: Kind { node.kind }

    /// Where the value's bytes are, with its brackets or quotes.
    public var range: Range<Int> { node.start..<node.end }

    /// The value with all that is in it.
    public var value: JSON {
      // The bytes were checked when the document was read.
      (try? JSON.parse(document.bytes[range], maximumDepth: .max)) ?? .null
    }

    public var string: String? { kind == .string ? value.string : nil }
    public var int: Int? { kind == .number ? value.int : nil }

    /// The elements of an array; none of any other value.
    public var elements: [Element] { kind == .array ? children : [] }

    /// The members of an object in the order of the text, repeated keys included.
    public var members: [Member] {
      guard kind == .object else { return [] }
      let children = children
      return stride(from: 0, to: children.count - 1, by: 2).map {
        Member(
          key: children[$0].string ?? "", keyRange: children[$0].range, value: children[$0 + 1])
      }
    }

    /// The member of that name, the last one where the key is repeated.
    public subscript(key: String) -> Element? { members.last { $0.key == key }?.value }

    public struct Member: Sendable {
      public var key: String
      /// Where the key's bytes are, with its quotes.
      public var keyRange: Range<Int>
      public var value: Element
    }

    private var children: [Element] {
      var result: [Element] = []
      var place = self.place + 1
      while place < node.next {
        result.append(Element(document: document, place: place))
        place = document.nodes[place].next
      }
      return result
    }
  }
}

/// A key or a value by its bytes, and the place of what follows it in the list of nodes.
private struct Node: Sendable {
  var kind: JSON.Element.Kind
  var start: Int
  var end: Int
  var next: Int
}

/// Notes where everything is.
private struct Index: ParseEvents {
  private(set) var nodes: [Node] = []
  private var open: [Int] = []

  mutating func begin(isObject: Bool, at offset: Int) {
    open.append(nodes.count)
    nodes.append(Node(kind: isObject ? .object : .array, start: offset, end: offset, next: 0))
  }

  mutating func finish(end: Int) {
    guard let place = open.popLast() else { return }
    nodes[place].end = end
    nodes[place].next = nodes.count
  }

  mutating func key(_ span: Lexicon.StringSpan, in text: Lexicon) { string(span, in: text) }

  mutating func string(_ span: Lexicon.StringSpan, in text: Lexicon) {
    add(.string, span.body.lowerBound - 1..<span.end)
  }

  mutating func number(_ range: Range<Int>, in text: Lexicon) { add(.number, range) }

  mutating func literal(_ value: JSON, _ range: Range<Int>) { add(.literal, range) }

  private mutating func add(_ kind: JSON.Element.Kind, _ range: Range<Int>) {
    nodes.append(
      Node(kind: kind, start: range.lowerBound, end: range.upperBound, next: nodes.count + 1))
  }
}
