import EngineInterface

#if canImport(Glibc)
  import Glibc
#endif

// What the keys do.

extension LineEditor {
  func perform(_ command: EditCommand) -> Reply {
    // A macro's keys come without a look at what the key before left.
    let wasMended = command != .act && mendLine()
    let reply = does(command)
    return wasMended && reply != .finish ? .changed : reply
  }

  private func does(_ command: EditCommand) -> Reply {
    switch command {
    case .act: return act()
    case .accept: return accept()
    case .newline: return beginLine()
    case .complete: return complete()
    case .up: return goVertically(up: true)
    case .down: return goVertically(up: false)
    case .older: return callBack(older: true)
    case .newer: return callBack(older: false)
    case .search: return beginSearch()
    case .paste: return paste()
    case .interrupt:
      drop()
      return .nothing
    case .deleteOrLeave:
      if block.cells.isEmpty {
        outcome = .end
        return .finish
      }
      return change { $0.deleteForward() }
    case .backspace: return change { $0.deleteBackward() }
    case .delete: return change { $0.deleteForward() }
    case .lineStart: return move(to: block.line.lowerBound)
    case .lineEnd: return move(to: block.line.upperBound)
    case .quotedInsert: return insertNextByte()
    case .suspend: return signalGroup(SIGTSTP)
    case .quit: return signalGroup(SIGQUIT)
    }
  }

  private func change(_ body: (inout EditedBlock) -> Bool) -> Reply {
    var block = block
    return body(&block) ? show(block) : .refused
  }

  // MARK: Typing

  /// Inserts a character that is not ASCII, or makes it part of the one before the cursor.
  func type(_ scalar: Unicode.Scalar) {
    then {
      var block = self.block
      if let last = block.cells[..<block.cursor].last, !CellCodes.isMark(last) {
        let joined = self.codes.text(of: [last]) + String(scalar)
        if joined.count == 1 {
          block.cursor -= 1
          block.cells.remove(at: block.cursor)
          block.insert(self.codes.cells(of: joined))
          return self.show(block)
        }
      }
      block.insert(self.codes.cells(of: String(scalar)))
      return self.show(block)
    }
  }

  private func insertNextByte() -> Reply {
    while true {
      switch reader.nextByte() {
      case .byte(0): return .refused
      case .byte(let byte):
        if byte < 0x80 { return insert(String(Unicode.Scalar(byte))) }
        if let scalar = scalar(startingWith: byte) { type(scalar) }
        return .nothing
      case .told(let reason): guard hear(reason) else { return .finish }
      case .interrupted:
        drop()
        return .nothing
      case .end: return .refused
      }
    }
  }

  private func insert(_ text: String) -> Reply {
    var block = block
    block.insert(codes.cells(of: text))
    return show(block)
  }

  /// Inserts what the terminal says was pasted, as it is; it runs when Enter is pressed.
  private func paste() -> Reply {
    var bytes: [UInt8] = []
    while !PastedText.isWhole(bytes) {
      switch reader.nextByte() {
      case .byte(let byte): bytes.append(byte)
      case .told(let reason): guard hear(reason) else { return .finish }
      case .interrupted:
        drop()
        return .nothing
      case .end: return .refused
      }
    }
    bytes.removeLast(PastedText.end.count)
    let reply = insert(PastedText.text(bytes))
    arrival = text
    return reply
  }

  // MARK: Lines

  /// Runs the block where it is complete, else begins its next line.
  private func accept() -> Reply {
    let block = block
    let text = text
    if text == arrival, isReady(text) || isReady(text + "\n") {
      finish(.text(text))
      return .nothing
    }
    let rest = codes.text(of: block.cells[block.cursor...])
    let isAtEnd = rest.allSatisfy(\.isWhitespace)
    if isAtEnd || block.isOnLastLine, isReady(text) {
      finish(.text(text))
      return .nothing
    }
    return beginLine()
  }

  private func isReady(_ text: String) -> Bool {
    if case .incomplete = language.isComplete(text) { return false }
    return true
  }

  /// Begins a new line at the cursor, indented as the language has it.
  private func beginLine() -> Reply {
    // Lines that come all at once bring their own indentation.
    if reader.hasMore() { return insert("\n") }
    let block = block
    let before = codes.text(of: block.cells[..<block.cursor])
    if case .incomplete(let indent) = language.isComplete(before) { return insert("\n" + indent) }
    let line = before.split(separator: "\n", omittingEmptySubsequences: false).last ?? ""
    return insert("\n" + line.prefix { $0 == " " || $0 == "\t" })
  }

  // MARK: Completion

  /// Inserts spaces at a line's indentation, elsewhere what all candidates begin with; where there
  /// is nothing to insert it lists them.
  private func complete() -> Reply {
    let block = block
    if let count = block.spacesToNextStop { return insert(String(repeating: " ", count: count)) }
    let text = codes.text(of: block.cells)
    let cursor = codes.text(of: block.cells[..<block.cursor]).unicodeScalars.count
    let found = language.complete(text, cursor)
    let scalars = Array(text.unicodeScalars)
    let range = found.range.clamped(to: 0..<scalars.count)
    func string(_ part: some Collection<Unicode.Scalar>) -> String {
      String(String.UnicodeScalarView(part))
    }
    let typed = string(scalars[range])
    let prefix = CandidateList.commonPrefix(found.matches.map(\.text))
    if prefix.count > typed.count || (found.matches.count == 1 && prefix != typed) {
      let head = string(scalars[..<range.lowerBound]) + prefix
      return show(head + string(scalars[range.upperBound...]), cursorAfter: head)
    }
    guard found.matches.count > 1 else { return .refused }
    let labels = found.matches.map(CandidateList.label)
    below {
      let lines = CandidateList.lines(
        labels, width: self.output.width, height: self.output.height - 2)
      self.output.write(lines.map { $0 + "\r\n" }.joined())
    }
    return .nothing
  }

  // MARK: Earlier lines

  private func goVertically(up: Bool) -> Reply {
    var block = block
    guard up ? block.isOnFirstLine : block.isOnLastLine else {
      block.move(up: up)
      return move(to: block.cursor)
    }
    return callBack(older: up)
  }

  private func callBack(older: Bool) -> Reply {
    let block = block
    let text = codes.text(of: block.cells)
    var recall: LineRecall
    if let current = self.recall, current.shown == text || current.isUnderWay {
      recall = current
      if recall.shown != text { recall.edit(text) }
    } else {
      recall = LineRecall(
        language.earlierLines(), draft: text,
        prefix: codes.text(of: block.cells[..<block.cursor]))
    }
    guard let line = recall.next(older: older) else { return .refused }
    self.recall = recall
    arrival = line
    return show(line)
  }

  // MARK: Search

  private func beginSearch() -> Reply {
    search = LineSearch(language.earlierLines())
    blockBeforeSearch = block
    return showSearch()
  }

  /// Takes a key that belongs to the search; other keys end it.
  func searchTakes(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x12: search?.next(older: true)
    case 0x13: search?.next(older: false)
    case 0x08, 0x7F: search?.shorten()
    case 0x07:
      leaveSearch()
      arrival = nil
      then { [blockBeforeSearch] in self.show(blockBeforeSearch) }
      return true
    case 0x20..<0x7F: search?.extend(String(Unicode.Scalar(byte)))
    case 0x80...:
      guard let scalar = scalar(startingWith: byte) else { return true }
      search?.extend(String(scalar))
    default:
      giveBack(Cell(byte))
      leaveSearch()
      return true
    }
    then { self.showSearch() }
    return true
  }

  private func showSearch() -> Reply {
    guard let search else { return .nothing }
    setPrompt()
    guard let found = search.found else { return .changed }
    return show(found.line, cursorAfter: String(found.line[..<found.match.lowerBound]))
  }

  /// What stands before what was found, while it is searched for.
  var searchPrompt: [Cell]? {
    guard let search else { return nil }
    let failed = search.hasFailed ? "failed " : ""
    return codes.cells(of: "(\(failed)reverse-i-search)`\(search.pattern)': ")
  }

  /// Keeps what was found, to be edited or run.
  func leaveSearch() {
    guard search != nil else { return }
    if search?.found != nil { arrival = text }
    search = nil
    setPrompt()
    then { .changed }
  }
}
