import JupyterProtocol
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The failure of a cell that is to stop the cells behind it.
///
/// A front end that runs all cells sends them one after the other, a few milliseconds apart, and the
/// first may fail before the last is here. What was sent before the client could know of the failure
/// is stopped; what was sent in answer to it runs. So the failure is made known only when no more
/// cells come, and a cell that still comes later is judged by when it was sent.
struct Failure: Sendable {
  /// When the client was told.
  private let moment: Timestamp
  private let session: String
  private let date: Timestamp?
  private let arrival: Timestamp

  /// After so long without a cell, in nanoseconds, a burst of cells is over.
  private static let gap: Int64 = 50_000_000
  /// A burst that goes on for longer is not waited for.
  private static let longestBurst: Int64 = 500_000_000
  /// How long a cell may be on its way.
  private static let flight: Int64 = 2_000_000_000

  /// Waits, when the cell failed quickly, until what was sent with it is here.
  ///
  /// An interrupt waits for nothing: it means what is here.
  init(of exchange: Exchange, isInterrupt: Bool) {
    let end = Timestamp.now().nanoseconds + Self.longestBurst
    while !isInterrupt {
      let last = exchange.shell.lastArrival.load(ordering: .relaxed)
      let left = min(last + Self.gap, end) - Timestamp.now().nanoseconds
      guard left > 0, left <= Self.gap else { break }
      usleep(UInt32(left / 1000) + 1)
    }
    moment = .now()
    session = exchange.session
    date = exchange.date
    arrival = exchange.arrival
  }

  /// Whether a cell was sent before its client could know of the failure.
  ///
  /// The client's clock need not be right: only the time between two of its requests counts.
  func stops(_ exchange: Exchange) -> Bool {
    if exchange.arrival <= moment { return true }
    guard exchange.arrival.nanoseconds - moment.nanoseconds < Self.flight,
      exchange.session == session, let sent = exchange.date, let date
    else { return false }
    let (since, overflow) = sent.nanoseconds.subtractingReportingOverflow(date.nanoseconds)
    guard !overflow, since >= 0, since < Self.flight else { return false }
    return Timestamp(nanoseconds: arrival.nanoseconds + since, resolution: sent.resolution)
      .isSurelyBefore(moment)
  }
}
