import CFuzzer
import Glibc

/// Finds work that leaves more memory in use each time it is done.
///
/// AddressSanitizer's own search for leaks reads pointers, and Swift keeps bits of its own in some
/// of them. So the bytes in use are counted instead: caches fill once, a leak grows each time.
enum LeakCheck {
  /// So often the work is done again; each time must leave more behind to be called a leak.
  private static let turns = 6

  /// Does work again and again, which frees all that it takes but `slack` bytes each time.
  static func run(slack: Int, _ work: () -> Void) {
    work()
    var before = used
    var growth: [Int] = []
    for _ in 0..<turns {
      work()
      var after = used
      // What threads free as they end comes a little later.
      for _ in 0..<20 where after > before + slack {
        usleep(20_000)
        after = used
      }
      growth.append(after - before)
      if after <= before + slack { return }
      before = after
    }
    fail("LEAK: each time the input is run again, so many bytes more stay in use: \(growth)")
  }

  private static var used: Int { Int(__sanitizer_get_current_allocated_bytes()) }
}
