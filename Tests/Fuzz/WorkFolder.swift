import Files
import Glibc

/// The folder of one target: what it starts from, what it learned, and what it found.
struct WorkFolder {
  let path: String

  /// What was found: one file for each input that crashed or hung.
  var findings: String { path + "/" }
  /// Inputs that reached something new in this run.
  var fresh: String { path + "/new" }
  /// Those of earlier runs.
  var corpus: String { path + "/corpus" }
  /// The paths of the inputs that a run starts from.
  var start: String { path + "/start" }
  /// So many seeds are started from, and so many inputs of earlier runs: chosen anew each time, so
  /// that most of a run's time is left for new inputs however much was learned before.
  private static let mostOfEach = 128
  var seeds: String { path + "/seeds" }
  var dictionary: String { path + "/words.dict" }
  /// Where code under test runs.
  var scratch: String { path + "/scratch" }

  /// Writes what a target starts from.
  func prepare(_ target: any Target.Type) throws {
    for folder in [fresh, corpus, seeds, scratch] { try DiskFile.makeFolder(folder) }
    for (number, seed) in target.seeds.enumerated() {
      try write(Array(seed.prefix(target.longest)), to: "\(seeds)/\(number)")
    }
    for name in DiskFile.names(inFolder: fresh) { rename("\(fresh)/\(name)", "\(corpus)/\(name)") }
    let chosen = [seeds, corpus].flatMap { folder in
      DiskFile.names(inFolder: folder).shuffled().prefix(Self.mostOfEach).map { "\(folder)/\($0)" }
    }
    try write(Array(chosen.joined(separator: ",").utf8), to: start)
    let lines = target.words.map { "\"\($0)\"\n" }.joined()
    try write(Array(lines.utf8), to: dictionary)
  }

  /// What libFuzzer is told, before what the caller adds.
  func arguments(for target: any Target.Type) -> [String] {
    [
      "-artifact_prefix=\(findings)", "-dict=\(dictionary)", "-max_len=\(target.longest)",
      "-rss_limit_mb=3072", "-handle_xfsz=0", "-detect_leaks=0", "-print_final_stats=1",
    ]
  }

  private func write(_ bytes: [UInt8], to path: String) throws {
    let file = fopen(path, "w")
    guard let file else { throw Unwritable(path: path) }
    defer { fclose(file) }
    guard fwrite(bytes, 1, bytes.count, file) == bytes.count else { throw Unwritable(path: path) }
  }
}

/// A file that the fuzzer needs and cannot write.
struct Unwritable: Error, CustomStringConvertible {
  let path: String
  var description: String { "\(path) cannot be written" }
}
