import ArgumentParser
import Console
import JSON

/// `nabla doctor`: looks whether all is there that notebooks need.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "See whether Jupyter finds the kernel, and whether it runs.",
    discussion: """
      Looks at the installed kernels and the programs that they name, at what jupyter sees, at the \
      libraries, the history, and the folder for connection files; then starts a kernel, has it \
      compute something, and ends it. What is not as it should be has a mend below it.

      Exit codes: 0 what notebooks need is there, 1 something of it is not. A warning is about what \
      Nabla can do without.
      """)

  @Flag(help: "Write the findings as JSON.")
  var json = false

  func run() throws {
    let surroundings = Surroundings()
    let output = Terminal.output
    var findings: [(check: String, finding: Finding)] = []
    for check in Check.all {
      for finding in check.look(surroundings) {
        findings.append((check.name, finding))
        if !json { output.write(Self.text(check.name, finding, output)) }
      }
    }
    let faults = findings.count { $0.finding.status == .fail }
    if json {
      output.write(Self.json(findings, isWell: faults == 0).prettyString() + "\n")
    } else {
      let warnings = findings.count { $0.finding.status == .warn }
      output.write("\n" + Self.summary(faults: faults, warnings: warnings) + "\n")
    }
    throw ExitCode(faults == 0 ? 0 : 1)
  }

  /// A finding in a line, and its mend in one below.
  static func text(_ check: String, _ finding: Finding, _ terminal: Terminal) -> String {
    let width = Check.all.map(\.name.count).max() ?? 0
    let mark = terminal.styled(finding.status.rawValue, finding.status.style)
    let gap = String(repeating: " ", count: 6 - finding.status.rawValue.count)
    let name = check + String(repeating: " ", count: width - check.count + 2)
    let margin = String(repeating: " ", count: 6 + width + 2)
    return mark + gap + terminal.styled(name, .bold) + finding.detail + "\n"
      + (finding.mend.map { margin + terminal.styled("mend: ", .dim) + $0 + "\n" } ?? "")
  }

  private static func summary(faults: Int, warnings: Int) -> String {
    func count(_ number: Int, _ noun: String) -> String {
      "\(number) \(noun)\(number == 1 ? "" : "s")"
    }
    switch (faults, warnings) {
    case (0, 0): return "All is well."
    case (0, _): return "Notebooks run; \(count(warnings, "warning"))."
    case (_, 0): return "\(count(faults, "fault"))."
    default: return "\(count(faults, "fault")), \(count(warnings, "warning"))."
    }
  }

  private static func json(
    _ findings: [(check: String, finding: Finding)], isWell: Bool
  ) -> JSON {
    [
      "version": .string(nablaVersion), "ok": .bool(isWell),
      "findings": .array(
        findings.map { check, finding in
          [
            "check": .string(check), "status": .string(finding.status.rawValue),
            "detail": .string(finding.detail),
            "mend": finding.mend.map { .string($0) } ?? .null,
          ]
        }),
    ]
  }
}

extension Finding.Status {
  fileprivate var style: Terminal.Style {
    switch self {
    case .ok: .green
    case .warn: .yellow
    case .fail: .red
    }
  }
}
