import Autodiff
import EngineInterface
import Syntax

/// All that lives as long as the kernel: names, the tape, the modules; used by one thread at a time.
final class Session {
  let tape: UnsafeMutablePointer<Tape>
  let interruption: Interruption
  /// Where others ask for what the names hold.
  let snapshots: SnapshotDesk
  let globals = Globals(name: "__main__")
  /// Built-in names, for all modules.
  private(set) var builtins: [String: Value] = [:]
  /// Methods of the built-in types.
  private(set) var methods = Methods()
  /// Modules that were imported, by path; `nil` while one is being run.
  var modules: [String: ModuleObject?] = [:]
  /// Where output goes while a cell runs.
  var sink: any OutputSink
  var options = Options()
  var random = RandomState()
  /// Depth of calls of functions of the language.
  var callDepth = 0
  /// Frames that run, outermost first.
  var frames: [Unmanaged<Frame>] = []
  /// The built-in function that runs a backward pass.
  private(set) lazy var backwardFunction = builtins["backward"]?.object(Builtin.self)
  /// What is known of the tape between cells.
  var cellMark = Tape.wholeMark
  /// Whether the user was told that the oldest history is being forgotten.
  var toldOfForgetting = false
  /// Whether the user was told that a second name of a tensor keeps its entries.
  var toldOfSharing = false
  /// Depth of the walk into a nested value.
  private var nesting = 0
  /// Objects whose text is being made, so that a list inside itself ends.
  private var printing: Set<ObjectIdentifier> = []
  /// What the running cell's top level assigned.
  var assignments = AssignmentLog()
  /// Exceptions whose handlers run, innermost last, for a bare `raise`.
  var handled: [ExceptionObject] = []
  /// A failure inside of a user's backward, on its way through a pass.
  var pendingFailure: Failure?
  /// Bars of loops that run, outermost first.
  var bars: [ProgressBar] = []
  var interactions = Interactions()
  /// Help pages that the cell asked for, and the like.
  var payloads: [ExecutionOutcome.Payload] = []
  /// Backward passes that were run, so that a cell knows whether it ran one.
  var passes = 0
  var displayCount = 0
  /// Calls of `table`: who shows one by hand needs none besides.
  var tablesShown = 0
  let sessionID = String(UInt32.random(in: 0...UInt32.max), radix: 16)
  /// For each name of the top level the text that it was last computed by, with the node of the
  /// value that this holds for; for later tables.
  var origins: [String: (node: NodeID, text: String)] = [:]
  /// Names of another session that could not be copied into this one, with their types.
  var notCopied: [String: String] = [:]
  /// The folder that `import` and the loaders start from.
  var folder = "."
  /// `argv`: the words of the command line, the program's name first.
  let arguments = ListObject([.string("")])

  struct Options {
    var precision = 6
    var tables = TableMode.auto
    /// The most bytes that a cell, or a call of what a user steers, may show.
    var outputLimit = Int.max
  }

  enum TableMode: String, CaseIterable { case auto, all, off }

  /// Calls nested deeper than this end with a RecursionError.
  static let callLimit = 5_000
  /// Walks into values that are nested deeper than this end with a RecursionError.
  static let nestingLimit = 1_000

  init(sink: any OutputSink, interruption: Interruption = Interruption()) {
    self.interruption = interruption
    snapshots = SnapshotDesk(interruption)
    tape = .allocate(capacity: 1)
    tape.initialize(to: Tape(interruption: interruption))
    self.sink = sink
    builtins = Builtins.all(self)
    methods = Methods.all(self)
    // The namespaces of the built-ins need no import.
    for name in ["np", "numpy", "math"] {
      if let module = try? module([name]) { builtins[name] = .object(module) }
    }
    globals["__name__"] = .string("__main__")
  }

  /// Frees what the session holds, when its last cell has run.
  ///
  /// Functions hold the names that they see, and calls of the user's gates on the tape hold the
  /// session: without this nothing of it would ever be freed.
  func end() {
    globals.forget()
    for module in modules.values { module?.forget() }
    interactions = Interactions()
    let recorded = tape.move()
    tape.initialize(to: Tape(interruption: interruption))
    // Not sooner: what is freed may look at the tape.
    withExtendedLifetime(recorded) {}
  }

  deinit {
    tape.deinitialize(count: 1)
    tape.deallocate()
  }

  // MARK: Leaves

  /// A value as it is kept under a name or in a place: a fresh tensor becomes a leaf.
  @inline(__always)
  func settled(_ value: Value) -> Value {
    switch value {
    case .number(let number, let node):
      if node == .fresh { return .number(number, tape.pointee.leaf(number)) }
      return value
    case .tensor(let object): return settled(object)
    case .object(let object): return settled(object)
    default: return value
    }
  }

  /// A new trainable leaf.
  func param(_ tensor: Tensor) -> ParamObject {
    let node = tape.pointee.leaf(tensor, isParam: true)
    return ParamObject(tensor, node, dropped: tape.pointee.droppedParams)
  }

  @inline(never)
  private func settled(_ object: Object) -> Value {
    switch object {
    case let list as ListObject:
      if !list.isSettled {
        list.isSettled = true
        for place in list.items.indices { list.items[place] = settled(list.items[place]) }
      }
    case let tuple as TupleObject: tuple.settle(self)
    case let dict as DictObject: dict.settle(self)
    default: break
    }
    return .object(object)
  }

  @inline(never)
  private func settled(_ object: TensorObject) -> Value {
    if object.node == .fresh {
      return .tensor(TensorObject(object.tensor, tape.pointee.leaf(object.tensor)))
    }
    tape.pointee.markNamed(object.node)
    return .tensor(object)
  }

  // MARK: Gates

  /// Applies a gate; a failure names the operands by number until the caller places it.
  func apply(
    _ gate: Gate, _ operands: [Traced], _ parameters: Autodiff.Parameters = .none
  ) throws(Failure) -> Value {
    do throws(GateError) {
      return Value(try tape.pointee.apply(gate, operands, parameters))
    } catch {
      throw Failure(error)
    }
  }

  // MARK: Texts

  /// How `print` shows a value.
  func text(_ value: Value) throws(Failure) -> String {
    switch value {
    case .string(let string): string.text
    case .tensor(let object): Printing.tensor(object.tensor)
    case .param(let param): Printing.tensor(param.tensor)
    case .object(let object): try object.text(self)
    default: try repr(value)
    }
  }

  /// How a value stands inside a list.
  func repr(_ value: Value) throws(Failure) -> String {
    switch value {
    case .unbound: "unbound"
    case .none: "None"
    case .boolean(let value): value ? "True" : "False"
    case .number(let number, _): Printing.number(number)
    case .tensor(let object): Printing.representation(object.tensor)
    case .param(let param):
      param.tensor.isScalar
        ? Printing.number(param.tensor.number) : Printing.representation(param.tensor)
    case .string(let string): Printing.quoted(string.text)
    case .object(let object): try object.repr(self)
    }
  }

  /// Makes a text of an object that may contain itself.
  func guardingRecursion(
    of object: Object, elided: String, _ body: () throws(Failure) -> String
  ) throws(Failure) -> String {
    let id = ObjectIdentifier(object)
    guard printing.insert(id).inserted else { return elided }
    defer { printing.remove(id) }
    guard printing.count < 500 else { return elided }
    return try body()
  }

  /// Walks into a value that may be nested deeply or contain itself.
  func nested<R>(_ body: () throws(Failure) -> R) throws(Failure) -> R {
    nesting += 1
    defer { nesting -= 1 }
    guard nesting <= Session.nestingLimit else {
      throw Failure(
        .recursion, "the value is nested more than \(Session.nestingLimit) deep",
        hint: "does it contain itself?")
    }
    return try body()
  }

  // MARK: Interruption

  /// Ends what runs when an interruption was requested.
  @inline(__always)
  func checkInterruption() throws(Failure) {
    if interruption.isRequested { throw Failure(interruption.answer()) }
  }

  /// Ends what runs on this thread when an interruption was requested, in loops over what is not
  /// the session's: every so many turns, as `place` counts them.
  @inline(__always)
  static func look(at place: Int) throws(Failure) {
    guard place & 0xFFF == 0 else { return }
    do throws(GateError) { try Interruption.checkCurrent() } catch { throw Failure(error) }
  }

  /// What it takes to send what was shown to a client that waits for it, in nanoseconds.
  private static let pause = 200_000

  /// Between two statements: ends what runs where that is asked for, and lets others see the names.
  @inline(never)
  func attend() throws(Failure) {
    try checkInterruption()
    if interruption.takeAttention() { snapshots.serve(self) }
    if interruption.takePause() { interruption.sleep(nanoseconds: Self.pause) }
  }

  /// What every turn of a loop does: ends it on an interruption, and keeps the tape small.
  ///
  /// What the loop recorded is held by variables alone between two turns, so what they do not reach
  /// can go.
  @inline(__always)
  func turn(_ mark: inout Tape.LoopMark) throws(Failure) {
    if interruption.needsAttention { try attend() }
    if tape.pointee.wantsReclaiming(mark) { try reclaim(&mark) }
  }
}

/// Methods of the built-in types, by name.
struct Methods {
  var tensor: [String: Builtin] = [:]
  var string: [String: Builtin] = [:]
  var list: [String: Builtin] = [:]
  var tuple: [String: Builtin] = [:]
  var dict: [String: Builtin] = [:]
  var set: [String: Builtin] = [:]
}
