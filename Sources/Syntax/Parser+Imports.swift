extension Parser {
  /// Parses `import a.b as c, d`.
  mutating func importStatement() throws(SyntaxProblem) -> Statement {
    let start = token.span.start
    try advance()
    var modules: [(path: [String], alias: String?)] = []
    repeat {
      let path = try modulePath()
      modules.append((path, try alias()))
    } while try take(.comma)
    if at(.from) {
      throw unexpected(
        "'from' comes first in an import",
        hint: "write: from \(modules[0].path.joined(separator: ".")) …")
    }
    return Statement(.importModules(modules), Span(start, previousEnd))
  }

  /// Parses `from a import b as c, d` and `from a import *`.
  mutating func fromImport() throws(SyntaxProblem) -> Statement {
    let start = token.span.start
    try advance()
    if at(.dot) || at(.ellipsis) { throw leftOut("an import relative to a package is", token.span) }
    let path = try modulePath()
    guard try take(.import) else {
      throw unexpected("expected 'import' after the name of the module, not \(nameOfToken)")
    }
    if at(.star) {
      guard scope.kind == .top else {
        throw SyntaxProblem(
          message: "'import *' stands at the top level only", span: token.span)
      }
      try advance()
      return Statement(.importNames(path: path, names: []), Span(start, previousEnd))
    }
    let isParenthesized = try take(.leftParen)
    var names: [(name: String, alias: String?)] = []
    repeat {
      if isParenthesized, at(.rightParen), !names.isEmpty { break }
      let name = try name("a name to import").name
      names.append((name, try alias()))
    } while try take(.comma)
    if isParenthesized { try close(.rightParen) }
    return Statement(.importNames(path: path, names: names), Span(start, previousEnd))
  }

  private mutating func modulePath() throws(SyntaxProblem) -> [String] {
    if token.kind == .string {
      throw unexpected("the name of a module stands without quotes")
    }
    var path = [try name("the name of a module").name]
    while try take(.dot) { path.append(try name("the name of a module").name) }
    return path
  }

  private mutating func alias() throws(SyntaxProblem) -> String? {
    guard try take(.as) else { return nil }
    return try name("a name for what is imported").name
  }
}
