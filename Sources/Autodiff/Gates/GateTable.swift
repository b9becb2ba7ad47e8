/// All gates by name.
public enum GateTable {
  /// Every row, in the order of families.
  public static let gates: [Gate] = {
    let families: [[Gate]] = Gate.families
    return families.joined().enumerated().map { $1.placed(at: UInt16($0)) }
  }()

  static let byName: [String: Gate] = Dictionary(
    gates.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

  /// The gate of that name.
  public static func gate(named name: String) -> Gate? { byName[name] }

  /// The gate of a name that a row or the engine itself states; the tests check that each exists.
  static subscript(name: String) -> Gate {
    guard let gate = byName[name] else { preconditionFailure("no gate named \(name)") }
    return gate
  }
}
