#if canImport(Glibc)
  import Glibc
#endif

exit(NablaCommand.start(CommandLine.arguments))
