import JSON

extension OutputComparison {
  /// Compares two tabular data resources: rows by their key, fields by their names.
  mutating func compareTables(_ stored: JSON, _ now: JSON) {
    let name = stored["name"]?.string ?? "table"
    let (old, new) = (Table(stored), Table(now))
    if old.fields != new.fields {
      add(
        Difference(
          name, "fields", stored: old.fields.joined(separator: ", "),
          now: new.fields.joined(separator: ", ")))
      return
    }
    if old.hasKeys, new.hasKeys {
      for (place, row) in old.rows.enumerated() where goesOn() {
        guard let match = new.places[old.names[place]] else {
          add(Difference(old.names[place], stored: "a row", now: "no row"))
          continue
        }
        compareRows(row, new.rows[match], old.fields, name: old.names[place], prefix: "")
      }
      for name in new.names where old.places[name] == nil {
        add(Difference(name, stored: "no row", now: "a row"))
      }
      return
    }
    if old.rows.count != new.rows.count {
      add(Difference(name, "rows", stored: "\(old.rows.count)", now: "\(new.rows.count)"))
    }
    for (number, (stored, now)) in zip(old.rows, new.rows).enumerated() where goesOn() {
      compareRows(stored, now, old.fields, name: name, prefix: "row \(number + 1), ")
    }
  }

  private mutating func compareRows(
    _ stored: JSON, _ now: JSON, _ fields: [String], name: String, prefix: String
  ) {
    for field in fields {
      compare(
        stored[field] ?? .null, now[field] ?? .null, name: name, path: prefix + field, indices: [])
    }
  }

  /// Compares two values of any structure.
  mutating func compareJSON(_ stored: JSON, _ now: JSON, name: String) {
    compare(stored, now, name: name, path: "", indices: [])
  }

  /// `indices` are those of the nested arrays so far, which are read as a tensor.
  private mutating func compare(
    _ stored: JSON, _ now: JSON, name: String, path: String, indices: [Int]
  ) {
    let row =
      indices.isEmpty ? path : "\(path)[\(indices.map(String.init).joined(separator: ", "))]"
    switch (stored, now) {
    case (.array(let old), .array(let new)):
      guard old.count == new.count else {
        return add(
          Difference(name, row, stored: "\(old.count) entries", now: "\(new.count) entries"))
      }
      for (index, (old, new)) in zip(old, new).enumerated() where goesOn() {
        compare(old, new, name: name, path: path, indices: indices + [index])
      }
    case (.object(let old), .object(let new)):
      for key in old.keys + new.keys.filter({ old[$0] == nil }) {
        compare(
          old[key] ?? .null, new[key] ?? .null, name: name,
          path: row.isEmpty ? key : "\(row).\(key)", indices: [])
      }
    case (.string(let old), .string(let new)) where old != new:
      compareLines(old, new, name: name, row: row)
    default:
      if let old = stored.resourceNumber, let new = now.resourceNumber {
        let isSame =
          stored.isWholeNumber && now.isWholeNumber ? old == new : tolerance.accepts(new, for: old)
        if !isSame { addNumbers(name, row, stored: old, now: new) }
      } else if stored != now {
        add(Difference(name, row, stored: stored.short, now: now.short))
      }
    }
  }
}

/// The rows of a resource with their names.
private struct Table {
  let fields: [String]
  let rows: [JSON]
  /// What the fields of the primary key say of each row.
  let names: [String]
  let places: [String: Int]
  /// Whether each row has a name of its own.
  let hasKeys: Bool

  init(_ resource: JSON) {
    fields = resource["schema"]?["fields"]?.array?.compactMap { $0["name"]?.string } ?? []
    rows = resource["data"]?.array ?? []
    let keys =
      resource["schema"]?["primaryKey"]?.array?.compactMap(\.string)
      ?? (resource["schema"]?["primaryKey"]?.string).map { [$0] } ?? []
    names = rows.map { row in
      keys.map { row[$0]?.string ?? row[$0]?.serializedString() ?? "" }.joined(separator: ", ")
    }
    places = Dictionary(names.enumerated().map { ($0.element, $0.offset) }) { first, _ in first }
    hasKeys = !keys.isEmpty && places.count == names.count
  }
}

extension JSON {
  /// A number, also one that a resource writes as a string because JSON has no text for it.
  fileprivate var resourceNumber: Double? {
    switch string {
    case "NaN": .nan
    case "INF": .infinity
    case "-INF": -.infinity
    default: double
    }
  }

  fileprivate var isWholeNumber: Bool {
    if case .number(let number) = self {
      !number.text.utf8.contains { $0 == UInt8(ascii: ".") || $0 | 0x20 == UInt8(ascii: "e") }
    } else {
      false
    }
  }

  /// The value in one line that is not long.
  fileprivate var short: String {
    let text = string ?? serializedString()
    return text.count > 60 ? text.prefix(59) + "…" : text
  }
}
