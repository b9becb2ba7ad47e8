import Autodiff
import Syntax

/// Compiled code of a cell, a file or a function.
final class Code {
  let source: Source
  /// The function's name, `<lambda>`, or the source's name at the top level.
  let name: String
  /// For call chains; nil at the top level.
  let functionName: String?
  let globals: Globals
  let docstring: String?
  /// Where the function, class or gate is written; nil at the top level.
  let definition: Span?
  private(set) var body: [Action] = []
  /// The body as it runs.
  private(set) var block = Block([])
  /// Filled by the compiler while it compiles the body.
  var layout = Layout()
  /// Whether inner functions share variables with it, or it with outer ones.
  private(set) var hasShared = false
  /// How many arguments a call has that gives every parameter by place; nil where there are
  /// parameters of other kinds.
  private(set) var plainArity: Int?

  init(
    source: Source, name: String, functionName: String?, globals: Globals,
    docstring: String? = nil, definition: Span? = nil
  ) {
    self.source = source
    self.name = name
    self.functionName = functionName
    self.globals = globals
    self.docstring = docstring
    self.definition = definition
  }

  /// The text of the definition, moved to the left edge; nil at the top level.
  var definitionText: String? {
    guard let definition else { return nil }
    let line = source.span(ofLine: source.line(at: definition.start))
    let indent = source.text(Span(line.start, definition.start)).prefix { $0 == " " || $0 == "\t" }
    return source.text(definition).split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.hasPrefix(indent) ? $0.dropFirst(indent.count) : $0 }
      .joined(separator: "\n").trimmingEnd
  }

  /// Takes the compiled body, when the layout is complete.
  func finish(_ body: [Action]) {
    self.body = body
    block = Block(body)
    hasShared = !layout.sharedNames.isEmpty
    let isPlain = layout.rest == nil && layout.keywordRest == nil && layout.keywordOnly.isEmpty
    plainArity = isPlain ? layout.positional.count : nil
  }

  /// Where arguments and variables of a function stand.
  struct Layout {
    /// Slots of a frame: parameters first, then other locals and hidden temporaries.
    var slotCount = 0
    /// Names of the slots, for errors and completion; hidden ones are empty.
    var slotNames: [String] = []
    /// Names of the parameters given by place or name, in order; they take the first slots.
    var positional: [String] = []
    /// Names given by name only; they take the next slots.
    var keywordOnly: [String] = []
    /// Parameters without a default.
    var required: Set<String> = []
    /// Slots of `*args` and `**kwargs`.
    var rest: Int?
    var keywordRest: Int?
    /// For each shared variable of the frame, the parameter's slot that it starts from.
    var sharedFromSlot: [Int?] = []
    /// Names of the shared variables: the function's own, then the captured ones.
    var sharedNames: [String] = []
    var ownShared = 0
    /// For each name that the body assigns, by `=` and the like, the text that it is computed by; nil
    /// where there are several.
    var origins: [(name: String, text: Span?)] = []

    mutating func noteAssignment(_ name: String, _ text: Span) {
      if let place = origins.firstIndex(where: { $0.name == name }) {
        origins[place].text = nil
      } else {
        origins.append((name, text))
      }
    }
  }
}

/// The names of a module, by slot.
final class Globals {
  /// How import and errors call the module.
  let name: String
  private(set) var index: [String: Int] = [:]
  private(set) var names: [String] = []
  private(set) var slots: UnsafeMutablePointer<Value>
  private var capacity = 64

  init(name: String) {
    self.name = name
    slots = .allocate(capacity: capacity)
  }

  deinit {
    slots.deinitialize(count: names.count)
    slots.deallocate()
  }

  /// The slot of a name, made when there is none.
  func slot(_ name: String) -> Int {
    if let slot = index[name] { return slot }
    if names.count == capacity {
      let larger = UnsafeMutablePointer<Value>.allocate(capacity: capacity * 2)
      larger.moveInitialize(from: slots, count: names.count)
      slots.deallocate()
      slots = larger
      capacity *= 2
    }
    let slot = names.count
    (slots + slot).initialize(to: .unbound)
    names.append(name)
    index[name] = slot
    return slot
  }

  subscript(name: String) -> Value? {
    get {
      guard let slot = index[name] else { return nil }
      let value = slots[slot]
      return value.isUnbound ? nil : value
    }
    set {
      // The slot first: making it may move the slots.
      let slot = slot(name)
      slots[slot] = newValue ?? .unbound
    }
  }

  /// Frees what the names hold, at the end of their session.
  ///
  /// A function holds the names that it sees, and is held by one of them.
  func forget() {
    // What is freed may free more of them.
    for slot in names.indices {
      let value = slots[slot]
      slots[slot] = .unbound
      withExtendedLifetime(value) {}
    }
  }

  /// Names that have a value, in the order in which they came.
  var bound: [(name: String, value: Value)] {
    names.indices.compactMap { slots[$0].isUnbound ? nil : (names[$0], slots[$0]) }
  }
}

/// What a running function holds.
final class Frame {
  let code: Code
  // Strong, and the tape by its own pointer: what a frame holds for its life costs no counting.
  let session: Session
  let tape: UnsafeMutablePointer<Tape>
  let globals: Globals
  let slots: UnsafeMutablePointer<Value>
  var shared: [Variable]
  /// The value of `return`.
  var returned = Value.none
  let function: FunctionObject?

  init(code: Code, session: Session, function: FunctionObject? = nil) {
    self.code = code
    self.session = session
    tape = session.tape
    self.function = function
    globals = code.globals
    slots = .allocate(capacity: max(code.layout.slotCount, 1))
    slots.initialize(repeating: .unbound, count: code.layout.slotCount)
    shared = []
  }

  deinit {
    slots.deinitialize(count: code.layout.slotCount)
    slots.deallocate()
    if code.layout.ownShared > 0 { freeRecursiveFunctions() }
  }
}

extension String {
  /// The text without blanks and line ends behind it.
  fileprivate var trimmingEnd: String {
    String(self[..<(lastIndex { !$0.isWhitespace }.map { index(after: $0) } ?? startIndex)])
  }
}
