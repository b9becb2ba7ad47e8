extension OutputComparison {
  /// How far a channel of a pixel may be off, of 255: a step or two of a scale of colours.
  private static let colorStep = 4

  mutating func compareBytes(_ stored: String, _ now: String, _ type: String) {
    let (old, new) = (Base64.decode(stored), Base64.decode(now))
    if (old == nil && stored != now) || old != new {
      add(
        Difference(
          type, stored: "\(old?.count ?? 0) bytes", now: "\(new?.count ?? 0) other bytes"))
    }
  }

  /// Compares the size of two images, then their pixels.
  mutating func comparePNG(_ stored: String, _ now: String) {
    let name = "image/png"
    guard let old = Base64.decode(stored).flatMap(PNGImage.init),
      let new = Base64.decode(now).flatMap(PNGImage.init)
    else { return compareBytes(stored, now, name) }
    guard old.width == new.width, old.height == new.height else {
      return add(
        Difference(
          name, "size", stored: "\(old.width) × \(old.height)", now: "\(new.width) × \(new.height)")
      )
    }
    let places = stride(from: 0, to: old.pixels.count, by: 4).filter { at in
      (at..<at + 4).contains { abs(Int(old.pixels[$0]) - Int(new.pixels[$0])) > Self.colorStep }
    }
    guard let first = places.first else { return }
    let (row, column) = (first / 4 / old.width, first / 4 % old.width)
    let others = places.count == 1 ? "" : " and \(places.count - 1) more"
    add(
      Difference(
        name, "pixel (\(row), \(column))\(others)", stored: Self.color(old, first),
        now: Self.color(new, first)))
  }

  private static func color(_ image: PNGImage, _ at: Int) -> String {
    "rgb(" + image.pixels[at..<at + 3].map { "\($0)" }.joined(separator: ", ") + ")"
  }

  /// Compares two drawings element by element, with the numbers in their attributes and texts.
  ///
  /// Ids are names that the program which drew them gave, and do not count.
  mutating func compareSVG(_ stored: String, _ now: String) {
    let name = "image/svg+xml"
    guard let old = XMLTokens(stored)?.tokens, let new = XMLTokens(now)?.tokens else {
      return compareTexts(stored, now, name: name)
    }
    var element = ""
    for (stored, now) in zip(old, new) where goesOn() {
      switch (stored, now) {
      case (.open(let tag, let before), .open(let other, let after)) where tag == other:
        element = tag
        compareAttributes(before, after, name: name, element: tag)
      case (.text(let before), .text(let after)):
        compareLines(before, after, name: name, row: "<\(element)>")
      default:
        // What follows stands at other places and would all differ.
        if stored != now {
          return add(Difference(name, stored: Self.text(stored), now: Self.text(now)))
        }
      }
    }
    if old.count != new.count {
      add(Difference(name, "parts", stored: "\(old.count)", now: "\(new.count)"))
    }
  }

  private mutating func compareAttributes(
    _ stored: [XMLTokens.Attribute], _ now: [XMLTokens.Attribute], name: String, element: String
  ) {
    let (old, new) = (stored.filter { !$0.isReference }, now.filter { !$0.isReference })
    guard old.map(\.name) == new.map(\.name) else {
      return add(
        Difference(
          name, "<\(element)>", stored: old.map(\.name).joined(separator: ", "),
          now: new.map(\.name).joined(separator: ", ")))
    }
    for (old, new) in zip(old, new) {
      let isPath = old.name == "d"
      compareLines(
        isPath ? Self.spaced(old.value) : old.value, isPath ? Self.spaced(new.value) : new.value,
        name: name, row: "<\(element) \(old.name)>")
    }
  }

  /// A path with its commands and numbers apart, as in `M 1.5 -2` for `M1.5-2`.
  private static func spaced(_ path: String) -> String {
    var result = ""
    var previous: Character = " "
    for character in path {
      let isExponent = previous == "e" || previous == "E"
      let isCommand = character.isLetter && character != "e" && character != "E"
      let startsNumber = (character == "-" || character == "+") && !isExponent
      if isCommand || startsNumber { result += " " }
      result.append(character)
      if isCommand { result += " " }
      previous = character
    }
    return result
  }

  private static func text(_ token: XMLTokens.Token) -> String {
    switch token {
    case .open(let name, _): "<\(name)>"
    case .close(let name): "</\(name)>"
    case .text(let text): text
    }
  }
}

extension XMLTokens.Attribute {
  /// Whether this is an id, or points to one.
  fileprivate var isReference: Bool {
    name == "id" || ((name == "href" || name == "xlink:href") && value.hasPrefix("#"))
      || value.hasPrefix("url(#") || name == "aria-labelledby" || name == "aria-describedby"
  }
}
