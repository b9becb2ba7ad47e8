import Console

#if canImport(Glibc)
  import Glibc
#endif

// Cells run on a large stack, as they do in every host.
exit(LargeStack.run { BenchCommand.start() })
