import Console

#if canImport(Glibc)
  import Glibc
#endif

// A worker ends by an interrupt; the run that started it cleans up behind it.
if !CommandLine.arguments.contains("--worker") {
  Interrupts.watch { BenchRun.interruption.store(true, ordering: .relaxed) }
}

// Cells run on a large stack, as they do in every host.
exit(LargeStack.run { BenchCommand.start() })
