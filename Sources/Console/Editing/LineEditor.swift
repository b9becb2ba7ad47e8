import CEdit
import EngineInterface

#if canImport(Glibc)
  import Glibc
#endif

/// Reads blocks of lines from a terminal, with libedit's keys and lines that can be edited.
///
/// A block is one line of libedit's, with line ends in it; see ``EditedBlock``. What a command shows
/// outside the block takes two steps, since libedit moves the cursor only when a command is done:
/// such steps wait in a queue, and a key that no keyboard has lets libedit do the next one.
final class LineEditor {
  enum Event: Equatable {
    case text(String)
    case interrupted
    case end
  }

  /// What the editor asks about the text.
  struct Language {
    var complete: (_ text: String, _ cursor: Int) -> Completions
    var isComplete: (_ text: String) -> Completeness
    /// The earlier lines, oldest first.
    var earlierLines: () -> [String]
  }

  /// Why there is no editing.
  struct Failure: Error { var reason: String }

  typealias Reply = nabla_edit_reply

  let language: Language
  let reader: LineReader
  let input: Terminal
  let output: Terminal
  /// What is to be said above the prompt, a line each, when the reader is told of news.
  let takeNews: () -> [String]
  /// Called before a signal ends the process.
  let beforeEnd: () -> Void

  var edit: OpaquePointer?
  var codes: CellCodes
  /// What waits to be done.
  private var steps: [() -> Reply] = []
  /// Keys that were read and are to be read again.
  private var returnedKeys: [Cell] = []
  /// How often libedit was asked to do a step and did none.
  private var unheededSteps = 0
  /// Whether libedit was given no key although more may come.
  private var hasRefused = false
  private var hasViKeys = false
  /// Whether the next key is the first one, and was typed before the prompt stood.
  private var isTypedAhead = false
  /// The start of a character of which more bytes are to be written.
  var unwritten: [UInt8] = []
  var outcome: Event?
  /// What of the block is not in libedit's line, since the terminal has no room for it.
  var hidden: (above: [Cell], below: [Cell]) = ([], [])
  /// How what is shown was laid out when it was seen to be what is to be shown.
  var seenLayout: BlockView.Layout?
  var window = (rows: 24, columns: 80)

  /// The text as it was pasted or called back, as long as it may be run as it is.
  var arrival: String?
  var recall: LineRecall?
  var search: LineSearch?
  var blockBeforeSearch = EditedBlock()

  init(
    _ language: Language, reader: LineReader, input: Terminal, output: Terminal,
    takeNews: @escaping () -> [String], beforeEnd: @escaping () -> Void
  ) throws(Failure) {
    self.language = language
    self.reader = reader
    self.input = input
    self.output = output
    self.takeNews = takeNews
    self.beforeEnd = beforeEnd
    codes = CellCodes { output.styled($0, .green) }
    let host = nabla_edit_host(
      context: Unmanaged.passUnretained(self).toOpaque(),
      read: { context, key in
        guard let context, let key else { return 0 }
        guard let next = LineEditor.at(context).nextKey() else { return 0 }
        key.pointee = next
        return 1
      },
      perform: { context, number in
        guard let context, let command = EditCommand(rawValue: number) else { return 0 }
        return Int32(LineEditor.at(context).perform(command).rawValue)
      },
      write: { context, bytes, count in
        guard let context, let bytes else { return }
        let written = UnsafeBufferPointer(start: bytes, count: count)
        LineEditor.at(context).write(written.map { UInt8(bitPattern: $0) })
      })
    var failure: UnsafePointer<CChar>?
    edit = nabla_edit_open("nabla", input.descriptor, output.descriptor, host, &failure)
    guard edit != nil else {
      throw Failure(reason: failure.map { String(cString: $0) } ?? "it failed")
    }
    bindKeys()
    guard nabla_edit_is_on(edit) != 0 else {
      throw Failure(reason: "the settings of libedit say `edit off`")
    }
  }

  deinit {
    if let edit { nabla_edit_close(edit) }
  }

  private static func at(_ context: UnsafeMutableRawPointer) -> LineEditor {
    Unmanaged<LineEditor>.fromOpaque(context).takeUnretainedValue()
  }

  private func bindKeys() {
    guard let edit else { return }
    // The user's settings come first: they may choose the keys of vi, which sets all keys anew.
    for command in EditCommand.allCases {
      _ = nabla_edit_add(edit, command.rawValue, command.name, command.help)
    }
    nabla_edit_read_settings(edit)
    hasViKeys = nabla_edit_has_vi_keys(edit) != 0
    for command in EditCommand.allCases {
      for keys in command.keys where !(hasViKeys && keys.hasPrefix("\\033")) {
        let maps = command.isForCommandMode ? Self.allMaps : Self.typing
        nabla_edit_bind(edit, keys, command.name, maps)
      }
    }
    if hasViKeys {
      let maps = Int32(nabla_edit_commands)
      for (keys, name) in EditCommand.viCommands { nabla_edit_bind(edit, keys, name, maps) }
    } else {
      for (keys, name) in EditCommand.others { nabla_edit_bind(edit, keys, name, Self.typing) }
    }
  }

  private static let typing = Int32(nabla_edit_typing)
  private static let allMaps = typing | Int32(nabla_edit_commands)

  // MARK: Reading

  /// Reads a block, at the start of a line of the terminal.
  func read() -> Event {
    outcome = nil
    hidden = ([], [])
    seenLayout = nil
    steps = []
    arrival = nil
    recall = nil
    search = nil
    setPrompt()
    input.waitForForeground()
    nabla_edit_watch_signals(reader.wakeWriter)
    measureWindow()
    // Before the prompt: what is typed as soon as it stands must not be echoed by the terminal.
    nabla_edit_set_modes(edit, 1)
    isTypedAhead = reader.hasMore()
    output.write(Self.pasteOn)
    repeat {
      hasRefused = false
      nabla_edit_read(edit)
    } while outcome == nil && hasRefused
    output.write(Self.pasteOff)
    nabla_edit_unwatch_signals()
    heedLate()
    return outcome ?? .end
  }

  /// Makes the terminal tell what is pasted from what is typed.
  static let pasteOn = "\u{1B}[?2004h"
  static let pasteOff = "\u{1B}[?2004l"

  /// The key that libedit is to see next; nil at the end of the input, or to make a command of
  /// libedit's own give up reading.
  private func nextKey() -> Cell? {
    while outcome == nil {
      if !steps.isEmpty {
        unheededSteps += 1
        if unheededSteps <= Self.patience { return EditCommand.actKey }
        // A command that reads a text of its own takes the key for a part of that, and for ever.
        unheededSteps = 0
        hasRefused = true
        if case .told(let reason)? = reader.waitingEvent() { _ = hear(reason) }
        return nil
      }
      if search == nil {
        // With each key only what is shown is looked at: a block may be very long.
        var line = line
        // Who clears the line looks for another one.
        if line.cells.isEmpty, isAllShown { recall = nil }
        if line.mend() {
          then {
            // By now it may be another one.
            self.mendLine() ? .changed : .nothing
          }
          continue
        }
        if !isInView(line) {
          then { self.show(self.block) }
          continue
        }
      }
      if !returnedKeys.isEmpty { return returnedKeys.removeFirst() }
      switch reader.nextByte() {
      case .end: return nil
      case .interrupted: drop()
      case .told(let reason): _ = hear(reason)
      case .byte(var byte):
        // A terminal that gives whole lines keeps a Ctrl-D as this.
        if byte == 0, isTypedAhead { byte = 4 }
        isTypedAhead = false
        if search != nil, searchTakes(byte) { continue }
        if byte == 0x1B, hasViKeys, takesEscape() { continue }
        if byte < 0x80 { return Cell(byte) }
        if let scalar = scalar(startingWith: byte) { type(scalar) }
      }
    }
    return nil
  }

  /// How many steps libedit may leave undone: a key before may take one with it, as an escape does.
  private static let patience = 4

  /// Does what a signal or a thread asks for; false when the session is over.
  func hear(_ reason: UInt8) -> Bool {
    guard reason == LineReader.news else { return heed(Int32(reason)) }
    sayNews()
    return true
  }

  /// The character that is not ASCII and begins with a byte; nil where the block is dropped.
  ///
  /// What is not UTF-8 is U+FFFD, and what follows it is read as it is typed.
  func scalar(startingWith byte: UInt8) -> Unicode.Scalar? {
    guard (0xC2...0xF4).contains(byte) else { return "\u{FFFD}" }
    let count = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2
    var bytes = [byte]
    while bytes.count < count {
      switch reader.nextByte() {
      case .byte(let next) where (0x80...0xBF).contains(next): bytes.append(next)
      case .byte(let next):
        reader.giveBack(next)
        return "\u{FFFD}"
      case .told(let reason): guard hear(reason) else { return nil }
      case .interrupted:
        drop()
        return nil
      case .end: return "\u{FFFD}"
      }
    }
    return String(validating: bytes, as: UTF8.self)?.unicodeScalars.first ?? "\u{FFFD}"
  }

  /// Puts off a step until libedit has shown what was done so far.
  func then(_ step: @escaping () -> Reply) { steps.append(step) }

  /// Does the step that waits longest.
  func act() -> Reply {
    unheededSteps = 0
    return steps.isEmpty ? .refused : steps.removeFirst()()
  }

  /// Lets libedit see a key after all that waits was done.
  func giveBack(_ key: Cell) { returnedKeys.append(key) }

  /// Takes what follows an escape where that is a key of ours.
  private func takesEscape() -> Bool {
    var bytes: [UInt8] = []
    // What a key sends comes at once; an escape that is typed stands alone.
    reading: while bytes.count < 5, reader.hasMore(within: 25) {
      switch reader.nextByte() {
      case .byte(let byte):
        bytes.append(byte)
        if let command = EditCommand.escapes[bytes] {
          then { self.perform(command) }
          return true
        }
      case .told(let reason): guard hear(reason) else { return true }
      case .interrupted:
        drop()
        return true
      case .end: break reading
      }
    }
    for byte in bytes.reversed() { reader.giveBack(byte) }
    return false
  }
}

extension nabla_edit_reply {
  static let nothing = nabla_edit_nothing
  static let finish = nabla_edit_finish
  static let changed = nabla_edit_changed
  static let moved = nabla_edit_moved
  static let refused = nabla_edit_refused
}
