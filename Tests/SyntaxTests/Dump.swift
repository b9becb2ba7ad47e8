@testable import Syntax

/// Writes a tree as an S-expression.
enum Dump {
  static func text(_ program: Program) -> String {
    program.statements.map(text).joined(separator: " ")
  }

  static func text(_ statements: [Statement]) -> String {
    "[" + statements.map(text).joined(separator: " ") + "]"
  }

  static func text(_ value: Expression?) -> String { value.map(text) ?? "-" }

  static func text(_ statement: Statement) -> String {
    switch statement.kind {
    case .expression(let value, let isSilenced):
      isSilenced ? "(silent \(text(value)))" : text(value)
    case .assignment(let targets, let value): "(= \(list(targets)) \(text(value)))"
    case .augmented(let target, let operation, let value):
      "(\(operation.symbol)= \(text(target)) \(text(value)))"
    case .conditional(let branches, let otherwise):
      "(if "
        + branches.map { "(\(text($0.test)) \(text($0.body)))" }.joined(separator: " ")
        + (otherwise.isEmpty ? ")" : " else \(text(otherwise)))")
    case .forLoop(let target, let iterable, let body, let otherwise):
      "(for \(text(target)) \(text(iterable)) \(text(body))\(tail(otherwise)))"
    case .whileLoop(let test, let body, let otherwise):
      "(while \(text(test)) \(text(body))\(tail(otherwise)))"
    case .breakLoop: "break"
    case .continueLoop: "continue"
    case .pass: "pass"
    case .function(let function):
      "(def \(function.name)\(text(function.parameters))\(doc(function.docstring)) "
        + "\(text(function.body)))"
    case .classDefinition(let definition):
      "(class \(definition.name) \(text(definition.base))\(doc(definition.docstring)) "
        + "\(text(definition.body)))"
    case .gate(let gate):
      "(gate \(gate.name)\(text(gate.parameters))\(doc(gate.docstring)) \(text(gate.forward)) "
        + "\(text(gate.upstream)) \(text(gate.backward)))"
    case .returnValue(let value): "(return \(text(value)))"
    case .global(let names): "(global \(names.joined(separator: " ")))"
    case .nonlocal(let names): "(nonlocal \(names.joined(separator: " ")))"
    case .assertion(let test, let message): "(assert \(text(test)) \(text(message)))"
    case .raise(let value, let cause): "(raise \(text(value)) \(text(cause)))"
    case .attempt(let body, let handlers, let otherwise, let finally):
      "(try \(text(body))"
        + handlers.map { " (except \(text($0.kinds)) \($0.name ?? "-") \(text($0.body)))" }.joined()
        + tail(otherwise) + (finally.isEmpty ? "" : " finally \(text(finally))") + ")"
    case .delete(let targets): "(del \(list(targets)))"
    case .importModules(let modules):
      "(import "
        + modules.map { $0.path.joined(separator: ".") + ($0.alias.map { ":\($0)" } ?? "") }
        .joined(separator: " ") + ")"
    case .importNames(let path, let names):
      "(from \(path.joined(separator: "."))"
        + names.map { " \($0.name)" + ($0.alias.map { ":\($0)" } ?? "") }.joined() + ")"
    case .with(let items, let body):
      "(with "
        + items.map { "(\(text($0.context)) \(text($0.target)))" }.joined(separator: " ")
        + " \(text(body)))"
    case .magic(let name, let argument, let body):
      "(magic \(name) '\(argument)'\(body.map { " '\($0)'" } ?? ""))"
    case .help(let value, let detail): "(help\(detail) \(text(value)))"
    }
  }

  private static func tail(_ otherwise: [Statement]) -> String {
    otherwise.isEmpty ? "" : " else \(text(otherwise))"
  }

  private static func doc(_ text: String?) -> String { text.map { " '\($0)'" } ?? "" }

  private static func list(_ values: [Expression]) -> String {
    values.map(text).joined(separator: " ")
  }

  static func text(_ parameters: Parameters) -> String {
    var parts = parameters.positional.map(text)
    if let rest = parameters.rest { parts.append("*\(rest)") }
    if !parameters.keywordOnly.isEmpty {
      if parameters.rest == nil { parts.append("*") }
      parts += parameters.keywordOnly.map(text)
    }
    if let rest = parameters.keywordRest { parts.append("**\(rest)") }
    return "{\(parts.joined(separator: " "))}"
  }

  private static func text(_ parameter: Parameters.Parameter) -> String {
    parameter.name + (parameter.defaultValue.map { "=\(text($0))" } ?? "")
  }

  static func text(_ expression: Expression) -> String {
    switch expression.kind {
    case .number(let value):
      value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(value)
    case .string(let value): "'\(value)'"
    case .formatted(let pieces): "(f \(pieces.map(text).joined(separator: " ")))"
    case .none: "None"
    case .boolean(let value): value ? "True" : "False"
    case .ellipsis: "..."
    case .name(let name): name
    case .list(let items): "[\(list(items))]"
    case .tuple(let items): "(tuple\(items.map { " " + text($0) }.joined()))"
    case .set(let items): "{\(list(items))}"
    case .dict(let items):
      "(dict\(items.map { " \($0.key.map(text) ?? "**"):\(text($0.value))" }.joined()))"
    case .starred(let value): "*\(text(value))"
    case .unary(let operation, let value):
      "(\(operation == .minus ? "-" : operation == .plus ? "+" : "~") \(text(value)))"
    case .binary(let operation, let left, let right):
      "(\(operation.symbol) \(text(left)) \(text(right)))"
    case .not(let value): "(not \(text(value)))"
    case .logical(let operation, let items): "(\(operation) \(list(items)))"
    case .comparison(let first, let rest):
      "(compare \(text(first))\(rest.map { " \($0.operation.rawValue) \(text($0.right))" }.joined()))"
    case .conditional(let test, let then, let otherwise):
      "(ifelse \(text(test)) \(text(then)) \(text(otherwise)))"
    case .call(let callee, let arguments):
      "(call \(text(callee))\(arguments.map { " " + text($0) }.joined()))"
    case .attribute(let value, let name, _): "(. \(text(value)) \(name))"
    case .subscripted(let value, let index): "(at \(text(value)) \(text(index)))"
    case .slice(let lower, let upper, let step):
      "(slice \(text(lower)) \(text(upper)) \(text(step)))"
    case .lambda(let parameters, let body): "(lambda \(text(parameters)) \(text(body)))"
    case .comprehension(let kind, let element, let clauses):
      "(\(kind) \(text(element))\(clauses.map(text).joined()))"
    case .dictComprehension(let key, let value, let clauses):
      "(dictcomp \(text(key)) \(text(value))\(clauses.map(text).joined()))"
    }
  }

  private static func text(_ clause: ComprehensionClause) -> String {
    " for \(text(clause.target)) \(text(clause.iterable))"
      + clause.conditions.map { " if \(text($0))" }.joined()
  }

  private static func text(_ argument: Argument) -> String {
    switch argument.kind {
    case .positional: text(argument.value)
    case .keyword(let name): "\(name)=\(text(argument.value))"
    case .unpacked: "*\(text(argument.value))"
    case .unpackedMapping: "**\(text(argument.value))"
    }
  }

  static func text(_ piece: FormatPiece) -> String {
    switch piece {
    case .text(let value): "'\(value)'"
    case .value(let value, let conversion, let spec, let label):
      "{\(label.map { "'\($0)' " } ?? "")\(text(value))\(conversion.map { "!\($0)" } ?? "")"
        + (spec.isEmpty ? "" : ":" + spec.map(text).joined(separator: " ")) + "}"
    }
  }
}
