import Display
import EngineInterface
import Syntax

// `%time` and `%timeit`.

extension Session {
  /// Runs code once and tells how long it took; gives the value of its last expression.
  func time(_ text: String) throws(Failure) -> Value {
    let source = Source(name: "%time", text: text)
    let code = try compile(
      source, globals: globals, allowsMagics: true, notesAssignments: true)
    let earlier = assignments.enter(source, slotCount: globals.names.count)
    defer { assignments.leave(to: earlier) }
    var value = Value.none
    let elapsed = try duration { () throws(Failure) in value = try self.value(of: code) }
    sink.write("wall time: \(Session.timeText(elapsed))\n", to: .stdout)
    return source.isSilenced ? .none : value
  }

  /// Runs code at the top level; gives the value of the last statement where it is an expression.
  private func value(of code: Code) throws(Failure) -> Value {
    let frame = Frame(code: code, session: self)
    frame.prepareShared()
    frames.append(.passUnretained(frame))
    defer { frames.removeLast() }
    for action in code.body.dropLast() { _ = try action.run(frame) }
    guard let last = code.body.last as? ExpressionAction else {
      _ = try code.body.last?.run(frame)
      return .none
    }
    return try last.node.evaluate(frame)
  }

  /// Runs code often enough for a steady figure: seven rounds of a tenth of a second.
  func timeRepeatedly(_ line: String, body: String?) throws(Failure) {
    var options = TimingOptions()
    let text = try options.read(line)
    if let body {
      let setup = try compile(
        Source(name: "%timeit", text: text), globals: globals, allowsMagics: false)
      _ = try run(Frame(code: setup, session: self))
      return try measure(body, options)
    }
    guard !text.isEmpty else {
      throw Failure(.value, "%timeit needs a statement", hint: "%timeit f(x)")
    }
    try measure(text, options)
  }

  private func measure(_ text: String, _ options: TimingOptions) throws(Failure) {
    let code = try compile(
      Source(name: "%timeit", text: text), globals: globals, allowsMagics: true)
    func round(_ count: Int) throws(Failure) -> Double {
      try duration { () throws(Failure) in
        for _ in 0..<count { _ = try run(Frame(code: code, session: self)) }
      }
    }
    var count = options.turns ?? 1
    if options.turns == nil {
      while count < 10_000_000, try round(count) < 0.1 { count *= 4 }
    }
    var rounds: [Double] = []
    for _ in 0..<options.rounds { rounds.append(try round(count) / Double(count)) }
    rounds.sort()
    sink.write(
      "\(Session.timeText(rounds[rounds.count / 2])) per loop (median of \(rounds.count) rounds of"
        + " \(count); fastest \(Session.timeText(rounds[0])))\n", to: .stdout)
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
}

/// What `%timeit` may be told before its statement.
private struct TimingOptions {
  /// Turns of a round; as many as take a tenth of a second when nil.
  var turns: Int?
  var rounds = 7

  /// Takes `-n 100 -r 3` off a line; returns the rest.
  mutating func read(_ line: String) throws(Failure) -> String {
    var rest = line[...]
    while rest.hasPrefix("-n") || rest.hasPrefix("-r") {
      let name = rest.prefix(2)
      let digits = rest.dropFirst(2).drop { $0 == " " }.prefix { $0.isASCII && $0.isNumber }
      guard let number = Int(digits), (1...1_000_000_000).contains(number) else {
        // A statement may begin so: -n is a name with its sign.
        if digits.isEmpty, turns == nil { return String(rest) }
        throw Failure(.value, "\(name) of %timeit needs a count of at least 1")
      }
      if name == "-n" { turns = number } else { rounds = number }
      rest = rest[digits.endIndex...].drop { $0 == " " }
    }
    return String(rest)
  }
}

extension Source {
  /// Whether a `;` ends the text.
  fileprivate var isSilenced: Bool {
    utf8.last { $0 != 0x20 && $0 != 0x09 && $0 != 0x0A && $0 != 0x0D } == 0x3B
  }
}
