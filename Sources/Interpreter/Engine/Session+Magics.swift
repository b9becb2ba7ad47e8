import Autodiff
import Display
import EngineInterface
import Syntax

// Magics: `%name argument` on a line, `%%name` over a cell.

extension Session {
  /// The magics with what they do, in the order in which errors and help list them.
  static let magics: [(name: String, use: String)] = [
    ("tables", "%tables auto|all|off: which cells return tables"),
    ("precision", "%precision 6: significant digits in tables"),
    ("time", "%time statement, %%time: how long it takes"),
    ("timeit", "%timeit expression, %%timeit: how long it takes on average"),
    ("who", "%who: your names"),
    ("reset", "%reset: forget all your names"),
    ("run", "%run file: run a script in this session"),
    ("load", "%load file: show a script's text"),
  ]

  func runMagic(_ name: String, _ argument: String, body: String?) throws(Failure) {
    let argument = argument.trimmed
    switch name {
    case "tables":
      guard let mode = TableMode(rawValue: argument) else {
        throw Failure(
          .value,
          argument.isEmpty
            ? "tables are set to \(options.tables.rawValue)"
            : "%tables takes auto, all or off, not \(argument)", hint: "%tables auto")
      }
      options.tables = mode
    case "precision":
      guard let digits = Int(argument), (1...17).contains(digits) else {
        throw Failure(.value, "%precision takes 1 to 17 digits, not \(argument)")
      }
      options.precision = digits
    case "time": try time(body ?? argument)
    case "timeit": try timeRepeatedly(body ?? argument)
    case "who": try who()
    case "reset":
      for (name, _) in globals.bound where name != "__name__" { globals[name] = nil }
      origins = [:]
      closeInteractions()
    case "run":
      guard !argument.isEmpty else {
        throw Failure(.value, "%run needs a file", hint: "%run a.nabla")
      }
      let file = resolved(argument)
      try execute(SourceFile.read(file), name: argument)
    case "load":
      guard !argument.isEmpty else { throw Failure(.value, "%load needs a file") }
      sink.write(try SourceFile.read(resolved(argument)), to: .stdout)
    default:
      let known = Session.magics.map(\.name)
      let list = known.map { "%" + $0 }.joined(separator: " ")
      throw Failure(
        .syntax, "there is no magic %\(name)",
        hint: nearest(to: name, among: known).map { "did you mean %\($0)? There are \(list)" }
          ?? "there are \(list)")
    }
  }

  private func resolved(_ path: String) -> String {
    path.hasPrefix("/") ? path : folder + "/" + path
  }

  /// Runs code at the top level of the session.
  private func execute(_ text: String, name: String) throws(Failure) {
    let code = try compile(
      Source(name: name, text: text), globals: globals, allowsMagics: true)
    _ = try run(Frame(code: code, session: self))
  }

  private func time(_ text: String) throws(Failure) {
    let source = Source(name: "%time", text: text)
    let code = try compile(
      source, globals: globals, allowsMagics: true, notesAssignments: true)
    let earlier = assignments.enter(source, slotCount: globals.names.count)
    defer { assignments.leave(to: earlier) }
    let elapsed = try duration { () throws(Failure) in
      _ = try run(Frame(code: code, session: self))
    }
    sink.write("wall time: \(Session.timeText(elapsed))\n", to: .stdout)
  }

  /// Runs code often enough for a steady figure: seven rounds of a tenth of a second.
  private func timeRepeatedly(_ text: String) throws(Failure) {
    let code = try compile(
      Source(name: "%timeit", text: text), globals: globals, allowsMagics: true)
    func round(_ count: Int) throws(Failure) -> Double {
      try duration { () throws(Failure) in
        for _ in 0..<count { _ = try run(Frame(code: code, session: self)) }
      }
    }
    var count = 1
    while count < 10_000_000, try round(count) < 0.1 { count *= 4 }
    var rounds: [Double] = []
    for _ in 0..<7 { rounds.append(try round(count) / Double(count)) }
    rounds.sort()
    sink.write(
      "\(Session.timeText(rounds[3])) per loop (median of 7 rounds of \(count);"
        + " fastest \(Session.timeText(rounds[0])))\n", to: .stdout)
  }

  private func duration(_ body: () throws(Failure) -> Void) throws(Failure) -> Double {
    let clock = ContinuousClock()
    let start = clock.now
    try body()
    let parts = (clock.now - start).components
    return Double(parts.seconds) + Double(parts.attoseconds) * 1e-18
  }

  /// Seconds in the unit that reads best.
  static func timeText(_ seconds: Double) -> String {
    let format = NumberFormat(precision: 3)
    if seconds < 1e-6 { return format.string(seconds * 1e9) + " ns" }
    if seconds < 1e-3 { return format.string(seconds * 1e6) + " µs" }
    if seconds < 1 { return format.string(seconds * 1e3) + " ms" }
    return format.string(seconds) + " s"
  }

  private func who() throws(Failure) {
    var rows: [[String]] = []
    for (name, value) in globals.bound.sorted(by: { $0.name < $1.name })
    where !name.hasPrefix("_") {
      rows.append([name, value.typeName, summary(of: value)])
    }
    guard !rows.isEmpty else {
      sink.write("no names yet\n", to: .stdout)
      return
    }
    sink.display(
      DataTable(headers: ["name", "type", "value"], text: rows, name: "names").bundle(), id: nil)
  }

  /// A value in one short line.
  func summary(of value: Value) -> String {
    switch value {
    case .tensor(let object): return "shape \(object.tensor.shape)"
    case .param(let param):
      return param.tensor.isScalar
        ? Printing.short(param.tensor.number) : "shape \(param.tensor.shape)"
    default: break
    }
    let text = (try? repr(value)) ?? value.described
    return text.count > 60 ? String(text.prefix(57)) + "…" : text
  }
}
