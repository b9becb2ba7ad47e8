import CFuzzer
import Glibc

/// What is tested; set once, before the fuzzer starts, and used on its thread alone.
nonisolated(unsafe) private var current: (any Target)?

/// Runs libFuzzer with a command line; gives its exit code, unless it ends the process itself.
func runFuzzer(_ words: [String], on target: any Target) -> Int32 {
  current = target
  var count = Int32(words.count)
  var pointers = words.map { strdup($0) } + [nil]
  return pointers.withUnsafeMutableBufferPointer { buffer in
    var start = buffer.baseAddress
    return LLVMFuzzerRunDriver(&count, &start) { data, size in
      current?.test(Array(UnsafeBufferPointer(start: data, count: size)))
      return 0
    }
  }
}
