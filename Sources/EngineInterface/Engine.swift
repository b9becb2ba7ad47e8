import JSON

/// What a host (kernel, console, headless runner) may ask of a language.
///
/// Threads: ``execute(_:to:)`` and ``comm(_:to:)`` are called on one thread at a time, the execution
/// thread. ``executeBeside(_:to:isInterrupted:)``, ``interrupt()``, ``giveWay()`` and the queries
/// ``complete(_:cursor:)``, ``inspect(_:cursor:detail:)``, ``isComplete(_:)`` and ``variables()`` may
/// be called from any thread, also while a cell runs; they then see the session as of the last
/// finished statement that the engine published. Every cursor counts Unicode code points.
public protocol Engine: AnyObject, Sendable {
  /// What the language is called and how editors treat it.
  var language: LanguageInfo { get }

  /// Tells that a cell or a comm event was taken: from now on until ``execute(_:to:)`` or
  /// ``comm(_:isFollowed:to:)`` returns, an interrupt is meant for it, even before it starts. Called
  /// on the execution thread; a host need not.
  func prepareToExecute()

  /// Runs a cell to its end; all that it shows goes to `sink` before this returns.
  func execute(_ request: ExecutionRequest, to sink: any OutputSink) -> ExecutionOutcome

  /// Runs a cell on a read-only copy of the session while another one runs, and so at once.
  ///
  /// Called on any thread but the execution thread, and on several at a time. Nil means that no
  /// cell runs now, or that this engine runs none beside another: nothing was shown then, and the
  /// host runs the cell in its turn by ``execute(_:to:)``.
  /// `isInterrupted` is asked once ``interrupt()`` reaches this cell: whether there was one before.
  func executeBeside(
    _ request: ExecutionRequest, to sink: any OutputSink, isInterrupted: () -> Bool
  ) -> ExecutionOutcome?

  /// Asks the running cell, and all that run beside it, to stop with `KeyboardInterrupt`; without
  /// a running cell it does nothing.
  func interrupt()

  /// Asks the running cell to leave its processor for a moment before it goes on.
  ///
  /// Who shows what it gave are other threads, and other processes. Where no more processors are
  /// free, some systems let them wait until the next tick of their clock, some milliseconds.
  func giveWay()

  func complete(_ code: String, cursor: Int) -> Completions
  func inspect(_ code: String, cursor: Int, detail: Int) -> Inspection?
  func isComplete(_ code: String) -> Completeness

  /// The user's names, sorted.
  func variables() -> [VariableSummary]

  /// A comm event from the front end, served on the execution thread.
  ///
  /// `isFollowed` says that another comm message waits right behind this one: what it causes may be
  /// left to that one, so that of many moves of a slider the last alone is computed. Returns false
  /// when no such target or comm exists.
  func comm(_ event: CommEvent, isFollowed: Bool, to sink: any OutputSink) -> Bool
}

extension Engine {
  public func prepareToExecute() {}

  public func giveWay() {}

  public func executeBeside(
    _ request: ExecutionRequest, to sink: any OutputSink, isInterrupted: () -> Bool
  ) -> ExecutionOutcome? { nil }

  public func comm(_ event: CommEvent, isFollowed: Bool, to sink: any OutputSink) -> Bool { false }
}

/// The `language_info` of a kernel, and the banner.
public struct LanguageInfo: Sendable {
  public var name: String
  public var version: String
  public var mimetype: String
  public var fileExtension: String
  public var pygmentsLexer: String
  public var codemirrorMode: String
  public var banner: String
  public var helpLinks: [(text: String, url: String)]

  public init(
    name: String, version: String, mimetype: String, fileExtension: String, pygmentsLexer: String,
    codemirrorMode: String, banner: String, helpLinks: [(text: String, url: String)] = []
  ) {
    self.name = name
    self.version = version
    self.mimetype = mimetype
    self.fileExtension = fileExtension
    self.pygmentsLexer = pygmentsLexer
    self.codemirrorMode = codemirrorMode
    self.banner = banner
    self.helpLinks = helpLinks
  }
}

/// A cell to run.
public struct ExecutionRequest: Sendable {
  public var code: String
  /// The number that the cell is shown with, `In [n]`; nil for a script file.
  public var executionCount: Int?
  /// No output but the outcome: no result, no table, no display.
  public var silent: Bool
  /// Expressions to evaluate after the cell, by name; each fails by itself.
  public var userExpressions: [(name: String, code: String)]
  /// Whether `input()` may ask.
  public var allowsInput: Bool
  /// The front end's id of the cell.
  public var cellID: String?
  /// The file that the code comes from, for error messages and for `import`; nil for a cell.
  public var file: String?
  /// What error blocks call the code where there is neither a file nor a count.
  public var title: String?
  /// What the code finds in `argv`: the words of a command line, the program first.
  ///
  /// Without any, a file finds its own name there, and a cell what was there before.
  public var arguments: [String]
  /// Whether the tables of assigned tensors are shown: true in cells, false in scripts.
  public var showsTables: Bool

  public init(
    code: String, executionCount: Int? = nil, silent: Bool = false,
    userExpressions: [(name: String, code: String)] = [], allowsInput: Bool = false,
    cellID: String? = nil,
    file: String? = nil, title: String? = nil, arguments: [String] = [], showsTables: Bool = true
  ) {
    self.code = code
    self.executionCount = executionCount
    self.silent = silent
    self.userExpressions = userExpressions
    self.allowsInput = allowsInput
    self.cellID = cellID
    self.file = file
    self.title = title
    self.arguments = arguments
    self.showsTables = showsTables
  }
}

/// How a cell ended.
public struct ExecutionOutcome: Sendable {
  /// Nil when the cell ran to its end.
  public var error: ErrorReport?
  /// Payloads for the front end's pager and the like.
  public var payloads: [Payload]
  /// What each user expression gave: a MIME bundle, or its error.
  public var userExpressions: [(name: String, value: Result<MIMEBundle, ErrorReport>)]

  public init(
    error: ErrorReport? = nil, payloads: [Payload] = [],
    userExpressions: [(name: String, value: Result<MIMEBundle, ErrorReport>)] = []
  ) {
    self.error = error
    self.payloads = payloads
    self.userExpressions = userExpressions
  }

  public enum Payload: Sendable {
    /// Text for the pager, as `name?` shows it.
    case page(MIMEBundle)
    /// Code that takes the place of the cell, as `%load` gives it.
    case cell(String)
    /// The user leaves: the front end is to end the session.
    case exit(Exit)
  }

  /// How a session or script ends that the user left.
  public struct Exit: Sendable, Equatable {
    public var code: Int32
    /// What is said on stderr.
    public var message: String?

    public init(code: Int32, message: String? = nil) {
      self.code = code
      self.message = message
    }
  }

  /// How the user left, where the code asked for that.
  ///
  /// With a code other than 0 there is an error too, for hosts that have no exit code.
  public var exit: Exit? {
    for case .exit(let exit) in payloads { return exit }
    return nil
  }
}

/// An error as hosts show it: kind, one sentence, and the whole block.
public struct ErrorReport: Error, Sendable {
  /// The kind, as `ShapeError`.
  public var name: String
  /// What is wrong in one sentence.
  public var message: String
  /// The whole block, one entry a line, coloured with ANSI escapes.
  public var traceback: [String]

  public init(name: String, message: String, traceback: [String]) {
    self.name = name
    self.message = message
    self.traceback = traceback
  }
}

/// Completions of a name at a cursor.
public struct Completions: Sendable {
  public struct Match: Sendable {
    public var text: String
    /// What it is: `function`, `gate`, `keyword`, `tensor`, `module`, `attribute` and the like.
    public var type: String
    /// A call signature such as `(x, axis=None)`, where there is one.
    public var signature: String?

    public init(text: String, type: String, signature: String? = nil) {
      self.text = text
      self.type = type
      self.signature = signature
    }
  }
  public var matches: [Match]
  /// Code points from the start of the code: the range that a match replaces.
  public var range: Range<Int>

  public init(matches: [Match], range: Range<Int>) {
    self.matches = matches
    self.range = range
  }
}

/// What is known of the name at a cursor.
public struct Inspection: Sendable {
  public var bundle: MIMEBundle
  public init(bundle: MIMEBundle) { self.bundle = bundle }
}

/// Whether code is ready to run.
public enum Completeness: Sendable, Equatable {
  case complete
  /// More lines are needed; the next is to start with this indent.
  case incomplete(indent: String)
  case invalid
}

/// A user's name and what it holds, in one line each.
public struct VariableSummary: Sendable {
  public var name: String
  public var type: String
  public var summary: String

  public init(name: String, type: String, summary: String) {
    self.name = name
    self.type = type
    self.summary = summary
  }
}
