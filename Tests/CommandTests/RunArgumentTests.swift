import ArgumentParser
import Files
import Testing

@testable import nabla

#if canImport(Glibc)
  import Glibc
#endif

@Suite struct RunArgumentTests {
  @Test("options of two values become one word, whatever the values look like")
  func pairs() throws {
    let words = CommandWords.normalized(
      ["run", "-p", "rate", "-0.5", "-r", "name", "a=b", "--json", "-", "--json", "a.ipynb"])
    #expect(
      words == [
        "run", "--parameter=rate\u{1}-0.5", "--raw-parameter=name\u{1}a=b", "--json=-", "--json=-",
        "a.ipynb",
      ])
    let command = try RunCommand.parse(Array(words.dropFirst()))
    #expect(command.files == ["a.ipynb"])
    #expect(
      try command.parameters.values().source == "# Parameters\nrate = -0.5\nname = \"a=b\"\n")
    let joined = try RunCommand.parse(["--parameter=rate=1e3", "a.ipynb"])
    #expect(try joined.parameters.values().source == "# Parameters\nrate = 1000.0\n")
  }

  @Test("words of other commands, and those behind --, stay as they are")
  func otherWords() {
    for words in [
      ["repl", "-p", "a", "b"], ["run", "--", "-p", "a", "b"], ["run", "-p", "a"], [],
    ] {
      #expect(CommandWords.normalized(words) == words)
    }
  }

  @Test(
    "a wrong command line ends with 2",
    arguments: [
      ["run", "-p", "a", "a.ipynb"], ["run", "-p", "1a", "2", "a.ipynb"],
      ["run", "--jobs", "-1", "a.ipynb"], ["run", "--retries", "x", "a.ipynb"],
      ["run", "--timeout", "soon", "a.ipynb"], ["run", "--deadline", "0", "a.ipynb"],
      ["run", "--allow-errors", "--keep-going", "a.ipynb"], ["run", "-", "a.ipynb"],
      ["run", "-p", "a", "1", "a.nabla"], ["run", "--parameters", "/no/such.yaml", "a.ipynb"],
      ["run", "--output", "x.ipynb", "a.ipynb", "b.ipynb"],
      ["run", "--junit", "-", "--json", "-", "a.ipynb"],
      ["run", "--json=/no/such/folder/a.jsonl", "a.ipynb"],
      ["run", "--junit", "/no/such/folder/a.xml", "a.ipynb"],
      ["check"], ["check", "a.nabla"], ["check", "--rtol", "-1", "a.ipynb"],
      ["check", "--atol", "nan", "a.ipynb"], ["check", "--in-place", "a.ipynb"],
    ])
  func usage(arguments: [String]) {
    #expect(NablaCommand.start(["nabla"] + arguments) == 2)
  }

  @Test("the options of the engine survive the way to another process")
  func engineOptions() throws {
    let options = try EngineOptions.parse(
      ["--tape-memory", "7", "--max-memory", "1.5G", "--max-output", "64M"])
    let other = try EngineOptions.parse(options.arguments)
    #expect(other.tapeMemory == 7)
    #expect(other.maxMemory?.bytes == 3 << 29)
    #expect(other.maxOutput?.bytes == 64 << 20)
    let names = Mirror(reflecting: options).children.compactMap(\.label)
    let handedOn = options.arguments.count { $0.hasPrefix("--") }
    #expect(handedOn == names.count, "each option is handed on: \(names)")
  }

  @Test("a folder stands for its notebooks, in order, without checkpoints, links and hidden ones")
  func folders() throws {
    let folder = try Folder()
    for path in [
      "b.ipynb", "a.ipynb", "sub/c.ipynb", "sub/.ipynb_checkpoints/c-checkpoint.ipynb", "m.nabla",
      "sub/notes.md", ".hidden/d.ipynb",
    ] {
      try folder.write(path, "{}")
    }
    symlink(folder.path, folder.path + "/sub/circle")
    let list = FileList([folder.path, folder.path + "/a.ipynb", folder.path + "/m.nabla"])
    #expect(list.entries.map(\.relativePath) == ["a.ipynb", "b.ipynb", "sub/c.ipynb", "m.nabla"])
    try DiskFile.makeFolder(folder.path + "/none")
    let faults = FileList([folder.path + "/none", folder.path + "/a.ipynb"])
    #expect(faults.entries.map(\.isNotebook) == [false, true])
    #expect(
      faults.entries[0].problem == "\(folder.path)/none: there are no notebooks in this folder")
    #expect(
      throws: CommandFailure.self, "two notebooks for one file"
    ) {
      try folder.write("sub/a.ipynb", "{}")
      let list = FileList([folder.path + "/a.ipynb", folder.path + "/sub/a.ipynb"])
      try RunDestination(inPlace: false, output: folder.path + "/out", count: 2)
        .checkPaths(of: list.entries)
    }
  }
}

/// A folder for one test, removed with all that is in it.
private final class Folder {
  let path: String

  init() throws {
    var template = TemporaryName.template("/tmp/nabla-run")
    path = mkdtemp(&template).map { String(cString: $0) } ?? ""
    try #require(!path.isEmpty)
  }

  deinit { remove(path) }

  func write(_ name: String, _ text: String) throws {
    let file = DiskFile("\(path)/\(name)")
    try DiskFile.makeFolder(file.folder)
    try file.replace(with: Array(text.utf8))
  }

  private func remove(_ path: String) {
    var status = stat()
    if lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
      for name in DiskFile.names(inFolder: path) { remove("\(path)/\(name)") }
      rmdir(path)
    } else {
      unlink(path)
    }
  }
}
