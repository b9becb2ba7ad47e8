import Display
import EngineInterface

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A bar that is shown while a loop runs.
final class ProgressBar {
  private let title: String
  private let total: Int?
  private let start = ProgressBar.now(CLOCK_MONOTONIC)
  /// When the bar is due to be shown again, by the coarse clock.
  private var due = 0
  private let id: String
  private unowned let session: Session
  private var isShown: Bool
  private var isFinished = false
  /// Steps that were asked for: one more than the turns that are done.
  private var steps = 0
  /// The display of a bar that ran within a turn of this one, for the next such bar.
  fileprivate var spareID: String?

  /// How long a bar stays as it is, in nanoseconds.
  static let pause = 100_000_000

  /// A bar below those that run; one in a turn of another takes the display of the last such bar.
  init(title: String, total: Int?, _ session: Session) {
    self.title = title
    self.total = total
    self.session = session
    let outer = session.bars.last
    isShown = outer?.spareID != nil
    id = outer?.spareID ?? session.freshDisplayID()
    outer?.spareID = nil
    session.bars.append(self)
    show(.running)
  }

  /// A step is asked for: the turn before it is over.
  @inline(__always)
  func turn() {
    steps += 1
    // The coarse clock costs a few nanoseconds, so that even the shortest loop may ask at each turn.
    if ProgressBar.now(CLOCK_MONOTONIC_COARSE) >= due, !isFinished { show(.running) }
  }

  /// The loop is over, with all its turns or at the one where it was left; the first end counts.
  func end(_ state: ProgressBlock.State) {
    if isFinished { return }
    isFinished = true
    if let place = session.bars.lastIndex(where: { $0 === self }) {
      session.bars.remove(at: place)
      if place > 0 { session.bars[place - 1].spareID = id }
    }
    show(state)
  }

  private func show(_ state: ProgressBlock.State) {
    due = ProgressBar.now(CLOCK_MONOTONIC_COARSE) + ProgressBar.pause
    let elapsed = Double(ProgressBar.now(CLOCK_MONOTONIC) - start) * 1e-9
    let view = ProgressView(
      ProgressBlock(
        title: title, count: max(steps - 1, 0), total: total, elapsed: elapsed, state: state))
    let stage: ProgressStage = !isShown ? .first : state == .running ? .next : .last
    isShown = true
    // Who draws bars anew cuts them to his width, so they come without colours.
    let page = TextPage(isUnicode: session.sink.page.isUnicode)
    session.sink.progress(view.bundle(page), id: id, stage: stage)
  }

  private static func now(_ clock: clockid_t) -> Int {
    var time = timespec()
    clock_gettime(clock, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
  }
}

/// A walk over items that shows a bar from its first step to its last.
final class ProgressIterator: ValueIterator {
  private let items: ValueIterator
  private let title: String
  private let total: Int?
  private var bar: ProgressBar?

  init(_ items: ValueIterator, title: String, total: Int?) {
    self.items = items
    self.title = title
    self.total = total
  }

  /// The walk is left: by `break`, by an error, by an interrupt.
  deinit { bar?.end(.stopped) }

  override func next(_ session: Session) throws(Failure) -> Value? {
    let bar = bar ?? ProgressBar(title: title, total: total, session)
    self.bar = bar
    bar.turn()
    if let item = try items.next(session) { return item }
    bar.end(.finished)
    return nil
  }
}

extension Session {
  /// Ends the bars of loops that something still holds, though what ran them is over.
  func endBars() {
    while let bar = bars.last { bar.end(.stopped) }
  }
}
