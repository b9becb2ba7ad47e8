import Autodiff
import Display
import Syntax

// The table of a cell: the tensors that its top level assigned, and, after a pass, their named
// ancestors.

extension Session {
  /// A row of the table of a cell, with the gradient of the last pass.
  func row(_ name: String, _ computedAs: String, _ value: Traced) -> CellTable.Row {
    CellTable.Row(
      name: name, computedAs: computedAs, value: value.tensor,
      gradient: tape.pointee.gradients[value.node].map { .value($0) } ?? .absent)
  }

  /// The tensors that the cell assigned, and, after a pass, its named ancestors; nil without any.
  func cellTable(ranPass: Bool) -> CellTable? {
    var entries = ranPass ? earlierAncestors() : []
    for slot in assignments.order {
      let name = globals.names[slot]
      guard !globals.slots[slot].isUnbound, !name.hasPrefix("_"),
        let text = assignments.text(slot)
      else { continue }
      entries += tableEntries(name, text, globals.slots[slot])
    }
    return table(of: entries, ranPass: ranPass) { globals[$0] != nil }
  }

  /// The tensors that a call's frame holds at its end: its parameters and what it assigned.
  ///
  /// `text` of what is assigned in several places is not known, so its gate stands for it.
  func callTable(of frame: Frame) -> CellTable? {
    let layout = frame.code.layout
    let shared = layout.sharedNames.prefix(layout.ownShared)
    func value(_ name: String) -> Value {
      if let place = shared.firstIndex(of: name), place < frame.shared.count {
        return frame.shared[place].value
      }
      return layout.slotNames.firstIndex(of: name).map { frame.slots[$0] } ?? .unbound
    }
    var entries: [TableEntry] = []
    let parameters = layout.positional + layout.keywordOnly
    for name in parameters where !name.hasPrefix("_") {
      entries += tableEntries(name, "", value(name))
    }
    for (name, text) in layout.origins where !name.hasPrefix("_") && !parameters.contains(name) {
      entries += tableEntries(
        name, text.map { frame.code.source.text($0).oneLine } ?? "", value(name))
    }
    let names = Set(entries.map(\.name))
    return table(of: entries, ranPass: true) { names.contains($0) }
  }

  private func table(
    of entries: [TableEntry], ranPass: Bool, isName: (String) -> Bool
  ) -> CellTable? {
    guard !entries.isEmpty else { return nil }
    var rows: [CellTable.Row] = []
    var also: [String] = []
    let data = ranPass ? dataNodes(entries) : []
    for entry in entries {
      var row = row(entry.name, origin(entry), entry.value)
      if let gradient = entry.gradient { row.gradient = .value(gradient) }
      // Without a pass in the cell, what stands here is another name's gradient; and a name such
      // as dx holds a gradient itself.
      if !ranPass && !tape.pointee.isParam(entry.value.node) || isGradient(entry.name, isName) {
        row.gradient = .absent
      }
      if ranPass, case .absent = row.gradient {
        if data.contains(entry.value.node) {
          row.gradient = .data
        } else if options.tables == .auto {
          also.append(entry.name)
          continue
        }
      }
      rows.append(row)
    }
    guard !rows.isEmpty else { return nil }
    return CellTable(rows: rows, also: also, precision: options.precision)
  }

  /// The ancestors of the last pass's root that earlier cells named.
  private func earlierAncestors() -> [TableEntry] {
    var entries: [TableEntry] = []
    for (name, value) in globals.bound
    where !name.hasPrefix("_") && !assignments.contains(globals.slot(name)) {
      // Loop variables and the like have no text: they are other names of what has a row.
      guard let origin = origins[name] else { continue }
      entries += tableEntries(name, origin.node == value.node ? origin.text : "", value)
    }
    let data = dataNodes(entries)
    return entries.filter { hasGradient($0) || data.contains($0.value.node) }
  }

  /// Keeps how the cell's names were computed, for the tables of later cells.
  func rememberOrigins() {
    for slot in assignments.order {
      let value = globals.slots[slot]
      origins[globals.names[slot]] =
        value.isUnbound ? nil : assignments.text(slot).map { (value.node, $0) }
    }
  }

  /// Whether a name is that of the gradient of another name, as `dx` beside `x`.
  private func isGradient(_ name: String, _ isName: (String) -> Bool) -> Bool {
    name.hasPrefix("d") && name.count > 1 && isName(String(name.dropFirst()))
  }

  private struct TableEntry {
    var name: String
    var text: String
    var value: Traced
    /// For lists, whose gradient is that of their elements.
    var gradient: Tensor?
  }

  private func hasGradient(_ entry: TableEntry) -> Bool {
    entry.gradient != nil || tape.pointee.gradients[entry.value.node] != nil
  }

  /// The tensors that a name stands for: itself, a list of numbers, or the tensors in a dict.
  private func tableEntries(_ name: String, _ text: String, _ value: Value) -> [TableEntry] {
    switch value {
    case .number, .tensor, .param:
      guard let traced = value.traced else { return [] }
      return [TableEntry(name: name, text: text, value: traced)]
    case .object(let object):
      if let list = object as? ListObject {
        guard !list.items.isEmpty, list.items.count <= 10_000,
          let traced = try? withoutRecording({ () throws(Failure) in try tensor(value) })
        else { return [] }
        let gradient = (try? gradient(ofItems: list.items))??.traced?.tensor
        return [
          TableEntry(
            name: name, text: listOrigin(value) ?? text, value: Traced(constant: traced.tensor),
            gradient: gradient)
        ]
      }
      if let dict = object as? DictObject, dict.count <= 50 {
        return dict.items.compactMap { key, item in
          guard let traced = item.traced, let key = try? repr(key) else { return nil }
          return TableEntry(name: "\(name)[\(key)]", text: text, value: traced)
        }
      }
      return []
    default: return []
    }
  }

  /// `leaf` or `param`, where all that a list holds is that.
  private func listOrigin(_ list: Value) -> String? {
    let nodes = leaves(in: list).map(\.leaf.node)
    if nodes.isEmpty { return nil }
    if nodes.allSatisfy({ tape.pointee.isParam($0) }) { return "param" }
    return nodes.allSatisfy { tape.pointee.isLeaf($0) } ? "leaf" : nil
  }

  private func origin(_ entry: TableEntry) -> String { origin(of: entry.value, entry.text) }

  /// How a value was computed: `leaf`, `param`, or the text of its right side; the name of its gate
  /// where that is not known.
  func origin(of value: Traced, _ text: String) -> String {
    if tape.pointee.isParam(value.node) { return "param" }
    if tape.pointee.isLeaf(value.node) { return "leaf" }
    if !text.isEmpty { return text }
    return tape.pointee.gate(of: value.node).map(\.name) ?? "earlier"
  }

  /// Leaves that the last pass took for data, because its root depends on a param.
  private func dataNodes(_ entries: [TableEntry]) -> Set<NodeID> {
    guard tape.pointee.gradients.isTraining else { return [] }
    let candidates = entries.map(\.value.node).filter {
      $0.isTracked && !tape.pointee.isTrained($0)
    }
    return tape.pointee.ancestors(of: tape.pointee.gradients.root, among: candidates)
  }
}
