/// What stands at the cursor: what completion, inspection and call tips start from.
public struct CursorContext: Sendable, Equatable {
  /// What kind of text the cursor stands in.
  public enum Place: Sendable, Equatable {
    case code
    case string
    case comment
    /// Behind the digits of a number, where no name can be.
    case number
    /// In the name of a magic.
    case magic
    /// Where an import names a module.
    case module
    /// Where `from path import` names what it takes.
    case imported(path: [String])
  }

  /// The innermost call around the cursor.
  public struct Call: Sendable, Equatable {
    /// The names of the function, `["np", "sum"]`; empty when it is no chain of names.
    public var function: [String]
    /// The number of arguments before the cursor.
    public var argumentIndex: Int
    /// The name of the argument that the cursor stands in, when it is given by name.
    public var keyword: String?
  }

  public private(set) var place: Place = .code
  /// The names before the last dot: `["np", "random"]` in `np.random.ra`.
  public private(set) var chain: [String] = []
  /// Whether a dot stands before the prefix; with an empty chain, behind what is no name.
  public private(set) var isAttribute = false
  /// What is typed of the name, or of the plain string, at the cursor.
  public private(set) var prefix = ""
  /// What a completion replaces, in code points.
  public private(set) var replaceRange: Range<Int>
  /// The whole name at the cursor, also behind it, with the names before it; empty without one.
  public private(set) var name: [String] = []
  public private(set) var call: Call?
  /// In a string right behind an opening bracket, the names before it: `["net"]` in `net['W|`.
  public private(set) var subscripted: [String] = []

  /// Reads the text before a cursor, which is counted in code points.
  public init(_ text: String, cursor: Int) {
    let offset = CursorPosition.utf8Offset(max(0, cursor), in: text)
    let position = CursorPosition.codePoints(offset, in: text)
    replaceRange = position..<position
    let bytes = Array(text.utf8)
    read(Array(bytes[..<offset]), behind: bytes[offset...])
    replaceRange = (position - prefix.unicodeScalars.count)..<position
  }

  /// - Parameter depth: magics around the text; a line can be one in the body of another, no more.
  private mutating func read(_ before: [UInt8], behind: ArraySlice<UInt8>, depth: Int = 0) {
    let text = String(decoding: before, as: UTF8.self)
    // The line end that the lexer adds at the end of the text is not typed.
    let typed = tokens(of: text, allowsMagics: depth < 2).filter {
      $0.kind.isVisible && ($0.kind != .newline || $0.span.start < before.count)
    }
    let list = TypedTokens(bytes: before, tokens: typed)
    guard let last = list.tokens.last else {
      name = wholeName(behind)
      return
    }
    switch last.kind {
    case .openString: place = .string
    case .comment where last.span.end == before.count: place = .comment
    case .number where last.span.end == before.count: place = .number
    case .magic
    where last.span.end == before.count || before[last.span.start...].starts(with: [0x25, 0x25]):
      return readMagic(Array(before[last.span.start...]), behind: behind, depth: depth)
    default: break
    }
    call = list.call()
    if place == .string { readString(list, last) }
    guard place == .code else { return }
    var end = list.tokens.count
    if last.isWord, last.span.end == before.count {
      prefix = list.text(last)
      end -= 1
    }
    if end > 0, list.tokens[end - 1].kind == .symbol(.dot) {
      isAttribute = true
      chain = list.chain(before: end - 1)
    }
    if let imported = list.importPlace(before: end) { place = imported }
    name = wholeName(behind)
  }

  /// Reads what is typed of a plain string in one line: its text is the prefix.
  private mutating func readString(_ list: TypedTokens, _ string: Token) {
    let text = list.text(string)
    guard let quote = text.first, quote == "'" || quote == "\"" else { return }
    let typed = text.dropFirst()
    guard !typed.contains(where: { $0 == "\\" || $0.isNewline }), typed.first != quote else {
      return
    }
    prefix = String(typed)
    subscripted = list.subscripted(before: list.tokens.count - 1)
  }

  /// Reads a line `%name argument`: the argument is code of its own.
  private mutating func readMagic(_ line: [UInt8], behind: ArraySlice<UInt8>, depth: Int) {
    let head = line.prefix { $0 == Byte.percent }.count
    let end = line.dropFirst(head).firstIndex { !Lexer.isNameByte($0) } ?? line.count
    if end == line.count {
      place = .magic
      prefix = String(decoding: line[head...], as: UTF8.self)
      name = wholeName(behind)
      return
    }
    read(
      Array(line[end...].drop { $0 == Byte.space || $0 == Byte.tab }), behind: behind,
      depth: depth + 1)
  }

  private func wholeName(_ behind: ArraySlice<UInt8>) -> [String] {
    var lexer = Lexer(Array(prefix.utf8) + Array(behind.prefix(1_000)), allowsMagics: false)
    lexer.isAtLineStart = false
    let token = lexer.next()
    guard token.kind == .name || token.kind.isKeyword, token.span.start == 0 else { return [] }
    if isAttribute, chain.isEmpty { return [] }
    return chain + [String(decoding: lexer.bytes[..<token.span.end], as: UTF8.self)]
  }
}

/// The tokens before a cursor.
private struct TypedTokens {
  let bytes: [UInt8]
  let tokens: [Token]

  func text(_ token: Token) -> String {
    String(decoding: bytes[token.span.start..<token.span.end], as: UTF8.self)
  }

  /// The names that are joined by dots up to the dot at an index; empty when they are not all.
  func chain(before dot: Int) -> [String] {
    var names: [String] = []
    var index = dot
    while index > 0, tokens[index].kind == .symbol(.dot) {
      guard tokens[index - 1].kind == .name else { return [] }
      names.append(text(tokens[index - 1]))
      guard index > 1 else { break }
      index -= 2
    }
    return names.reversed()
  }

  /// The names before the bracket that opens right before the token at an index.
  func subscripted(before index: Int) -> [String] {
    guard index > 1, tokens[index - 1].kind == .symbol(.leftBracket),
      tokens[index - 2].kind == .name
    else { return [] }
    let isMember = index > 2 && tokens[index - 3].kind == .symbol(.dot)
    let owner = isMember ? chain(before: index - 3) : []
    return isMember && owner.isEmpty ? [] : owner + [text(tokens[index - 2])]
  }

  /// The innermost call that is open at the end.
  func call() -> CursorContext.Call? {
    struct Open {
      let isCall: Bool
      let index: Int
      var commas = 0
      var start: Int
    }
    var open: [Open] = []
    for (index, token) in tokens.enumerated() {
      guard case .symbol(let symbol) = token.kind else { continue }
      switch symbol {
      case .leftParen, .leftBracket, .leftBrace:
        let before = index > 0 ? tokens[index - 1].kind : .end
        let isCall = symbol == .leftParen && (before == .name || before.closesOperand)
        open.append(Open(isCall: isCall, index: index, start: index + 1))
      case .rightParen, .rightBracket, .rightBrace: _ = open.popLast()
      case .comma where !open.isEmpty:
        open[open.count - 1].commas += 1
        open[open.count - 1].start = index + 1
      default: continue
      }
    }
    // In a list or a plain parenthesis within a call, the call is still what is written.
    guard let inner = open.last(where: \.isCall) else { return nil }
    var function: [String] = []
    let callee = inner.index - 1
    if tokens[callee].kind == .name {
      let isMember = callee > 0 && tokens[callee - 1].kind == .symbol(.dot)
      let owner = isMember ? chain(before: callee - 1) : []
      if !isMember || !owner.isEmpty { function = owner + [text(tokens[callee])] }
      if callee > 0, tokens[callee - 1].kind == .keyword(.def) { return nil }
    }
    var keyword: String?
    if inner.start + 1 < tokens.count, tokens[inner.start].kind == .name,
      tokens[inner.start + 1].kind == .symbol(.assign)
    {
      keyword = text(tokens[inner.start])
    }
    return CursorContext.Call(
      function: function, argumentIndex: inner.commas, keyword: keyword)
  }

  /// Where in an import the token at an index would stand; nil outside of imports.
  func importPlace(before end: Int) -> CursorContext.Place? {
    var start = end
    while start > 0, tokens[start - 1].kind != .newline,
      tokens[start - 1].kind != .symbol(.semicolon)
    {
      start -= 1
    }
    guard start < end else { return nil }
    let line = tokens[start..<end]
    switch line.first?.kind {
    case .keyword(.import):
      return line.last?.kind == .keyword(.as) ? nil : .module
    case .keyword(.from):
      guard let word = line.firstIndex(where: { $0.kind == .keyword(.import) }) else {
        return .module
      }
      if line.last?.kind == .keyword(.as) { return nil }
      return .imported(path: line[(start + 1)..<word].filter { $0.kind == .name }.map(text))
    default: return nil
    }
  }
}

extension Token {
  fileprivate var isWord: Bool { kind == .name || kind.isKeyword }
}

extension Token.Kind {
  /// Whether the token is made of characters, unlike the marks of lines and blocks.
  fileprivate var isVisible: Bool {
    switch self {
    case .indent, .dedent, .end: false
    default: true
    }
  }

  fileprivate var closesOperand: Bool {
    switch self {
    case .symbol(.rightParen), .symbol(.rightBracket): true
    default: false
    }
  }
}
