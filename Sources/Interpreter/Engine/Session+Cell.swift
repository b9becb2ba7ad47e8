import Autodiff
import Display
import EngineInterface
import Syntax

// Running a cell or script: its statements, its table, its result.

extension Session {
  /// The bytes of recycled buffers that wait for the next cell.
  static let idleMemory = 64 << 20

  /// Runs a request; its table and result go to the sink.
  func runCell(_ request: ExecutionRequest) throws(Failure) {
    let name =
      request.file ?? request.executionCount.map { "Cell In[\($0)]" } ?? request.title ?? "Cell"
    setArguments(of: request)
    let source = Source(name: name, text: request.code)
    let program = try parse(source, allowsMagics: request.file == nil)
    let code = Compiler.compile(
      program, globals: globals, session: self, notesAssignments: true)
    assignments.reset(source, slotCount: globals.names.count)
    defer { rememberOrigins() }
    beginInteractions(cell: request.cellID)
    let passesBefore = passes
    let frame = Frame(code: code, session: self)
    frame.prepareShared()
    frames.append(.passUnretained(frame))
    defer {
      frames.removeLast()
      endBars()
      endInteractions()
      settleDown()
    }
    var result = Value.none
    var isSilenced = false
    for (index, action) in code.body.enumerated() {
      if interruption.needsAttention { try attend() }
      if index == code.body.count - 1, let last = action as? MagicAction {
        result = try last.value(frame)
        continue
      }
      if index == code.body.count - 1, let last = action as? ExpressionAction,
        case .expression(_, let silenced) = program.statements[index].kind
      {
        result = try last.node.evaluate(frame)
        isSilenced = silenced
        continue
      }
      _ = try action.run(frame)
    }
    if request.file == nil, let leave = builtins["exit"]?.object(Builtin.self),
      result.object(Builtin.self) === leave
    {
      // Front ends send the word alone.
      throw Failure(ExceptionObject(kind: Failure.Kind.exit.rawValue, message: "0", arguments: []))
    }
    // An interruption that came during the last call must not be lost.
    try checkInterruption()
    guard !request.silent else { return }
    if !result.isNone { globals["_"] = result }
    if let last = program.statements.last, source.endsSilenced(last) { isSilenced = true }
    let shows = request.showsTables && options.tables != .off && !isSilenced
    let table = shows ? cellTable(ranPass: passes > passesBefore) : nil
    let isShown = result.object(InteractionObject.self)?.isShownByCell ?? false
    if result.isNone || isShown || isSilenced || request.file != nil {
      // A script's last expression is no result; a cell without one has its table as the result.
      if let table {
        if request.file == nil {
          sink.result(table.bundle(sink.page))
        } else {
          sink.display(table.bundle(sink.page), id: nil)
        }
      }
      // What was too much to be shown is told.
      return try checkInterruption()
    }
    if let table { sink.display(table.bundle(sink.page), id: nil) }
    sink.result(try bundle(of: result))
    try checkInterruption()
  }

  /// Puts the words of the command line into `argv`.
  private func setArguments(of request: ExecutionRequest) {
    let words = request.arguments.isEmpty ? request.file.map { [$0] } ?? [] : request.arguments
    if !words.isEmpty { arguments.items = words.map { .string($0) } }
  }

  /// Nothing but variables holds values between cells.
  func settleDown() {
    if tape.pointee.wantsReclaiming(cellMark) { try? reclaim(&cellMark) }
    BufferPool.release(keeping: Session.idleMemory)
  }

  private func parse(_ source: Source, allowsMagics: Bool) throws(Failure) -> Program {
    do throws(Diagnostic) {
      return try Parser.parse(source, options: .init(allowsMagics: allowsMagics))
    } catch {
      let exception = ExceptionObject(kind: error.kind, message: error.message, hint: error.hint)
      exception.diagnostic = error
      throw Failure(exception)
    }
  }

  /// The value of an expression, for user expressions and magics.
  func evaluate(_ text: String) throws(Failure) -> Value {
    let program = try parse(Source(name: "expression", text: text), allowsMagics: false)
    let code = Compiler.compile(
      program, globals: globals, session: self, notesAssignments: false)
    guard code.body.count == 1, let action = code.body[0] as? ExpressionAction else {
      throw Failure(.syntax, "this is no expression")
    }
    let frame = Frame(code: code, session: self)
    frame.prepareShared()
    return try action.node.evaluate(frame)
  }
}

extension Frame {
  /// Makes the shared variables of a top level, which no call prepares.
  func prepareShared() {
    for slot in code.layout.sharedFromSlot {
      shared.append(Variable(slot.map { slots[$0] } ?? .unbound))
    }
  }
}

extension Source {
  /// Whether a `;` stands behind the last statement.
  fileprivate func endsSilenced(_ last: Statement) -> Bool {
    utf8[min(last.span.end, utf8.count)...].first { $0 != 0x20 && $0 != 0x09 } == 0x3B
  }
}

extension String {
  /// On one line, with single spaces.
  var oneLine: String {
    split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }
}
