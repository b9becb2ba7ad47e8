extension Gate {
  /// Picking entries and putting them back.
  static let indexing: [Gate] = [
    .general(
      "take", parameters: ["index"], symbol: "[ ]",
      summary: "The entries that an index picks; the others get a gradient of 0: a router.",
      formula: "x[index]", localGradient: "selection",
      samples: [
        Sample(
          [Shape(3, 4)],
          .selection(
            Selection(
              source: Shape(3, 4), result: Shape(2, 2),
              places: .strided(start: 1, steps: [8, 2])))),
        Sample(
          [Shape(5)],
          .selection(
            Selection(source: Shape(5), result: Shape(4), places: .listed([4, 0, 0, 2])))),
      ],
      forward: { operands, parameters throws(GateError) in
        guard case .selection(let selection) = parameters else { throw .parameters }
        return operands[0].picking(selection)
      },
      local: { _, application, _ throws(GateError) in
        guard case .selection(let selection) = application.parameters else { throw .parameters }
        return .selection(selection)
      }),
    .general(
      "place", parameters: ["index"],
      summary: "Entries put where an index picks, added up where it picks twice, 0 elsewhere.",
      formula: "zeros[index] += x", localGradient: "selection", source: "Nabla",
      samples: [
        Sample(
          [Shape(4)],
          .selection(
            Selection(source: Shape(5), result: Shape(4), places: .listed([4, 0, 0, 2]))))
      ],
      forward: { operands, parameters throws(GateError) in
        guard case .selection(let selection) = parameters else { throw .parameters }
        return operands[0].placed(selection)
      },
      local: { _, application, _ throws(GateError) in
        guard case .selection(let selection) = application.parameters else { throw .parameters }
        return .placement(selection)
      }),
    .general(
      "replace", operands: ["x", "v"], parameters: ["index"], symbol: "[ ]=",
      summary: "x with the entries that an index picks replaced by v.",
      formula: "x[index] = v", localGradient: "selection",
      domain: [-2...2, -2...2],
      samples: [
        Sample(
          [Shape(5), Shape(2)],
          .selection(
            Selection(source: Shape(5), result: Shape(2), places: .listed([3, 1]))))
      ],
      forward: { operands, parameters throws(GateError) in
        guard case .selection(let selection) = parameters else { throw .parameters }
        var result = operands[0]
        result.isMask = operands[0].isMask && operands[1].isMask
        result.replace(selection, with: operands[1].broadcast(to: selection.result))
        return result
      },
      local: { _, application, operand throws(GateError) in
        guard case .selection(let selection) = application.parameters else { throw .parameters }
        let shape = application.operands[operand].shape
        if operand == 0 {
          var kept = Tensor(repeating: 1, shape: shape)
          kept.replace(selection, with: Tensor(repeating: 0, shape: selection.result))
          return .diagonal(Traced(constant: kept))
        }
        // Where an index picks a place twice, only the last value is in the result.
        let last = selection.lastWrites
        return LinearMap.placement(selection)
          .after(.diagonal(Traced(constant: last)))
          .after(.broadcast(from: shape, to: selection.result))
      }),
  ]
}

extension Selection {
  /// 1 for the entries of the result that an assignment leaves, 0 for those written over later.
  fileprivate var lastWrites: Tensor {
    guard !isInjective else { return Tensor(repeating: 1, shape: result) }
    let offsets = offsets
    var last: [Int: Int] = [:]
    for (index, offset) in offsets.enumerated() { last[offset] = index }
    return Tensor(
      shape: result, values: offsets.enumerated().map { last[$1] == $0 ? 1 : 0 })
  }
}
