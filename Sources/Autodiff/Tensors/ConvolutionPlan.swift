import CKernels

/// A convolution of images `(N, C, H, W)` by kernels `(F, C, KH, KW)` to outputs `(N, F, OH, OW)`.
///
/// It is the trilinear form Σ u[n,f,i,j] w[f,c,k,l] x[n,c,i·s-p+k,j·s-p+l]; the three gates are its
/// slopes by u, x and w. Each is im2col and products over blocks of output rows, so that the
/// columns stay in the cache.
struct ConvolutionPlan {
  let images: Shape
  let kernels: Shape
  let outputs: Shape
  let moves: Convolution

  /// Throws: ShapeError where ranks or channels do not fit, or the kernel is larger than the image.
  init(images: Shape, kernels: Shape, _ moves: Convolution) throws(GateError) {
    guard images.rank == 4 else {
      throw GateError(
        .shape, "conv2d takes images of shape (N, C, H, W), and {0} has shape \(images)",
        hint: images.rank == 3 ? "{0}[None] makes it a batch of one image" : nil)
    }
    guard kernels.rank == 4 else {
      throw GateError(
        .shape, "conv2d takes kernels of shape (F, C, KH, KW), and {1} has shape \(kernels)",
        hint: kernels.rank == 3 ? "{1}[None] makes it one kernel" : nil)
    }
    guard images[1] == kernels[1] else {
      throw GateError(
        .shape,
        "conv2d cannot move kernels of shape \(kernels) over images of shape \(images):"
          + " \(kernels[1]) channels against \(images[1])")
    }
    let moves = try moves.checked("conv2d")
    guard kernels[2] > 0, kernels[3] > 0,
      let rows = Convolution.outputs(
        images[2], size: kernels[2], stride: moves.stride.rows, pad: moves.pad.rows),
      let columns = Convolution.outputs(
        images[3], size: kernels[3], stride: moves.stride.columns, pad: moves.pad.columns)
    else {
      throw GateError(
        .shape,
        "conv2d cannot move kernels of \(kernels[2]) by \(kernels[3]) over images of \(images[2])"
          + " by \(images[3]) with padding \(moves.pad.rows), \(moves.pad.columns)",
        hint: "a larger pad= makes room")
    }
    self.images = images
    self.kernels = kernels
    self.moves = moves
    outputs = try Shape(checking: [images[0], kernels[0], rows, columns])
  }

  // MARK: Sizes

  /// Entries of one image, of one image's outputs in one channel, and of one kernel.
  private var imageSize: Int { images[1] * images[2] * images[3] }
  private var planeSize: Int { outputs[2] * outputs[3] }
  private var kernelSize: Int { kernels[1] * kernels[2] * kernels[3] }

  private var window: nabla_window {
    nabla_window(
      channels: images[1], height: images[2], width: images[3], kernel_height: kernels[2],
      kernel_width: kernels[3], out_width: outputs[3], stride_rows: moves.stride.rows,
      stride_columns: moves.stride.columns, pad_rows: moves.pad.rows,
      pad_columns: moves.pad.columns)
  }

  /// Whether a window is one entry and all are taken: then an image is its own matrix of columns.
  private var isPointwise: Bool {
    kernels[2] == 1 && kernels[3] == 1 && moves.stride == .init(1, 1) && moves.pad == .init(0, 0)
  }

  /// The output rows that go together: as many as leave their columns in the second-level cache.
  private var blockRows: Int {
    min(max(1, 32_768 / max(kernelSize * outputs[3], 1)), max(outputs[2], 1))
  }

  /// Calls `body` with each image, and each block of its output rows; ends at an interruption.
  private func forEachBlock(
    _ body: (_ image: Int, _ firstRow: Int, _ rows: Int, _ columns: UnsafeMutablePointer<Double>)
      -> Void
  ) {
    guard images[0] > 0, planeSize > 0 else { return }
    let rows = isPointwise ? outputs[2] : blockRows
    let buffer = Buffer(count: isPointwise ? 1 : kernelSize * rows * outputs[3])
    for image in 0..<images[0] {
      for first in stride(from: 0, to: outputs[2], by: rows) {
        if Interruption.isCurrentRequested { return }
        body(image, first, min(rows, outputs[2] - first), buffer.pointer)
      }
    }
  }

  // MARK: The three slopes

  /// The outputs: products of the kernels with each block's columns, on top of the bias.
  func convolve(_ x: Tensor, _ w: Tensor, bias: Tensor?) -> Tensor {
    var window = window
    return x.withEntries { x in
      w.withEntries { w in
        Tensor(shape: outputs) { out in
          guard let x = x.baseAddress, let w = w.baseAddress, let out = out.baseAddress,
            outputs.count > 0
          else { return }
          if let bias {
            for plane in 0..<outputs[0] * outputs[1] {
              (out + plane * planeSize).update(
                repeating: bias[plane % outputs[1]], count: planeSize)
            }
          } else if kernelSize == 0 {
            out.update(repeating: 0, count: outputs.count)
          }
          forEachBlock { image, first, rows, columns in
            let source = x + image * imageSize
            if !isPointwise { nabla_im2col(source, columns, &window, first, rows) }
            let count = rows * outputs[3]
            GEMM.multiply(
              GEMM.Operand(start: w, stride: kernelSize),
              GEMM.Operand(start: isPointwise ? source : UnsafePointer(columns), stride: count),
              into: out + image * outputs[1] * planeSize + first * outputs[3], stride: planeSize,
              rows: kernels[0], inner: kernelSize, columns: count, adds: bias != nil)
          }
        }
      }
    }
  }

  /// The slope by the images: a transposed convolution of `u`, of the outputs' shape.
  func imageSlope(_ u: Tensor, _ w: Tensor) -> Tensor {
    var window = window
    return Tensor(shape: images, from: u, w) { u, w, out in
      out.update(repeating: 0, count: images.count)
      guard outputs.count > 0, kernelSize > 0 else { return }
      forEachBlock { image, first, rows, columns in
        let target = out + image * imageSize
        let count = rows * outputs[3]
        GEMM.multiply(
          GEMM.Operand(start: w, stride: kernelSize, isTurned: true),
          GEMM.Operand(
            start: u + image * outputs[1] * planeSize + first * outputs[3], stride: planeSize),
          into: isPointwise ? target : columns, stride: count, rows: kernelSize,
          inner: kernels[0], columns: count, adds: false)
        if !isPointwise { nabla_col2im(columns, target, &window, first, rows) }
      }
    }
  }

  /// The slope by the kernels: a correlation of `u`, of the outputs' shape, with the images.
  func kernelSlope(_ u: Tensor, _ x: Tensor) -> Tensor {
    var window = window
    return Tensor(shape: kernels, from: u, x) { u, x, out in
      out.update(repeating: 0, count: kernels.count)
      guard outputs.count > 0, kernelSize > 0 else { return }
      forEachBlock { image, first, rows, columns in
        let source = x + image * imageSize
        if !isPointwise { nabla_im2col(source, columns, &window, first, rows) }
        let count = rows * outputs[3]
        GEMM.multiply(
          GEMM.Operand(
            start: u + image * outputs[1] * planeSize + first * outputs[3], stride: planeSize),
          GEMM.Operand(
            start: isPointwise ? source : UnsafePointer(columns), stride: count,
            isTurned: true),
          into: out, stride: kernelSize, rows: kernels[0], inner: count, columns: kernelSize,
          adds: true)
      }
    }
  }
}
