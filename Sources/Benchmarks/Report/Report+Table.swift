import Console

// The table, on a terminal and as Markdown: the same cells, laid out twice.

extension Report {
  /// A column: its title, and whether its cells stand at the right.
  private struct Column {
    let title: String
    var isRight = false
    /// Whether it stands close to the column before, which it belongs to.
    var isClose = false
    /// Left out of a narrow terminal, the highest first; 0 for what always stays.
    var dispensable = 0
  }

  private var columns: [Column] {
    var columns = [
      Column(title: "workload"), Column(title: "", dispensable: 3),
      Column(title: "Nabla", isRight: true), Column(title: "min", isRight: true, dispensable: 4),
    ]
    if hasPeers {
      columns += [
        Column(title: "drift", isRight: true, dispensable: 5),
        Column(title: "eager", isRight: true), Column(title: "", isClose: true),
        Column(title: "×", isRight: true),
        Column(title: "compiled", isRight: true), Column(title: "", isClose: true),
        Column(title: "×", isRight: true),
        Column(title: "by hand", isRight: true, dispensable: 2),
        Column(title: "×", isRight: true, dispensable: 2),
      ]
    }
    return columns + [
      Column(title: "must", isRight: true), Column(title: "", isClose: true),
      Column(title: "aim", isRight: true), Column(title: "", isClose: true),
      Column(title: "compared with", dispensable: 6),
    ]
  }

  private var hasPeers: Bool { rows.contains { !$0.peers.isEmpty } }

  private func cells(_ row: BenchRun.Row) -> [String] {
    let measurement = row.measurement
    var cells = [
      row.workload.row, row.workload.title,
      measurement.map { Report.time($0.median) } ?? "not available",
      measurement.map { Report.time($0.minimum) } ?? "",
    ]
    if hasPeers {
      cells.append(row.drift.map { Report.percent($0) } ?? "")
      for kind in [PeerResult.Kind.eager, .compiled, .byHand] {
        guard let peer = best(kind, of: row), let median = peer.median else {
          cells += kind == .byHand ? ["", ""] : ["", "", ""]
          continue
        }
        cells.append(Report.time(median))
        if kind != .byHand { cells.append(peer.title) }
        cells.append(Report.ratio(peer, to: measurement))
      }
    }
    for limit in [row.workload.must, row.workload.aim] {
      let verdict = verdict(limit, for: row)
      cells += [verdict?.limit ?? "", verdict?.mark ?? ""]
    }
    return cells + [row.first.comparedWith ?? "not compared"]
  }

  /// With its sign: `+3 %`.
  private static func percent(_ share: Double) -> String {
    guard share.isFinite, abs(share) < 1e6 else { return "–" }
    let whole = Int((share * 100).rounded())
    return (whole > 0 ? "+" : whole < 0 ? "-" : "") + "\(abs(whole)) %"
  }

  /// The table for a terminal, marks in colour; columns are left out of one that is too narrow.
  func text(_ terminal: Terminal) -> String {
    let columns = columns
    let cells = rows.map { self.cells($0) }
    var widths = columns.indices.map { column in
      max(columns[column].title.count, cells.map { $0[column].count }.max() ?? 0)
    }
    if terminal.isTerminal {
      let ranks = Set(columns.map(\.dispensable)).subtracting([0]).sorted(by: >)
      for rank in ranks where widths.reduce(-2, { $0 + $1 + 2 }) > terminal.width {
        for place in columns.indices where columns[place].dispensable == rank { widths[place] = 0 }
      }
    }
    func line(_ cells: [String], _ style: (Int, String, String) -> String) -> String {
      var text = ""
      for (place, cell) in cells.enumerated() where widths[place] > 0 {
        let gap = String(repeating: " ", count: widths[place] - cell.count)
        let padded = columns[place].isRight ? gap + cell : cell + gap
        text +=
          (text.isEmpty ? "" : columns[place].isClose ? " " : "  ")
          + style(place, cell, padded)
      }
      while text.last == " " { text.removeLast() }
      return text
    }
    var lines = [
      line(columns.map(\.title)) { _, _, padded in terminal.styled(padded, .bold) },
      terminal.styled(line(widths.map { String(repeating: "─", count: $0) }) { $2 }, .dim),
    ]
    for (place, (row, cells)) in zip(rows, cells).enumerated() {
      if place > 0, isGroup(place) || isGroup(place - 1), row.workload.group != group(place - 1) {
        lines.append("")
      }
      lines.append(
        line(cells) { place, cell, padded in
          switch cell {
          case "✓": terminal.styled(padded, .green)
          case "✗", "not available": terminal.styled(padded, .red)
          default: place == 2 ? terminal.styled(padded, .bold) : padded
          }
        })
    }
    if !notes.isEmpty { lines += [""] + notes }
    return lines.joined(separator: "\n")
  }

  private func group(_ place: Int) -> String { rows[place].workload.group }

  /// Whether a row is one of several of its group: those stand apart from others.
  private func isGroup(_ place: Int) -> Bool {
    rows.count { $0.workload.group == group(place) } > 1
  }

  /// The table as Markdown, with a line on how to read it.
  var markdown: String {
    let columns = columns
    func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
    var lines = [
      "Medians; `×` is how many times as long as Nabla the fastest peer of a kind takes. `by hand`"
        + " is NumPy without differentiation. Speeds drift: compare within one run.",
      "", line(columns.map(\.title)), line(columns.map { $0.isRight ? "---:" : "---" }),
    ]
    lines += rows.map { line(cells($0)) }
    if !notes.isEmpty { lines += [""] + notes.map { "- \($0)" } }
    return lines.joined(separator: "\n") + "\n"
  }
}
