import Autodiff
import Display
import EngineInterface
import Syntax

// Running a cell or script: its statements, its table, its result.

extension Session {
  /// Runs a request; its table and result go to the sink.
  func runCell(_ request: ExecutionRequest) throws(Failure) {
    let name = request.file ?? request.executionCount.map { "Cell In[\($0)]" } ?? "Cell"
    let source = Source(name: name, text: request.code)
    let program = try parse(source, allowsMagics: request.file == nil)
    let code = Compiler.compile(
      program, globals: globals, session: self, notesAssignments: true)
    assignments.reset(source, slotCount: globals.names.count)
    defer { rememberOrigins() }
    let passesBefore = passes
    let frame = Frame(code: code, session: self)
    frame.prepareShared()
    frames.append(.passUnretained(frame))
    defer { frames.removeLast() }
    var result = Value.none
    var isSilenced = source.isSilenced(after: program.statements.last)
    for (index, action) in code.body.enumerated() {
      if index == code.body.count - 1, let last = action as? ExpressionAction,
        case .expression(_, let silenced) = program.statements[index].kind
      {
        result = settledResult(try last.node.evaluate(frame))
        isSilenced = isSilenced || silenced
        continue
      }
      _ = try action.run(frame)
    }
    guard !request.silent else { return }
    if !result.isNone { globals["_"] = result }
    let shows = request.showsTables && options.tables != .off && !isSilenced
    let table = shows ? cellTable(ranPass: passes > passesBefore) : nil
    if result.isNone || isSilenced || request.file != nil {
      // A script's last expression is no result; a cell without one has its table as the result.
      if let table {
        if request.file == nil {
          sink.result(table.bundle())
        } else {
          sink.display(table.bundle(), id: nil)
        }
      }
      return
    }
    if let table { sink.display(table.bundle(), id: nil) }
    sink.result(try bundle(of: result))
  }

  /// A cell's result as `_` holds it; a fresh number stays what it is, for it has no name.
  private func settledResult(_ value: Value) -> Value { value }

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

  // MARK: The table

  /// A row of the table of a cell, with the gradient of the last pass.
  func row(_ name: String, _ computedAs: String, _ value: Traced) -> CellTable.Row {
    CellTable.Row(
      name: name, computedAs: computedAs, value: value.tensor,
      gradient: tape.pointee.gradients[value.node].map { .value($0) } ?? .absent)
  }

  /// The tensors that the cell assigned, and, after a pass, its named ancestors; nil without any.
  private func cellTable(ranPass: Bool) -> CellTable? {
    var entries = ranPass ? earlierAncestors() : []
    for slot in assignments.order {
      let name = globals.names[slot]
      guard !globals.slots[slot].isUnbound, !name.hasPrefix("_"),
        let text = assignments.text(slot)
      else { continue }
      entries += tableEntries(name, text, globals.slots[slot])
    }
    guard !entries.isEmpty else { return nil }
    var rows: [CellTable.Row] = []
    var also: [String] = []
    let data = ranPass ? dataNodes(entries) : []
    for entry in entries {
      var row = row(entry.name, origin(entry), entry.value)
      if let gradient = entry.gradient { row.gradient = .value(gradient) }
      if ranPass, case .absent = row.gradient {
        if data.contains(entry.value.node) {
          row.gradient = .data
        } else if options.tables == .auto {
          also.append(entry.name)
          continue
        }
      }
      rows.append(row)
    }
    guard !rows.isEmpty else { return nil }
    return CellTable(rows: rows, also: also, precision: options.precision)
  }

  /// The ancestors of the last pass's root that earlier cells named.
  private func earlierAncestors() -> [TableEntry] {
    var entries: [TableEntry] = []
    for (name, value) in globals.bound where !name.hasPrefix("_") {
      let slot = globals.slot(name)
      if assignments.contains(slot) { continue }
      let origin = origins[slot].flatMap { $0.node == value.node ? $0.text : nil }
      entries += tableEntries(name, origin ?? "", value)
    }
    let data = dataNodes(entries)
    return entries.filter { hasGradient($0) || data.contains($0.value.node) }
  }

  /// Keeps how the cell's names were computed, for the tables of later cells.
  private func rememberOrigins() {
    for slot in assignments.order {
      let node = globals.slots[slot].node
      origins[slot] = node.isTracked ? assignments.text(slot).map { (node, $0) } : nil
    }
  }

  private struct TableEntry {
    var name: String
    var text: String
    var value: Traced
    /// For lists, whose gradient is that of their elements.
    var gradient: Tensor?
  }

  private func hasGradient(_ entry: TableEntry) -> Bool {
    entry.gradient != nil || tape.pointee.gradients[entry.value.node] != nil
  }

  /// The tensors that a name stands for: itself, a list of numbers, or the tensors in a dict.
  private func tableEntries(_ name: String, _ text: String, _ value: Value) -> [TableEntry] {
    switch value {
    case .number, .tensor, .param:
      guard let traced = value.traced else { return [] }
      return [TableEntry(name: name, text: text, value: traced)]
    case .object(let object):
      if let list = object as? ListObject {
        guard !list.items.isEmpty, list.items.count <= 10_000,
          let traced = try? withoutRecording({ () throws(Failure) in try tensor(value) })
        else { return [] }
        let gradient = (try? gradient(ofItems: list.items))??.traced?.tensor
        return [
          TableEntry(
            name: name, text: listOrigin(value) ?? text, value: Traced(constant: traced.tensor),
            gradient: gradient)
        ]
      }
      if let dict = object as? DictObject, dict.count <= 50 {
        return dict.items.flatMap { key, item -> [TableEntry] in
          guard let key = try? repr(key), case .object = item else {
            guard let key = try? repr(key), let traced = item.traced else { return [] }
            return [TableEntry(name: "\(name)[\(key)]", text: text, value: traced)]
          }
          _ = key
          return []
        }
      }
      return []
    default: return []
    }
  }

  /// `leaf` or `param`, where all that a list holds is that.
  private func listOrigin(_ list: Value) -> String? {
    let nodes = leaves(in: list).map(\.leaf.node)
    if nodes.allSatisfy({ tape.pointee.isParam($0) }) { return "param" }
    return nodes.allSatisfy { tape.pointee.isLeaf($0) } ? "leaf" : nil
  }

  /// How a value was computed: `leaf`, `param`, or the text of its right side.
  private func origin(_ entry: TableEntry) -> String {
    if tape.pointee.isParam(entry.value.node) { return "param" }
    if tape.pointee.isLeaf(entry.value.node) { return "leaf" }
    if entry.text.isEmpty {
      return tape.pointee.gate(of: entry.value.node).map(\.name) ?? "earlier"
    }
    return entry.text
  }

  /// Leaves that the last pass took for data, because its root depends on a param.
  private func dataNodes(_ entries: [TableEntry]) -> Set<NodeID> {
    guard tape.pointee.gradients.isTraining else { return [] }
    let candidates = entries.map(\.value.node).filter {
      $0.isTracked && !tape.pointee.isTrained($0)
    }
    return tape.pointee.ancestors(of: tape.pointee.gradients.root, among: candidates)
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
  /// Whether a `;` stands after the statement that ends a cell.
  fileprivate func isSilenced(after last: Statement?) -> Bool {
    guard let last else { return false }
    let rest = utf8[min(last.span.end, utf8.count)...]
    return rest.first { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") } == UInt8(ascii: ";")
  }
}

extension String {
  /// On one line, with single spaces.
  var oneLine: String {
    split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }
}
