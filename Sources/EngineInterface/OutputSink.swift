import JSON

/// Where a running cell shows what it has to show, and asks for input.
///
/// The order of calls is the order in which the user sees the output. A sink may be called from the
/// thread that runs its cell only.
public protocol OutputSink: AnyObject, Sendable {
  /// Text on stdout or stderr, as written: with or without a line end.
  func write(_ text: String, to stream: StandardStream)

  /// A display of its own; `id` names it for later updates.
  func display(_ bundle: MIMEBundle, id: String?)

  /// Shows `bundle` in place of what the display `id` showed.
  func updateDisplay(_ bundle: MIMEBundle, id: String)

  /// The value of the cell.
  func result(_ bundle: MIMEBundle)

  /// Removes the output so far; with `wait`, when the next output comes.
  func clearOutput(wait: Bool)

  /// Asks the user for a line. Blocks until it comes.
  func input(prompt: String, password: Bool) throws(InputFailure) -> String

  /// An interrupt was answered by the code, which goes on: what it asks for next is not interrupted.
  func interruptWasAnswered()

  /// Whether a front end with comms may be listening.
  var hasComms: Bool { get }

  /// A comm event towards the front end.
  func comm(_ event: CommEvent)

  /// What texts that go here may count on.
  var page: TextPage { get }

  /// A state of something under way, such as a bar: shown in place of its last state.
  func progress(_ bundle: MIMEBundle, id: String, stage: ProgressStage)
}

extension OutputSink {
  public func interruptWasAnswered() {}
  public var hasComms: Bool { false }
  public var page: TextPage { .notebook }
  public func comm(_ event: CommEvent) {}

  /// One display that is updated.
  public func progress(_ bundle: MIMEBundle, id: String, stage: ProgressStage) {
    if stage == .first { display(bundle, id: id) } else { updateDisplay(bundle, id: id) }
  }
}

/// Where something under way stands.
public enum ProgressStage: Sendable {
  case first
  case next
  /// Nothing more comes.
  case last
}

public enum StandardStream: String, Sendable {
  case stdout
  case stderr
}

/// Why no input came.
public enum InputFailure: Error, Sendable {
  /// The host has nobody to ask.
  case unavailable
  /// What runs shows nothing, and so asks nothing.
  case silent
  /// The user interrupted.
  case interrupted
  /// The input ended.
  case endOfFile
  /// An answer came that is no text.
  case unreadable
}

/// One value in several representations; the front end picks the richest that it knows.
public struct MIMEBundle: Sendable, Equatable {
  /// MIME types with their data, the plainest first.
  ///
  /// JSON types hold JSON, the others a string.
  public var data: JSON.Object
  public var metadata: JSON.Object

  public init(data: JSON.Object, metadata: JSON.Object = [:]) {
    self.data = data
    self.metadata = metadata
  }

  public init(plain: String) { self.init(data: ["text/plain": .string(plain)]) }

  public var plain: String? { data["text/plain"]?.string }
}
