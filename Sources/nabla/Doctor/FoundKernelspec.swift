import Files
import JSON

/// A kernel of ours that Jupyter may find, as its file says.
struct FoundKernelspec: Sendable {
  let name: String
  /// The folder of its `kernel.json`.
  let folder: String
  /// The arguments of `nabla install` that write it anew; nil where it was put by other means.
  let installation: String?
  /// Whether another of its name goes before it.
  let isShadowed: Bool
  /// What starts it; empty where the file is broken.
  let arguments: [String]
  /// What is wrong with the file; nil where it can be read.
  let problem: String?

  /// All in some of Jupyter's data folders, in their order.
  static func all(_ folders: [(folder: String, options: String?)]) -> [FoundKernelspec] {
    var seen: Set<String> = []
    return folders.flatMap { folder, options in
      DiskFile.names(inFolder: "\(folder)/kernels").sorted().compactMap { name in
        let spec = FoundKernelspec(
          name: name, folder: "\(folder)/kernels/\(name)", options: options,
          isShadowed: seen.contains(name.lowercased()))
        if spec != nil { seen.insert(name.lowercased()) }
        return spec
      }
    }
  }

  /// Reads a kernel's file; nil where it is none of ours.
  private init?(name: String, folder: String, options: String?, isShadowed: Bool) {
    let file = DiskFile("\(folder)/kernel.json")
    guard file.exists else { return nil }
    self.name = name
    self.folder = folder
    self.isShadowed = isShadowed
    installation = options.map { $0 + (name == "nabla" ? "" : " --name \(name)") }
    do {
      let object = try JSON.parse(try file.read()).object
      arguments = object?["argv"]?.array?.compactMap(\.string) ?? []
      problem = arguments.isEmpty ? "has no argv that is a list of words" : nil
      let program = (arguments.first ?? object?["argv"]?.string).map { DiskFile($0).name }
      guard object?["language"]?.string?.lowercased() == nablaLanguage || program == "nabla"
      else { return nil }
    } catch {
      // What it was cannot be read from it, but from its name.
      guard name.lowercased().hasPrefix("nabla") else { return nil }
      arguments = []
      problem = "cannot be read: \(error)"
    }
  }
}
