import EngineInterface

#if canImport(Glibc)
  import Glibc
#endif

/// One of the process's standard streams, and what can be shown on it.
public struct Terminal: Sendable {
  public let descriptor: Int32
  public let isTerminal: Bool
  /// The colours that text may have.
  public let colors: TextPage.Colors
  /// Whether signs beyond ASCII can be seen.
  public let isUnicode: Bool
  /// Whether lines that were written can be taken back: on a terminal that moves its cursor.
  public let canRewrite: Bool

  public static let input = Terminal(descriptor: STDIN_FILENO)
  public static let output = Terminal(descriptor: STDOUT_FILENO)
  public static let error = Terminal(descriptor: STDERR_FILENO)

  public init(descriptor: Int32) {
    func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
    let isTerminal = isatty(descriptor) == 1
    let kind = environment("TERM") ?? ""
    self.init(
      descriptor: descriptor, isTerminal: isTerminal,
      colors: Self.colors(isTerminal: isTerminal, environment: environment),
      isUnicode: !isTerminal || Self.isUnicode(environment: environment),
      canRewrite: isTerminal && !kind.isEmpty && kind != "dumb")
  }

  public init(
    descriptor: Int32, isTerminal: Bool, colors: TextPage.Colors = .none, isUnicode: Bool = true,
    canRewrite: Bool = false
  ) {
    self.descriptor = descriptor
    self.isTerminal = isTerminal
    self.colors = colors
    self.isUnicode = isUnicode
    self.canRewrite = canRewrite
  }

  /// Whether text may be coloured.
  public var hasColors: Bool { colors > .none }

  /// What texts that are shown here may count on; a file's text does not depend on the terminal.
  public var page: TextPage {
    TextPage(
      width: isTerminal ? width : nil, height: isTerminal ? height : nil, colors: colors,
      isUnicode: isUnicode)
  }

  /// Colours go to a terminal that is not dumb; `NO_COLOR` forbids and `FORCE_COLOR` demands them.
  public static func allowsColors(
    isTerminal: Bool, environment: (String) -> String?
  ) -> Bool {
    if let refused = environment("NO_COLOR"), !refused.isEmpty { return false }
    if let forced = environment("FORCE_COLOR"), !forced.isEmpty, forced != "0" { return true }
    guard isTerminal, let kind = environment("TERM") else { return false }
    return !kind.isEmpty && kind != "dumb"
  }

  /// The colours that are allowed, as `COLORTERM` and `TERM` name them.
  public static func colors(
    isTerminal: Bool, environment: (String) -> String?
  ) -> TextPage.Colors {
    guard allowsColors(isTerminal: isTerminal, environment: environment) else { return .none }
    let kind = environment("TERM") ?? ""
    if ["truecolor", "24bit"].contains(environment("COLORTERM")) || kind.hasSuffix("-direct") {
      return .full
    }
    return kind.contains("256color") ? .indexed : .basic
  }

  /// Whether the locale is one of UTF-8; where none is named, as in a container, it is taken for one.
  public static func isUnicode(environment: (String) -> String?) -> Bool {
    for name in ["LC_ALL", "LC_CTYPE", "LANG"] {
      guard let locale = environment(name), !locale.isEmpty else { continue }
      let encoding = locale.lowercased().filter { $0 != "-" }
      return encoding.contains("utf8")
    }
    return true
  }

  /// The number of columns: of the window, else of `COLUMNS`, else 80.
  public var width: Int { extent(\.ws_col, "COLUMNS", else: 80) }

  /// The number of lines: of the window, else of `LINES`, else 24.
  public var height: Int { extent(\.ws_row, "LINES", else: 24) }

  private func extent(_ side: KeyPath<winsize, UInt16>, _ variable: String, else usual: Int) -> Int
  {
    var size = winsize()
    if ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size[keyPath: side] > 0 {
      return Int(size[keyPath: side])
    }
    let named = getenv(variable).flatMap { Int(String(cString: $0)) }
    return named.flatMap { $0 > 0 ? $0 : nil } ?? usual
  }

  /// Whether the terminal shows what is typed.
  var showsTyping: Bool {
    var modes = termios()
    return tcgetattr(descriptor, &modes) != 0 || modes.c_lflag & tcflag_t(ECHO) != 0
  }

  /// Whether it is gone, or in the hands of another job.
  var isOutOfReach: Bool {
    let job = tcgetpgrp(descriptor)
    return job < 0 ? errno == EIO : job != getpgrp()
  }

  /// Stops the process, as its shell wants it, until it is in the terminal's foreground.
  func waitForForeground() {
    // Nothing else that only the foreground may do changes so little.
    while tcdrain(descriptor) != 0, errno == EINTR {}
  }

  /// Writes all of `text` at once; what nobody reads any more is dropped.
  public func write(_ text: String) {
    var text = text
    text.withUTF8 { bytes in
      var done = 0
      while done < bytes.count {
        let count = Glibc.write(
          descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done)
        if count < 0, errno == EINTR || errno == EAGAIN { continue }
        if count <= 0 {
          if errno != EPIPE, descriptor == STDOUT_FILENO { endUnwritable(errno) }
          return
        }
        done += count
      }
    }
  }

  /// Ends the process: what it was to show is lost, and nobody must take that for success.
  private func endUnwritable(_ cause: Int32) -> Never {
    Terminal.error.write("nabla: cannot write the output: \(String(cString: strerror(cause)))\n")
    _exit(2)
  }

  public enum Style: Int, Sendable {
    case bold = 1
    case dim = 2
    case red = 31
    case green = 32
    case yellow = 33
  }

  /// The text in a style, or as it is where colours are off.
  public func styled(_ text: String, _ style: Style) -> String {
    hasColors ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
  }

  /// The text without its colours where colours are off.
  public func fitted(_ text: String) -> String { hasColors ? text : Self.plain(text) }

  /// The text without control sequences of terminals.
  public static func plain(_ text: String) -> String {
    guard text.utf8.contains(0x1B) else { return text }
    var result = String.UnicodeScalarView()
    var scalars = text.unicodeScalars.makeIterator()
    while let scalar = scalars.next() {
      guard scalar == "\u{1B}" else {
        result.append(scalar)
        continue
      }
      switch scalars.next() {
      case "[":
        // Parameters and intermediates up to the final byte.
        while let next = scalars.next(), !(0x40...0x7E ~= next.value) {}
      case "]":
        // A title or a link, up to BEL or the string terminator.
        while let next = scalars.next(), next != "\u{07}" {
          if next == "\u{1B}" {
            _ = scalars.next()
            break
          }
        }
      default: break
      }
    }
    return String(result)
  }
}
