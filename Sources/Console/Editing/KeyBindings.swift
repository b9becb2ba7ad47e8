/// What a key can do, besides what libedit's own commands do.
enum EditCommand: Int32, CaseIterable {
  /// Does what waits to be done; no key of a keyboard asks for it.
  case act
  case accept
  case newline
  case complete
  case up
  case down
  case older
  case newer
  case search
  case paste
  case interrupt
  case deleteOrLeave
  case backspace
  case delete
  case lineStart
  case lineEnd
  case quotedInsert
  case suspend
  case quit

  /// The name in `~/.editrc`.
  var name: String {
    switch self {
    case .act: "nabla-act"
    case .accept: "nabla-accept"
    case .newline: "nabla-newline"
    case .complete: "nabla-complete"
    case .up: "nabla-up"
    case .down: "nabla-down"
    case .older: "nabla-older"
    case .newer: "nabla-newer"
    case .search: "nabla-search"
    case .paste: "nabla-paste"
    case .interrupt: "nabla-interrupt"
    case .deleteOrLeave: "nabla-delete-or-leave"
    case .backspace: "nabla-backspace"
    case .delete: "nabla-delete"
    case .lineStart: "nabla-line-start"
    case .lineEnd: "nabla-line-end"
    case .quotedInsert: "nabla-quoted-insert"
    case .suspend: "nabla-suspend"
    case .quit: "nabla-quit"
    }
  }

  var help: String {
    switch self {
    case .act: "Do what waits to be done"
    case .accept: "Run the block, or begin its next line"
    case .newline: "Begin a new line"
    case .complete: "Complete a name, or indent"
    case .up: "Go a line up, or to an older line that begins alike"
    case .down: "Go a line down, or to a newer line"
    case .older: "Go to an older line that begins alike"
    case .newer: "Go to a newer line"
    case .search: "Search earlier lines"
    case .paste: "Insert what is pasted"
    case .interrupt: "Drop the line"
    case .deleteOrLeave: "Delete a character, or leave where there is none"
    case .backspace: "Delete the character before the cursor"
    case .delete: "Delete the character at the cursor"
    case .lineStart: "Go to the start of the line"
    case .lineEnd: "Go to the end of the line"
    case .quotedInsert: "Insert the next character as it is"
    case .suspend: "Stop the session, to go on later"
    case .quit: "End the session at once"
    }
  }

  /// The key of ``act``: no text in UTF-8 is given to the editor in this form.
  static let actKey: Cell = 0x80

  /// The keys, as they are written in `~/.editrc`.
  var keys: [String] {
    switch self {
    case .act: ["\\200"]
    case .accept: ["^M", "^J"]
    case .newline: ["\\033^M", "\\033^J"]
    case .complete: ["^I"]
    case .up: ["^P", "\\033[A", "\\033OA"]
    case .down: ["^N", "\\033[B", "\\033OB"]
    case .older: ["\\033p", "\\033[5~"]
    case .newer: ["\\033n", "\\033[6~"]
    case .search: ["^R", "^S"]
    case .paste: ["\\033[200~"]
    case .interrupt: ["^C"]
    case .deleteOrLeave: ["^D"]
    case .backspace: ["^?", "^H"]
    case .delete: ["\\033[3~"]
    case .lineStart: ["^A", "\\033[H", "\\033OH", "\\033[1~"]
    case .lineEnd: ["^E", "\\033[F", "\\033OF", "\\033[4~"]
    case .quotedInsert: ["^V"]
    case .suspend: ["^Z"]
    case .quit: ["^\\"]
    }
  }

  /// What a key sends that begins with an escape, without that, by its bytes; for the keys of vi,
  /// where an escape by itself is a command.
  static let escapes: [[UInt8]: EditCommand] = {
    var escapes: [[UInt8]: EditCommand] = [:]
    for command in allCases {
      for keys in command.keys where keys.hasPrefix("\\033") && !keys.contains("^") {
        escapes[Array(keys.dropFirst(4).utf8)] = command
      }
    }
    return escapes
  }()

  /// Whether the keys do the same in the command mode of vi.
  var isForCommandMode: Bool {
    switch self {
    case .act, .accept, .up, .down, .paste, .interrupt, .deleteOrLeave, .search, .suspend, .quit:
      true
    default: false
    }
  }

  /// Keys of vi's command mode whose own commands would read a line on the block's place.
  static let viCommands = [
    (":", "ed-unassigned"), ("/", EditCommand.search.name), ("?", EditCommand.search.name),
  ]

  /// Keys of other commands that libedit leaves without one, and those of its own command line,
  /// which would read on the block's place.
  static let others = [
    ("\\033[1;5C", "em-next-word"), ("\\033[1;5D", "ed-prev-word"),
    ("\\033[1;3C", "em-next-word"), ("\\033[1;3D", "ed-prev-word"),
    ("\\033[201~", "ed-ignore"),
    ("\\033x", "ed-unassigned"), ("\\033X", "ed-unassigned"),
  ]
}
