/// A statement with the place where it stands.
public struct Statement: Sendable {
  public let kind: Kind
  public let span: Span

  public init(_ kind: Kind, _ span: Span) {
    self.kind = kind
    self.span = span
  }

  public indirect enum Kind: Sendable {
    /// An expression; `isSilenced` when a `;` follows it at the end of its line.
    case expression(Expression, isSilenced: Bool)
    /// `a = b = value`: targets from left to right.
    case assignment(targets: [Expression], value: Expression)
    case augmented(target: Expression, BinaryOperator, value: Expression)
    /// `test` with its block for `if` and each `elif`, and the block of `else`.
    case conditional(branches: [(test: Expression, body: [Statement])], otherwise: [Statement])
    case forLoop(
      target: Expression, iterable: Expression, body: [Statement], otherwise: [Statement])
    case whileLoop(test: Expression, body: [Statement], otherwise: [Statement])
    case breakLoop
    case continueLoop
    case pass
    case function(FunctionDefinition)
    case classDefinition(ClassDefinition)
    case gate(GateDefinition)
    case returnValue(Expression?)
    case global([String])
    case nonlocal([String])
    case assertion(Expression, message: Expression?)
    /// `raise`, `raise value`, `raise value from cause`.
    case raise(Expression?, cause: Expression?)
    case attempt(
      body: [Statement], handlers: [ExceptHandler], otherwise: [Statement], finally: [Statement])
    case delete([Expression])
    /// `import a.b as c, d`.
    case importModules([(path: [String], alias: String?)])
    /// `from a import b as c`; an empty list is `*`.
    case importNames(path: [String], names: [(name: String, alias: String?)])
    case with(items: [(context: Expression, target: Expression?)], body: [Statement])
    /// `%name argument` or `%%name argument` with the rest of the cell as `body`.
    case magic(name: String, argument: String, body: String?)
    /// `name?` or `name??`.
    case help(Expression, detail: Int)
  }
}

/// A function: `def name(parameters): body`.
public struct FunctionDefinition: Sendable {
  public let name: String
  public let nameSpan: Span
  public let parameters: Parameters
  public let docstring: String?
  public let body: [Statement]
  public let decorators: [Expression]

  public init(
    name: String, nameSpan: Span, parameters: Parameters, docstring: String?, body: [Statement],
    decorators: [Expression] = []
  ) {
    self.name = name
    self.nameSpan = nameSpan
    self.parameters = parameters
    self.docstring = docstring
    self.body = body
    self.decorators = decorators
  }
}

/// A class: `class name(base): body`.
public struct ClassDefinition: Sendable {
  public let name: String
  public let nameSpan: Span
  public let base: Expression?
  public let docstring: String?
  public let body: [Statement]

  public init(
    name: String, nameSpan: Span, base: Expression?, docstring: String?, body: [Statement]
  ) {
    self.name = name
    self.nameSpan = nameSpan
    self.base = base
    self.docstring = docstring
    self.body = body
  }
}

/// A gate: `gate name(inputs):` with its blocks `forward:` and `backward(upstream):`.
public struct GateDefinition: Sendable {
  public let name: String
  public let nameSpan: Span
  public let parameters: Parameters
  public let docstring: String?
  public let forward: [Statement]
  /// The names of the upstream gradients, one for each output.
  public let upstream: Parameters
  public let backward: [Statement]

  public init(
    name: String, nameSpan: Span, parameters: Parameters, docstring: String?, forward: [Statement],
    upstream: Parameters, backward: [Statement]
  ) {
    self.name = name
    self.nameSpan = nameSpan
    self.parameters = parameters
    self.docstring = docstring
    self.forward = forward
    self.upstream = upstream
    self.backward = backward
  }
}

/// A handler: `except kinds as name: body`.
public struct ExceptHandler: Sendable {
  /// Nil for a bare `except:`.
  public let kinds: Expression?
  public let name: String?
  public let body: [Statement]
  public let span: Span

  public init(kinds: Expression?, name: String?, body: [Statement], span: Span) {
    self.kinds = kinds
    self.name = name
    self.body = body
    self.span = span
  }
}

/// A parsed cell or file.
public struct Program: Sendable {
  public let source: Source
  public let statements: [Statement]

  public init(source: Source, statements: [Statement]) {
    self.source = source
    self.statements = statements
  }
}
