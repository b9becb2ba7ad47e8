// The fuzzer: `nabla-fuzz TARGET FOLDER SECONDS` prepares the folder and tests inputs for so long;
// `nabla-fuzz TARGET FOLDER FILE` tests the input of one file. libFuzzer's flags may follow.

import CFuzzer
import Console
import Files
import Glibc

/// The targets by name.
let targets: [(name: String, type: any Target.Type, make: @Sendable (WorkFolder) -> any Target)] = [
  ("evaluator", EvaluatorTarget.self, { EvaluatorTarget(folder: $0.scratch) }),
  ("frames", FramesTarget.self, { _ in FramesTarget() }),
  ("messages", MessagesTarget.self, { _ in MessagesTarget() }),
]

let usage = "usage: nabla-fuzz \(targets.map(\.name).joined(separator: "|")) FOLDER SECONDS|FILE"
let given = CommandLine.arguments
guard given.count >= 4, let target = targets.first(where: { $0.name == given[1] }) else {
  report(usage)
  exit(2)
}
do {
  try DiskFile.makeFolder(given[2])
  let folder = WorkFolder(path: DiskFile(given[2]).resolved)
  try folder.prepare(target.type)
  var words = [given[0]] + folder.arguments(for: target.type) + given.dropFirst(4)
  if let seconds = Int(given[3]) {
    words += ["-max_total_time=\(seconds)", "-seed_inputs=@\(folder.start)", folder.fresh]
  } else {
    words.append(DiskFile(given[3]).resolved)
  }
  let arguments = words
  let make = target.make
  // What runs must not fill the disk, whatever it is told to write.
  signal(SIGXFSZ, SIG_IGN)
  var limit = rlimit(rlim_cur: 4 << 20, rlim_max: 4 << 20)
  setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
  guard chdir(folder.scratch) == 0 else { throw Unwritable(path: folder.scratch) }
  // On a stack as large as that of cells in a kernel.
  let status = LargeStack.run { runFuzzer(arguments, on: make(folder)) }
  exit(status)
} catch {
  report("\(error)")
  exit(2)
}
