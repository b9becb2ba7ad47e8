// The slopes as linear maps: two operands' shapes with the third operand fixed.

extension ConvolutionPlan {
  /// Images to outputs, with these kernels.
  func ofImages(_ w: Traced) -> LinearMap {
    map(outputs, images, factor: w) { x, tape throws(GateError) in
      try tape.apply("conv2d", x, w, parameters: .other(moves))
    } transposed: { u, tape throws(GateError) in
      try tape.apply("conv2d_image", u, w, parameters: parameters(images))
    } entries: { row, append in
      forEachTerm(ofOutput: row) { image, kernel in append(image, w.tensor[kernel]) }
    }
  }

  /// Kernels to outputs, with these images.
  func ofKernels(_ x: Traced) -> LinearMap {
    map(outputs, kernels, factor: x) { w, tape throws(GateError) in
      try tape.apply("conv2d", x, w, parameters: .other(moves))
    } transposed: { u, tape throws(GateError) in
      try tape.apply("conv2d_kernel", u, x, parameters: parameters(kernels))
    } entries: { row, append in
      forEachTerm(ofOutput: row) { image, kernel in append(kernel, x.tensor[image]) }
    }
  }

  /// Images to kernels, with these outputs.
  func ofImagesToKernels(_ u: Traced) -> LinearMap {
    map(kernels, images, factor: u) { x, tape throws(GateError) in
      try tape.apply("conv2d_kernel", u, x, parameters: parameters(kernels))
    } transposed: { w, tape throws(GateError) in
      try tape.apply("conv2d_image", u, w, parameters: parameters(images))
    } entries: { row, append in
      let (f, c, height, width) = (kernels[0], kernels[1], kernels[2], kernels[3])
      let (k, l) = (row / width % height, row % width)
      let (channel, filter) = (row / (width * height) % c, row / (width * height * c))
      for n in 0..<images[0] {
        for i in 0..<outputs[2] {
          for j in 0..<outputs[3] {
            if let place = imagePlace(n, channel, i, j, k, l) {
              let output = ((n * f + filter) * outputs[2] + i) * outputs[3] + j
              append(place, u.tensor[output])
            }
          }
        }
      }
    }
  }

  /// A slope by the gates that apply it and its transpose; its entries, row by row, are products
  /// of one output and one kernel entry each.
  private func map(
    _ rows: Shape, _ columns: Shape, factor: Traced, apply: @escaping MapOperation.Action,
    transposed: @escaping MapOperation.Action,
    entries:
      @escaping @Sendable (
        _ row: Int, _ append: (_ column: Int, _ value: Double) -> Void
      ) -> Void
  ) -> LinearMap {
    let capacity = outputs.count * kernels.count / max(kernels[0], 1)
    return LinearMap(
      rows: rows, columns: columns,
      .operation(
        MapOperation(factors: [factor], apply: apply, applyTransposed: transposed) {
          .listed(rows: rows, columns: columns, capacity: capacity, fill: entries)
        }))
  }

  /// The moves with the size that operands do not tell.
  private func parameters(_ shape: Shape) -> Parameters {
    var moves = moves
    moves.size = .init(shape[2], shape[3])
    return .other(moves)
  }

  /// The entries of image and kernel whose products an output sums, both rising.
  private func forEachTerm(ofOutput output: Int, _ body: (_ image: Int, _ kernel: Int) -> Void) {
    let (height, width) = (outputs[2], outputs[3])
    let (i, j) = (output / width % height, output % width)
    let filter = output / (width * height) % outputs[1]
    let n = output / (width * height * outputs[1])
    for channel in 0..<kernels[1] {
      for k in 0..<kernels[2] {
        for l in 0..<kernels[3] {
          if let place = imagePlace(n, channel, i, j, k, l) {
            let kernel = ((filter * kernels[1] + channel) * kernels[2] + k) * kernels[3] + l
            body(place, kernel)
          }
        }
      }
    }
  }

  /// The offset of an image's entry under a place of the window; nil in the padding.
  private func imagePlace(
    _ n: Int, _ channel: Int, _ i: Int, _ j: Int, _ k: Int, _ l: Int
  ) -> Int? {
    let y = i * moves.stride.rows - moves.pad.rows + k
    let x = j * moves.stride.columns - moves.pad.columns + l
    guard (0..<images[2]).contains(y), (0..<images[3]).contains(x) else { return nil }
    return ((n * images[1] + channel) * images[2] + y) * images[3] + x
  }
}
