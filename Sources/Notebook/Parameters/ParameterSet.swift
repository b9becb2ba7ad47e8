import JSON

/// Values for names of a notebook, in the order in which they were first given.
public struct ParameterSet: Sendable, Equatable {
  public private(set) var members: [ParameterValue.Member] = []

  public init() {}

  public var isEmpty: Bool { members.isEmpty }

  /// Why there is no such parameter or file of parameters, in one line.
  public struct Failure: Error, Sendable, Equatable, CustomStringConvertible {
    public let description: String
  }

  /// Gives a name its value, also where it has one.
  ///
  /// Throws: what is no name.
  public mutating func set(_ name: String, to value: ParameterValue) throws(Failure) {
    guard let first = name.first, first.isLetter || first == "_",
      name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" })
    else { throw Failure(description: "a parameter has a name, which '\(name)' is not") }
    if let place = members.firstIndex(where: { $0.key == name }) {
      members[place].value = value
    } else {
      members.append(.init(key: name, value: value))
    }
  }

  /// Adds the values of a file: JSON where its name ends so, else YAML.
  public mutating func add(file name: String, bytes: [UInt8]) throws(Failure) {
    let value: ParameterValue
    // YAML has an empty document; JSON has none.
    if name.hasSuffix(".json"), bytes.isBlank {
      throw Failure(description: "\(name): the file is empty")
    }
    do {
      value =
        name.hasSuffix(".json")
        ? ParameterValue(try JSON.parse(bytes)) : try YAMLReader.read(bytes)
    } catch {
      throw Failure(description: "\(name): \(error)")
    }
    switch value {
    case .dictionary(let members):
      for member in members {
        do throws(Failure) {
          try set(member.key, to: member.value)
        } catch {
          throw Failure(description: "\(name): \(error)")
        }
      }
    // A file of comments alone.
    case .none: break
    default: throw Failure(description: "\(name): a file of parameters has names and their values")
    }
  }

  /// The cell that assigns the values, the same that papermill writes for Python.
  public var source: String {
    members.reduce("# Parameters\n") { $0 + "\($1.key) = \($1.value.source)\n" }
  }
}
