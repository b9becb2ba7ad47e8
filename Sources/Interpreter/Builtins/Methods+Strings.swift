extension Methods {
  /// Methods of strings: splitting, joining, replacing.
  static var strings: [Builtin] {
    [
      Builtin("split", "text, sep=None, maxsplit=-1", "The parts between separators.") {
        call, session throws(Failure) in
        let limit = try call.int(2, default: -1)
        return .list(try parts(call, limit: limit, fromEnd: false).map { .string($0) })
      },
      Builtin("rsplit", "text, sep=None, maxsplit=-1", "The parts, split from the end.") {
        call, session throws(Failure) in
        let limit = try call.int(2, default: -1)
        return .list(try parts(call, limit: limit, fromEnd: true).map { .string($0) })
      },
      Builtin("splitlines", "text", "The lines.") { call, session throws(Failure) in
        let text = try call.string(0).replacing("\r\n", with: "\n").replacing("\r", with: "\n")
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        return .list(lines.map { .string(String($0)) })
      },
      Builtin("join", "text, items", "The items with the text between them.") {
        call, session throws(Failure) in
        var parts: [String] = []
        for (place, item) in try session.items(of: call.value(1)).enumerated() {
          try Session.look(at: place)
          guard let text = item.text else {
            throw Failure(
              .type, "join() needs strings; item \(place) is \(item.described)",
              hint: "map(str, items) makes strings of them")
          }
          parts.append(text)
        }
        return .string(try joined(parts, separator: try call.string(0)))
      },
      stripping("strip", start: true, end: true), stripping("lstrip", start: true, end: false),
      stripping("rstrip", start: false, end: true),
      Builtin("replace", "text, old, new, count=-1", "The text with one part for another.") {
        call, session throws(Failure) in
        .string(
          try replaced(
            try call.string(0), try call.string(1), try call.string(2),
            limit: try call.int(3, default: -1)))
      },
      Builtin("removeprefix", "text, prefix", "The text without a start.") {
        call, session throws(Failure) in
        let (text, prefix) = (Scalars(try call.string(0)), Scalars(try call.string(1)))
        return .string(
          Scalars(text.starts(with: prefix) ? text.dropFirst(prefix.count) : text[...]))
      },
      Builtin("removesuffix", "text, suffix", "The text without an end.") {
        call, session throws(Failure) in
        let (text, suffix) = (Scalars(try call.string(0)), Scalars(try call.string(1)))
        let ends = text.reversed().starts(with: suffix.reversed())
        return .string(Scalars(ends ? text.dropLast(suffix.count) : text[...]))
      },
      searching("find", fromEnd: false, missing: false),
      searching("rfind", fromEnd: true, missing: false),
      searching("index", fromEnd: false, missing: true),
      searching("rindex", fromEnd: true, missing: true),
      Builtin("count", "text, part", "How often a part stands in the text.") {
        call, session throws(Failure) in
        let (text, part) = (Scalars(try call.string(0)), Scalars(try call.string(1)))
        if part.isEmpty { return .int(text.count + 1) }
        return .int(try text.places(of: part).count)
      },
      edge("startswith") { $0.starts(with: $1) },
      edge("endswith") { $0.reversed().starts(with: $1.reversed()) },
      Builtin("partition", "text, sep", "What is before, at and after the first separator.") {
        call, session throws(Failure) in
        try partition(call, fromEnd: false)
      },
      Builtin("rpartition", "text, sep", "What is before, at and after the last separator.") {
        call, session throws(Failure) in
        try partition(call, fromEnd: true)
      },
      Builtin("format", "text, *values, **named", "The text with values for its braces.") {
        call, session throws(Failure) in
        .string(
          try session.fill(
            try call.string(0), with: call.rest, named: call.keywordRest))
      },
    ]
  }

  private static func parts(
    _ call: BoundArguments, limit: Int, fromEnd: Bool
  ) throws(Failure) -> [String] {
    let text = Scalars(try call.string(0))
    guard call[1] != nil else { return try words(text, limit: limit, fromEnd: fromEnd) }
    let separator = Scalars(try call.string(1))
    guard !separator.isEmpty else { throw Failure(.value, "the separator is empty") }
    var places = try fromEnd ? text.placesFromEnd(of: separator) : text.places(of: separator)
    if limit >= 0 { places = fromEnd ? Array(places.suffix(limit)) : Array(places.prefix(limit)) }
    var result: [String] = []
    var start = 0
    for place in places {
      try Session.look(at: result.count)
      result.append(String(text[start..<place]))
      start = place + separator.count
    }
    return result + [String(text[start...])]
  }

  /// The parts between runs of white space.
  private static func words(
    _ text: Scalars, limit: Int, fromEnd: Bool
  ) throws(Failure) -> [String] {
    if fromEnd, limit >= 0 {
      let reversed = try words(Array(text.reversed()), limit: limit, fromEnd: false)
      return reversed.reversed().map { String(Scalars(Scalars($0).reversed())) }
    }
    var result: [String] = []
    var rest = text[...]
    while true {
      rest = rest.drop { $0.properties.isWhitespace }
      if rest.isEmpty { return result }
      if limit >= 0, result.count == limit {
        while let last = rest.last, last.properties.isWhitespace { rest.removeLast() }
        return result + [String(rest)]
      }
      try Session.look(at: result.count)
      let word = rest.prefix { !$0.properties.isWhitespace }
      result.append(String(word))
      rest = rest[word.endIndex...]
    }
  }

  private static func stripping(_ name: String, start: Bool, end: Bool) -> Builtin {
    Builtin(
      name, "text, characters=None",
      "The text without white space, or the given characters, at"
        + " \(start && end ? "its ends" : start ? "its start" : "its end")."
    ) { call, session throws(Failure) in
      var rest = Scalars(try call.string(0))[...]
      let set = call[1] == nil ? nil : Set(try call.string(1).unicodeScalars)
      func goes(_ scalar: Unicode.Scalar) -> Bool {
        set?.contains(scalar) ?? scalar.properties.isWhitespace
      }
      if start { rest = rest.drop { goes($0) } }
      while end, let last = rest.last, goes(last) { rest.removeLast() }
      return .string(String(rest))
    }
  }

  private static func replaced(
    _ text: String, _ old: String, _ new: String, limit: Int
  ) throws(Failure) -> String {
    let scalars = Scalars(text)
    let part = Scalars(old)
    let all = try part.isEmpty ? Array(0...scalars.count) : scalars.places(of: part)
    let places = limit < 0 ? all : Array(all.prefix(limit))
    var result = String.UnicodeScalarView()
    var start = 0
    for (count, place) in places.enumerated() {
      try Session.look(at: count)
      result.append(contentsOf: scalars[start..<place])
      result.append(contentsOf: new.unicodeScalars)
      start = place + part.count
    }
    result.append(contentsOf: scalars[start...])
    return String(result)
  }

  /// Strings one after the other, with a separator between them.
  private static func joined(_ parts: [String], separator: String) throws(Failure) -> String {
    let size = parts.reduce(separator.utf8.count * parts.count) { $0 + $1.utf8.count }
    try Session.demand(size)
    var result = ""
    result.reserveCapacity(size)
    for (place, part) in parts.enumerated() {
      try Session.look(at: place)
      if place > 0 { result += separator }
      result += part
    }
    return result
  }

  private static func searching(_ name: String, fromEnd: Bool, missing: Bool) -> Builtin {
    Builtin(
      name, "text, part, start=0, end=None",
      "The \(fromEnd ? "last" : "first") place of a part"
        + (missing ? "; an error without one." : "; -1 without one.")
    ) { call, session throws(Failure) in
      let text = Scalars(try call.string(0))
      let part = Scalars(try call.string(1))
      func clamped(_ place: Int) -> Int {
        place < 0 ? max(place + text.count, 0) : min(place, text.count)
      }
      let start = clamped(try call.int(2, default: 0))
      let end = max(start, clamped(try call.int(3, default: text.count)))
      let range = Array(text[start..<end])
      let place =
        try fromEnd ? range.placesFromEnd(of: part, all: false).last : range.firstPlace(of: part)
      if let place { return .int(place + start) }
      if missing {
        throw Failure(
          .value,
          "\(Printing.quoted(try call.string(1))) is not in"
            + " \(Printing.quoted(try call.string(0)))")
      }
      return .int(-1)
    }
  }

  private static func edge(
    _ name: String, _ holds: @escaping (Scalars, Scalars) -> Bool
  ) -> Builtin {
    Builtin(
      name, "text, part",
      "Whether the text \(name == "endswith" ? "ends" : "starts") with a part,"
        + " or one of a tuple of parts."
    ) { call, session throws(Failure) in
      let text = Scalars(try call.string(0))
      guard let parts = call.value(1).object(TupleObject.self) else {
        return .boolean(holds(text, Scalars(try call.string(1))))
      }
      for part in parts.items {
        guard let part = part.text else {
          throw Failure(.type, "\(name)() needs strings, not \(part.described)")
        }
        if holds(text, Scalars(part)) { return .boolean(true) }
      }
      return .boolean(false)
    }
  }

  private static func partition(
    _ call: BoundArguments, fromEnd: Bool
  ) throws(Failure) -> Value {
    let text = Scalars(try call.string(0))
    let separator = Scalars(try call.string(1))
    guard !separator.isEmpty else { throw Failure(.value, "the separator is empty") }
    let place =
      try fromEnd
      ? text.placesFromEnd(of: separator, all: false).last : text.firstPlace(of: separator)
    guard let place else {
      let whole = Value.string(String(text[...]))
      return .tuple(
        fromEnd ? [.string(""), .string(""), whole] : [whole, .string(""), .string("")])
    }
    return .tuple([
      .string(String(text[..<place])), .string(String(separator[...])),
      .string(String(text[(place + separator.count)...])),
    ])
  }
}

/// The code points of a string, which are what Python counts.
typealias Scalars = [Unicode.Scalar]

extension Scalars {
  init(_ text: String) { self = Array(text.unicodeScalars) }

  /// The first place of a part from a place on.
  func firstPlace(of part: Scalars, from start: Int = 0) throws(Failure) -> Int? {
    guard part.count <= count else { return nil }
    if part.isEmpty { return start <= count ? start : nil }
    var place = start
    while place + part.count <= count {
      if self[place] == part[0], self[place..<place + part.count].elementsEqual(part) {
        return place
      }
      place += 1
      try Session.look(at: place)
    }
    return nil
  }

  /// The places of a part that do not overlap, in rising order.
  func places(of part: Scalars) throws(Failure) -> [Int] {
    var result: [Int] = []
    var start = 0
    while let place = try firstPlace(of: part, from: start) {
      result.append(place)
      start = place + Swift.max(part.count, 1)
    }
    return result
  }

  /// The places of a part counted from the end, in rising order; or the last alone.
  func placesFromEnd(of part: Scalars, all: Bool = true) throws(Failure) -> [Int] {
    var result: [Int] = []
    var place = count - part.count
    while place >= 0 {
      try Session.look(at: place)
      if self[place..<place + part.count].elementsEqual(part) {
        result.append(place)
        if !all { break }
        place -= Swift.max(part.count, 1)
      } else {
        place -= 1
      }
    }
    return result.reversed()
  }
}

extension String {
  /// A string of code points.
  init(_ scalars: some Sequence<Unicode.Scalar>) {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    self = String(view)
  }

  /// Without white space at its ends.
  var trimmed: String {
    var rest = unicodeScalars[...]
    while let first = rest.first, first.properties.isWhitespace { rest.removeFirst() }
    while let last = rest.last, last.properties.isWhitespace { rest.removeLast() }
    return String(rest)
  }
}

extension Value {
  static func string(_ scalars: some Sequence<Unicode.Scalar>) -> Value {
    .string(String(scalars))
  }
}
