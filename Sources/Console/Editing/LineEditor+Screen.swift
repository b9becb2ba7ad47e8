import CEdit

#if canImport(Glibc)
  import Glibc
#endif

// What is shown beside the block, and what signals do to it.

extension LineEditor {
  /// Does something below the block, and draws the block anew below that.
  func below(_ body: @escaping () -> Void) {
    var cursor = 0
    then {
      cursor = self.block.cursor
      return self.move(toShown: .end)
    }
    then {
      self.output.write("\r\n")
      body()
      return self.redraw(cursor)
    }
  }

  /// Does something in place of the block, and draws the block anew below that.
  private func above(_ body: @escaping () -> Void) {
    var cursor = 0
    then {
      // What a command does that this comes amidst is done by now.
      cursor = self.block.cursor
      return self.move(toShown: .start)
    }
    then {
      self.output.write("\r\u{1B}[J")
      body()
      return self.redraw(cursor)
    }
  }

  private func redraw(_ cursor: Int) -> Reply {
    _ = move(to: cursor)
    nabla_edit_draw(edit)
    return .nothing
  }

  /// Ends the block below its last line.
  func finish(_ event: Event, saying note: String = "") {
    let isWhole = isAllShown
    then { self.move(toShown: isWhole ? .end : .start) }
    then {
      // What had no room is shown at last, as the terminal keeps it.
      if !isWhole { self.output.write("\r\u{1B}[J" + self.shown(self.block.cells)) }
      self.output.write(note + "\r\n")
      self.outcome = event
      return .finish
    }
  }

  /// The cells as the terminal is to show them behind the prompt.
  private func shown(_ cells: [Cell]) -> String {
    var result = String.UnicodeScalarView()
    for cell in CellCodes.prompt + cells {
      switch cell {
      case CellCodes.newline: result.append(contentsOf: "\r\n".unicodeScalars)
      case 0..<0x20 where cell != 9, 0x7F:
        // As the editor shows them: the terminal would do what they say.
        result.append("^")
        result.append(Unicode.Scalar(UInt8(cell ^ 0x40)))
      default: Unicode.Scalar(UInt32(bitPattern: cell)).map { result.append($0) }
      }
    }
    return codes.shown(String(result))
  }

  /// Drops the block.
  func drop() {
    leaveSearch()
    finish(.interrupted, saying: "^C")
  }

  func sayNews() {
    above { for line in self.takeNews() { Terminal.error.write("nabla: \(line)\r\n") } }
  }

  // MARK: Signals

  /// Does what a signal asks for; false when the session is over.
  func heed(_ signal: Int32) -> Bool {
    switch signal {
    case SIGWINCH: above { self.resize() }
    case SIGTSTP: stop { raise(SIGTSTP) }
    case SIGCONT:
      // Whoever had the terminal meanwhile may have left it in any state.
      var cursor = 0
      then {
        cursor = self.block.cursor
        self.outside {}
        self.pause {}
        self.output.write("\r\u{1B}[J")
        return self.redraw(cursor)
      }
    default:
      end { raise(signal) }
      return false
    }
    return true
  }

  /// Does what a key asks for that means all processes of the terminal's foreground.
  func signalGroup(_ signal: Int32) -> Reply {
    if signal == SIGTSTP {
      stop { nabla_edit_raise_for_group(signal) }
      return .nothing
    }
    end { nabla_edit_raise_for_group(signal) }
    return .finish
  }

  private func stop(_ body: @escaping () -> Void) { below { self.pause(body) } }

  /// Ends the session by a signal, or without one where that is ignored.
  private func end(_ body: () -> Void) {
    // First what needs no terminal: it may be gone.
    beforeEnd()
    release(saying: "\r\n")
    nabla_edit_unwatch_signals()
    body()
    outcome = .end
  }

  /// Gives the terminal back to others while something is done.
  private func pause(_ body: () -> Void) {
    release()
    outside(body)
    reader.forgetInterrupts()
    nabla_edit_set_modes(edit, 1)
    output.write(Self.pasteOn)
    resize()
  }

  private func resize() {
    measureWindow()
    nabla_edit_resize(edit)
  }

  /// Sets the terminal's modes as others want them, where it is ours.
  private func release(saying note: String = "") {
    guard !input.isOutOfReach else { return }
    output.write(Self.pasteOff)
    nabla_edit_set_modes(edit, 0)
    output.write(note)
  }

  /// Does something and comes back in the foreground; signals do meanwhile what they do by default,
  /// so that one can end a process that is stopped.
  private func outside(_ body: () -> Void) {
    nabla_edit_unwatch_signals()
    heedLate()
    body()
    input.waitForForeground()
    nabla_edit_watch_signals(reader.wakeWriter)
  }

  /// Lets signals that came too late to be heard do what they do by default.
  func heedLate() {
    for signal in reader.takeSignals() where signal != SIGCONT && signal != SIGWINCH {
      let isEnd = signal != SIGTSTP
      if isEnd { beforeEnd() }
      raise(signal)
      if isEnd { outcome = .end }
    }
  }

  // MARK: Writing

  /// Writes what libedit draws, with the codes as the characters that they stand for.
  func write(_ bytes: [UInt8]) {
    unwritten += bytes
    var end = unwritten.count
    // A character may come in two parts.
    if let lead = unwritten.suffix(3).lastIndex(where: { $0 >= 0xC0 }) {
      let length = unwritten[lead] >= 0xF0 ? 4 : unwritten[lead] >= 0xE0 ? 3 : 2
      if lead + length > end { end = lead }
    }
    let whole = String(decoding: unwritten[..<end], as: UTF8.self)
    unwritten.removeSubrange(..<end)
    output.write(codes.shown(whole))
  }
}
