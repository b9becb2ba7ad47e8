import EngineInterface

/// A loop's progress as one line of a terminal.
enum TextProgress {
  private static let barWidth = 24
  private static let titleWidth = 32

  /// `training  45% ━━━━━━━━━━━───────────── 45/100, 0:03, 0:04 left, 12.1/s`.
  static func line(_ progress: ProgressBlock, _ page: TextPage) -> String {
    var parts: [String] = []
    if !progress.title.isEmpty {
      parts.append(
        page.paint(TextWidth.cut(VisibleText.line(progress.title), to: titleWidth), .bold))
    }
    if let fraction = progress.fraction, let percent = progress.percent {
      let filled = Int((fraction * Double(barWidth)).rounded(.down))
      let ink: Ink = progress.state == .stopped ? .gradient : .value
      parts.append(TextWidth.padded("\(percent)%", to: 4, rightAligned: true))
      parts.append(
        page.paint(String(repeating: "━", count: filled), ink)
          + page.paint(String(repeating: "─", count: barWidth - filled), .dim))
    }
    parts.append(progress.figures)
    return parts.joined(separator: " ")
  }
}
