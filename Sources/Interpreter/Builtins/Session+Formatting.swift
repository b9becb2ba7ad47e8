import Display

// Values put into texts: `format`, f-strings, `%` and `str.format`.

extension Session {
  /// A value in a format such as `.3f`, as f-strings write it.
  func format(_ value: Value, spec: String) throws(Failure) -> String {
    if spec.isEmpty { return try text(value) }
    let argument = try formatArgument(value)
    do throws(FormatError) {
      return try TextFormat.format(argument, spec: spec)
    } catch {
      if case .other = argument {
        throw Failure(
          .type, "\(value.described) has no format '\(spec)'",
          hint: value.traced == nil ? "str(…) makes a text of it" : "formats are for single numbers"
        )
      }
      throw failure(error)
    }
  }

  /// `text % value`.
  func percentFormat(_ text: String, _ value: Value) throws(Failure) -> String {
    if let dict = value.object(DictObject.self), text.contains("%(") {
      var arguments: [String: FormatArgument] = [:]
      for (key, value) in dict.items {
        if let name = key.text { arguments[name] = try formatArgument(value) }
      }
      do throws(FormatError) {
        return try TextFormat.percent(text) { arguments[$0] }
      } catch { throw failure(error) }
    }
    let values = value.object(TupleObject.self)?.items ?? [value]
    var arguments: [FormatArgument] = []
    for value in values { arguments.append(try formatArgument(value)) }
    do throws(FormatError) {
      return try TextFormat.percent(text, arguments)
    } catch { throw failure(error) }
  }

  /// `text.format(…)`.
  func fill(
    _ text: String, with values: [Value], named: [(name: String, value: Value)]
  ) throws(Failure) -> String {
    do {
      return try FormatTemplate(text).text { source, path in
        try formatArgument(resolve(source, path, values, named))
      }
    } catch let error as FormatError {
      throw failure(error)
    } catch let error as Failure {
      throw error
    } catch {
      throw Failure(.value, "the text cannot be formatted")
    }
  }

  private func resolve(
    _ source: FormatTemplate.Source, _ path: [FormatTemplate.Step], _ values: [Value],
    _ named: [(name: String, value: Value)]
  ) throws(Failure) -> Value {
    var value: Value
    switch source {
    case .position(let place):
      guard place < values.count else {
        throw Failure(
          .index, "the text has a place for value \(place + 1), and format() got \(values.count)")
      }
      value = values[place]
    case .keyword(let name):
      guard let given = named.first(where: { $0.name == name }) else {
        throw Failure(.key, "the text has a place for \(name), which format() did not get")
      }
      value = given.value
    }
    for step in path {
      switch step {
      case .attribute(let name): value = try attribute(name, of: value)
      case .index(let index): value = try item(value, .int(index))
      case .key(let key): value = try item(value, .string(key))
      }
    }
    return value
  }

  /// A value as format strings take it: tensors of one entry as their number.
  private func formatArgument(_ value: Value) throws(Failure) -> FormatArgument {
    switch value {
    case .string(let string): return .string(string.text)
    case .boolean(let truth): return .bool(truth)
    default: break
    }
    if let item = value.traced?.tensor.item { return .number(item) }
    return .other(
      type: value.typeName, text: try text(value), representation: try repr(value))
  }

  private func failure(_ error: FormatError) -> Failure {
    let kind: Failure.Kind =
      switch error.kind {
      case .value: .value
      case .type: .type
      case .key: .key
      case .index: .index
      }
    return Failure(kind, error.message)
  }
}
