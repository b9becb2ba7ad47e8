extension Gate {
  private static let strided = Convolution(stride: .init(2, 1), pad: .init(1, 2))

  /// Cross-correlation of images with kernels, and its slopes, which are each other's slopes.
  ///
  /// Parameters: `.other(Convolution)`.
  static let convolutions: [Gate] = [
    .general(
      "conv2d", operands: ["x", "w", "b"], parameters: ["stride=1", "pad=0"], symbol: "conv",
      summary:
        "Images (N, C, H, W) cross-correlated with kernels (F, C, KH, KW), plus a bias (F,).",
      formula: "f[n,o,i,j] = b[o] + Σ x[n,c,i·s-p+k,j·s-p+l] * w[o,c,k,l]",
      localGradient: "dx: U convolved with w, dw: x correlated with U, db: Σ U",
      note:
        "x counts as 0 in the padding; rows and columns that no whole window covers are left out",
      source: "PyTorch", domain: [-2...2, -2...2, -2...2],
      samples: [
        Sample([Shape(2, 2, 4, 3), Shape(3, 2, 2, 2)], .other(Convolution())),
        Sample([Shape(2, 2, 5, 4), Shape(2, 2, 3, 2), Shape(2)], .other(strided)),
        Sample([Shape(1, 3, 2, 2), Shape(2, 3, 1, 1), Shape(2)], .other(Convolution())),
        Sample(
          [Shape(1, 1, 4, 5), Shape(1, 1, 2, 2)],
          .other(Convolution(stride: .init(3, 2), pad: .init(0, 1)))),
      ],
      usesOperands: true,
      forward: { operands, parameters throws(GateError) in
        let plan = try ConvolutionPlan(operands, parameters)
        let bias = operands.count > 2 ? operands[2] : nil
        if let bias, bias.shape != Shape(plan.kernels[0]) {
          throw GateError(
            .shape,
            "conv2d needs a bias of shape (\(plan.kernels[0]),) for kernels of shape"
              + " \(plan.kernels), and {2} has shape \(bias.shape)")
        }
        return plan.convolve(operands[0], operands[1], bias: bias)
      },
      local: { _, application, place throws(GateError) in
        let plan = try ConvolutionPlan(application.operands.map(\.tensor), application.parameters)
        switch place {
        case 0: return plan.ofImages(application.operands[1])
        case 1: return plan.ofKernels(application.operands[0])
        default:
          let bias = application.operands[2].shape
          let planes = Shape(bias[0], 1, 1)
          return LinearMap.broadcast(from: planes, to: plan.outputs)
            .after(.identity(bias, as: planes))
        }
      }),
    .general(
      "conv2d_image", operands: ["u", "w"], parameters: ["stride=1", "pad=0"], symbol: "convᵀ",
      summary: "The slope of conv2d by its images: a transposed convolution.",
      formula: "f[n,c,y,x] = Σ u[n,o,i,j] * w[o,c,y-i·s+p,x-j·s+p]",
      localGradient: "du: U correlated with w, dw: U correlated with u", source: "PyTorch",
      domain: [-2...2, -2...2],
      samples: [
        Sample([Shape(2, 3, 3, 2), Shape(3, 2, 2, 2)], .other(Convolution(size: .init(4, 3)))),
        Sample(
          [Shape(1, 2, 3, 7), Shape(2, 1, 3, 2)],
          .other(Convolution(stride: .init(2, 1), pad: .init(1, 2), size: .init(5, 4)))),
      ],
      usesOperands: true,
      forward: { operands, parameters throws(GateError) in
        try ConvolutionPlan(slopeByImage: operands, parameters)
          .imageSlope(operands[0], operands[1])
      },
      local: { _, application, place throws(GateError) in
        let plan = try ConvolutionPlan(
          slopeByImage: application.operands.map(\.tensor), application.parameters)
        // By the kernels it is the transpose of the map from images to kernels.
        return place == 0
          ? LinearMap(
            rows: plan.images, columns: plan.outputs,
            .transposed(plan.ofImages(application.operands[1])))
          : LinearMap(
            rows: plan.images, columns: plan.kernels,
            .transposed(plan.ofImagesToKernels(application.operands[0])))
      }),
    .general(
      "conv2d_kernel", operands: ["u", "x"], parameters: ["stride=1", "pad=0"], symbol: "corr",
      summary: "The slope of conv2d by its kernels: a correlation of upstream and images.",
      formula: "f[o,c,k,l] = Σ u[n,o,i,j] * x[n,c,i·s-p+k,j·s-p+l]",
      localGradient: "du: x correlated with U, dx: u convolved with U", source: "PyTorch",
      domain: [-2...2, -2...2],
      samples: [
        Sample([Shape(2, 3, 3, 2), Shape(2, 2, 4, 3)], .other(Convolution(size: .init(2, 2)))),
        Sample(
          [Shape(1, 2, 3, 7), Shape(1, 1, 5, 4)],
          .other(Convolution(stride: .init(2, 1), pad: .init(1, 2), size: .init(3, 2)))),
      ],
      usesOperands: true,
      forward: { operands, parameters throws(GateError) in
        try ConvolutionPlan(slopeByKernel: operands, parameters)
          .kernelSlope(operands[0], operands[1])
      },
      local: { _, application, place throws(GateError) in
        let plan = try ConvolutionPlan(
          slopeByKernel: application.operands.map(\.tensor), application.parameters)
        return place == 0
          ? LinearMap(
            rows: plan.kernels, columns: plan.outputs,
            .transposed(plan.ofKernels(application.operands[1])))
          : plan.ofImagesToKernels(application.operands[0])
      }),
  ]
}

extension ConvolutionPlan {
  fileprivate init(_ operands: [Tensor], _ parameters: Parameters) throws(GateError) {
    try self.init(
      images: operands[0].shape, kernels: operands[1].shape, Convolution(parameters))
  }

  /// Of outputs and kernels; the images' size is a parameter.
  fileprivate init(
    slopeByImage operands: [Tensor], _ parameters: Parameters
  ) throws(GateError) {
    let moves = try Convolution(parameters)
    let (u, w) = (operands[0].shape, operands[1].shape)
    guard u.rank == 4, w.rank == 4, let size = moves.size else { throw .parameters }
    try self.init(
      images: Shape(u[0], w[1], size.rows, size.columns), kernels: w, moves.withoutSize)
    guard outputs == u else { throw .parameters }
  }

  /// Of outputs and images; the kernels' size is a parameter.
  fileprivate init(
    slopeByKernel operands: [Tensor], _ parameters: Parameters
  ) throws(GateError) {
    let moves = try Convolution(parameters)
    let (u, x) = (operands[0].shape, operands[1].shape)
    guard u.rank == 4, x.rank == 4, let size = moves.size else { throw .parameters }
    try self.init(
      images: x, kernels: Shape(u[1], x[1], size.rows, size.columns), moves.withoutSize)
    guard outputs == u else { throw .parameters }
  }
}

extension Convolution {
  fileprivate var withoutSize: Convolution { Convolution(stride: stride, pad: pad) }
}
