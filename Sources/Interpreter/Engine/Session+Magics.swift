import Autodiff
import Display
import EngineInterface
import Syntax

// Magics: `%name argument` on a line, `%%name` over a cell.

/// A magic: what it is called, how it is used, and what it does.
struct Magic {
  let name: String
  /// Whether it may stand over a cell.
  let takesCell: Bool
  let help: String

  /// In the order in which errors and help list them.
  static let all = [
    Magic(
      name: "tables", takesCell: false,
      help: """
        %tables auto|all|off: which tables cells show; %tables alone tells how it is set
        auto leaves out what is off the path of a backward pass, all shows it, off shows no tables.
        """),
    Magic(
      name: "precision", takesCell: false,
      help: """
        %precision 4: how many significant digits tables show, 1 to 17
        %precision alone goes back to \(NumberFormat.defaultPrecision).
        """),
    Magic(
      name: "time", takesCell: true,
      help: """
        %time statement, or %%time in the first line of a cell: how long it takes
        The value of an expression is the cell's result, and names are assigned as without it.
        """),
    Magic(
      name: "timeit", takesCell: true,
      help: """
        %timeit [-n turns] [-r rounds] statement: how long it takes on average
        It runs in 7 rounds of as many turns as take a tenth of a second. Over a cell, as %%timeit, \
        what stands in its own line is run once before.
        """),
    Magic(name: "who", takesCell: false, help: "%who: a table of your names"),
    Magic(
      name: "reset", takesCell: false,
      help: """
        %reset: forgets all your names and closes widgets
        It does not ask, so that %reset and %reset -f are the same.
        """),
    Magic(
      name: "run", takesCell: false,
      help: """
        %run file: runs a script in this session
        Its names are yours afterwards; errors name the file. The ending .nabla may be left out.
        """),
    Magic(
      name: "load", takesCell: false,
      help: """
        %load file: puts a script's text in place of the cell
        A terminal shows the text. The ending .nabla may be left out.
        """),
  ]

  /// How the magic is used in whose name a cursor stands.
  static func inspection(_ context: CursorContext) -> Inspection? {
    all.first { [$0.name] == context.name }
      .map { Inspection(bundle: MIMEBundle(plain: $0.help)) }
  }
}

extension Session {
  /// Runs a magic; gives the value of the code that it ran, else None.
  func runMagic(
    _ name: String, _ argument: String, body: String?
  ) throws(Failure) -> Value {
    let argument = argument.trimmed
    guard let magic = Magic.all.first(where: { $0.name == name }) else {
      let known = Magic.all.map(\.name)
      let list = known.map { "%" + $0 }.joined(separator: " ")
      throw Failure(
        .syntax, "there is no magic %\(name)",
        hint: nearest(to: name, among: known).map { "did you mean %\($0)? There are \(list)" }
          ?? "there are \(list)")
    }
    if argument == "?" {
      payloads.append(.page(MIMEBundle(plain: magic.help)))
      return .none
    }
    if body != nil, !magic.takesCell {
      throw Failure(
        .syntax, "%%\(name) cannot stand over a cell", hint: "write %\(name) in a line of its own")
    }
    switch name {
    case "tables": try setTables(argument)
    case "precision": try setPrecision(argument)
    case "time": return try time(body ?? argument)
    case "timeit": try timeRepeatedly(argument, body: body)
    case "who": try who(argument)
    case "reset": try reset(argument)
    case "run":
      let (file, text) = try script(argument, for: "run")
      let code = try compile(Source(name: file, text: text), globals: globals, allowsMagics: true)
      _ = try run(Frame(code: code, session: self))
    default:
      let (_, text) = try script(argument, for: "load")
      payloads.append(.cell("# %load \(argument)\n" + text))
    }
    return .none
  }

  private func setTables(_ argument: String) throws(Failure) {
    if argument.isEmpty {
      return sink.write("tables: \(options.tables.rawValue)\n", to: .stdout)
    }
    guard let mode = TableMode(rawValue: argument) else {
      throw Failure(
        .value, "%tables takes auto, all or off, not \(argument)", hint: "%tables auto")
    }
    options.tables = mode
  }

  private func setPrecision(_ argument: String) throws(Failure) {
    if argument.isEmpty {
      options.precision = NumberFormat.defaultPrecision
      return sink.write("precision: \(options.precision)\n", to: .stdout)
    }
    guard let digits = Int(argument), (1...17).contains(digits) else {
      throw Failure(.value, "%precision takes 1 to 17 digits, not \(argument)")
    }
    options.precision = digits
  }

  private func reset(_ argument: String) throws(Failure) {
    guard ["", "-f", "-s", "-sf", "-fs"].contains(argument) else {
      throw Failure(
        .value, "%reset forgets all names, and takes none: \(argument)",
        hint: "del \(argument) forgets one")
    }
    for (name, _) in globals.bound where name != "__name__" { globals[name] = nil }
    origins = [:]
    // The tape is looked through when this cell ends.
    cellMark = Tape.wholeMark
    closeInteractions()
  }

  /// The text of a script, found with or without its ending.
  private func script(
    _ argument: String, for magic: String
  ) throws(Failure) -> (file: String, text: String) {
    var path = argument
    for quote in ["'", "\""] where path.count > 1 && path.hasPrefix(quote) && path.hasSuffix(quote)
    {
      path = String(path.dropFirst().dropLast())
    }
    guard !path.isEmpty else {
      throw Failure(.value, "%\(magic) needs a file", hint: "%\(magic) a.nabla")
    }
    let file = path.hasPrefix("/") ? path : folder + "/" + path
    do throws(Failure) {
      return (path, try SourceFile.read(file))
    } catch {
      guard !path.hasSuffix(".nabla"), let text = try? SourceFile.read(file + ".nabla") else {
        throw error
      }
      return (path + ".nabla", text)
    }
  }

  private func who(_ argument: String) throws(Failure) {
    guard argument.isEmpty else {
      throw Failure(.value, "%who lists all names, and takes none: \(argument)")
    }
    var rows: [[String]] = []
    for (name, value) in globals.bound.sorted(by: { $0.name < $1.name })
    where !name.hasPrefix("_") {
      rows.append([name, value.typeName, summary(of: value)])
    }
    guard !rows.isEmpty else {
      return sink.write("no names yet\n", to: .stdout)
    }
    sink.display(
      DataTable(headers: ["name", "type", "value"], text: rows, name: "names").bundle(sink.page),
      id: nil)
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
