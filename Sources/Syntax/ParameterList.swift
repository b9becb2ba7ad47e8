/// Parameters while they are read, with the rules about their order.
struct ParameterList {
  private var parameters = Parameters()
  private var names: Set<String> = []
  private var firstDefault: String?
  /// The place of a `*` that takes no name.
  private var bareStar: Span?
  private var hasStar = false

  mutating func add(
    _ name: String, _ span: Span, _ defaultValue: Expression?
  ) throws(SyntaxProblem) {
    try insert(name, span)
    let parameter = Parameters.Parameter(name: name, defaultValue: defaultValue, span: span)
    if hasStar {
      parameters.keywordOnly.append(parameter)
      return
    }
    if defaultValue == nil, let firstDefault {
      throw SyntaxProblem(
        message: "the parameter '\(name)' without a default follows '\(firstDefault)' with one",
        span: span, hint: "put parameters with defaults last")
    }
    if defaultValue != nil, firstDefault == nil { firstDefault = name }
    parameters.positional.append(parameter)
  }

  mutating func addRest(_ name: String, _ span: Span) throws(SyntaxProblem) {
    try star(span)
    try insert(name, span)
    parameters.rest = name
  }

  mutating func addBareStar(_ span: Span) throws(SyntaxProblem) {
    try star(span)
    bareStar = span
  }

  mutating func addKeywordRest(_ name: String, _ span: Span) throws(SyntaxProblem) {
    try insert(name, span)
    parameters.keywordRest = name
  }

  func finished() throws(SyntaxProblem) -> Parameters {
    if let bareStar, parameters.keywordOnly.isEmpty {
      throw SyntaxProblem(message: "expected parameters after '*'", span: bareStar)
    }
    return parameters
  }

  private mutating func star(_ span: Span) throws(SyntaxProblem) {
    if hasStar {
      throw SyntaxProblem(message: "only one parameter can have a '*'", span: span)
    }
    hasStar = true
  }

  private mutating func insert(_ name: String, _ span: Span) throws(SyntaxProblem) {
    if let last = parameters.keywordRest {
      throw SyntaxProblem(message: "nothing can follow '**\(last)'", span: span)
    }
    guard names.insert(name).inserted else {
      throw SyntaxProblem(message: "two parameters have the name '\(name)'", span: span)
    }
  }
}
