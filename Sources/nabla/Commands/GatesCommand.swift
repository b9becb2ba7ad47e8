import ArgumentParser
import Autodiff
import Console
import Display

/// `nabla gates`: the table of gates.
struct GatesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gates",
    abstract: "List the gates with their local gradients.",
    discussion: """
      Every gate is one row of a table that the engine, help and the tests read.

        nabla gates                 all gates
        nabla gates tanh relu       these, with all that is known of them
      """)

  @Argument(help: "Names of gates; all when none is given.")
  var names: [String] = []

  func run() throws {
    guard names.isEmpty else { return try show(names) }
    let rows = GateTable.gates.map { gate in
      let gradients = gate.localGradients
      return GateListing.Row(
        name: gate.name, operands: gate.operands.joined(separator: ", "), formula: gate.formula,
        localGradient: gradients.isEmpty ? "none" : gradients.joined(separator: "; "),
        atKink: gate.note ?? "")
    }
    let terminal = Terminal.output
    terminal.write(GateListing(rows: rows).text(terminal.page) + "\n")
  }

  private func show(_ names: [String]) throws {
    for (index, name) in names.enumerated() {
      guard let gate = GateTable.gate(named: name) else {
        throw CommandFailure(
          description: "there is no gate \(name); nabla gates lists them", code: 2)
      }
      Terminal.output.write((index == 0 ? "" : "\n") + gate.description + "\n")
    }
  }
}
