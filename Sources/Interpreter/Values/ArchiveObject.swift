import Autodiff
import DataFiles

/// The arrays of an npz file, as `np.load` gives them: each is read when it is first asked for.
final class ArchiveObject: Object {
  private let archive: Archive
  private let file: DataFile
  /// Arrays that were read: they are leaves, the same each time.
  private let arrays = DictObject()

  init(_ archive: Archive, _ file: DataFile) {
    self.archive = archive
    self.file = file
    super.init()
  }

  var names: [String] { archive.names }

  override var typeName: String { "NpzFile" }
  override var described: String { "the arrays of \(file.name)" }
  override func repr(_ session: Session) throws(Failure) -> String {
    "NpzFile \(Printing.quoted(file.name)) with keys: "
      + archive.names.joined(separator: ", ")
  }

  override func length(_ session: Session) throws(Failure) -> Int? { archive.names.count }
  override func truth(_ session: Session) throws(Failure) -> Bool { !archive.names.isEmpty }
  override func iterator(_ session: Session) throws(Failure) -> ValueIterator {
    ItemIterator(archive.names.map { .string($0) })
  }
  override func contains(_ value: Value, _ session: Session) throws(Failure) -> Bool {
    value.text.map { archive.names.contains($0) } ?? false
  }

  override func item(_ index: Value, _ session: Session) throws(Failure) -> Value {
    guard let name = index.text else {
      throw Failure(.key, "\(described) are indexed by names, not by \(index.described)")
    }
    if let known = try arrays.value(index) { return known }
    let array = session.settled(try session.array(name, of: archive, file))
    try arrays.set(index, array)
    return array
  }

  /// All arrays, read.
  private func all(_ session: Session) throws(Failure) -> DictObject {
    let dict = DictObject()
    for name in archive.names { try dict.set(.string(name), item(.string(name), session)) }
    return dict
  }

  override var attributeNames: [String] { ["close", "files", "get", "items", "keys", "values"] }
  override func attribute(_ name: String, _ session: Session) throws(Failure) -> Value? {
    switch name {
    case "files": return .list(archive.names.map { .string($0) })
    case "keys", "values", "items":
      return .object(
        Builtin(name, "", "The \(name) of the file.") { [self] _, session throws(Failure) in
          let dict = Value.object(try all(session))
          guard let method = session.methods.dict[name] else { return .none }
          return try method.call(Arguments([dict]), session)
        })
    case "get":
      return .object(
        Builtin("get", "key, default=None", "The array of a name, or the default.") {
          [self] call, session throws(Failure) in
          try contains(call.value(0), session) ? item(call.value(0), session) : call.value(1)
        })
    case "close", "__exit__":
      return .object(
        Builtin(name, "*values", "Does nothing: the file closes with its last name.") { _, _ in
          .boolean(false)
        })
    case "__enter__":
      return .object(Builtin(name, "", "The arrays.") { [self] _, _ in .object(self) })
    default: return nil
    }
  }
}
