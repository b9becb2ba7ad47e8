import CKernels

extension Gate {
  private static let squares = Convolution(stride: .init(2, 2), size: .init(2, 2))
  private static let overlapping = Convolution(stride: .init(1, 2), size: .init(2, 3))

  /// Windows of images made one entry each.
  ///
  /// Parameters: `.other(Convolution)` with the window as its size.
  static let pools: [Gate] = [
    .picking(
      "max_pool2d", parameters: ["size", "stride=size"],
      summary: "The largest entry of each window of images (N, C, H, W).",
      formula: "f[n,c,i,j] = max of x[n,c,i·s+k,j·s+l]",
      localGradient: "selection: 1 for the largest entry of the window",
      note: "on a tie all goes to the first; nan wins; rows and columns that no whole window covers"
        + " are left out",
      source: "PyTorch",
      samples: [
        Sample([Shape(2, 2, 4, 4)], .other(squares)),
        Sample([Shape(1, 2, 4, 5)], .other(overlapping)),
      ],
      { x, parameters throws(GateError) in
        try PoolPlan(x.shape, Convolution(parameters), "max_pool2d").largest(x)
      }),
    .general(
      "avg_pool2d", parameters: ["size", "stride=size"],
      summary: "The mean of each window of images (N, C, H, W).",
      formula: "f[n,c,i,j] = Σ x[n,c,i·s+k,j·s+l] / (kh * kw)",
      localGradient: "1 / (kh * kw) for each entry of the window", source: "PyTorch",
      samples: [
        Sample([Shape(2, 2, 4, 4)], .other(squares)),
        Sample([Shape(1, 2, 4, 5)], .other(overlapping)),
      ],
      forward: { operands, parameters throws(GateError) in
        try PoolPlan(operands[0].shape, Convolution(parameters), "avg_pool2d").means(operands[0])
      },
      local: { _, application, _ throws(GateError) in
        try PoolPlan(
          application.operands[0].shape, Convolution(application.parameters), "avg_pool2d"
        ).averaging
      }),
    .general(
      "avg_pool2d_image", operands: ["u"], parameters: ["size", "stride=size"],
      summary: "The slope of avg_pool2d by its images: each upstream spread over its window.",
      formula: "f[n,c,y,x] = Σ u[n,c,i,j] / (kh * kw)",
      localGradient: "1 / (kh * kw) for each window over the entry", source: "PyTorch",
      samples: [
        Sample(
          [Shape(2, 2, 2, 2)],
          .other(Convolution(stride: .init(2, 2), size: .init(2, 2), image: .init(4, 4)))),
        Sample(
          [Shape(1, 2, 3, 2)],
          .other(Convolution(stride: .init(1, 2), size: .init(2, 3), image: .init(4, 5)))),
      ],
      forward: { operands, parameters throws(GateError) in
        try PoolPlan(slope: operands[0].shape, parameters).spread(operands[0])
      },
      local: { _, application, _ throws(GateError) in
        let plan = try PoolPlan(slope: application.operands[0].shape, application.parameters)
        return LinearMap(
          rows: plan.images, columns: plan.outputs, .transposed(plan.averaging))
      }),
  ]
}

/// Windows that move over images without padding.
private struct PoolPlan {
  let images: Shape
  let outputs: Shape
  let moves: Convolution
  let size: Convolution.Pair

  /// Throws: ShapeError where the images have not four axes or are smaller than the window.
  init(_ images: Shape, _ moves: Convolution, _ name: String) throws(GateError) {
    guard images.rank == 4 else {
      throw GateError(
        .shape, "\(name) takes images of shape (N, C, H, W), and {0} has shape \(images)",
        hint: images.rank == 3 ? "{0}[None] makes it a batch of one image" : nil)
    }
    self.moves = try moves.checked(name)
    guard let size = moves.size else { throw .parameters }
    guard
      let rows = Convolution.outputs(
        images[2], size: size.rows, stride: moves.stride.rows, pad: 0),
      let columns = Convolution.outputs(
        images[3], size: size.columns, stride: moves.stride.columns, pad: 0)
    else {
      throw GateError(
        .shape,
        "\(name) cannot move windows of \(size.rows) by \(size.columns) over {0} of shape"
          + " \(images)", hint: "a window is at most as large as the image")
    }
    self.images = images
    self.size = size
    outputs = Shape(images[0], images[1], rows, columns)
  }

  /// Of outputs; the images' size is a parameter.
  init(slope u: Shape, _ parameters: Parameters) throws(GateError) {
    let moves = try Convolution(parameters)
    guard u.rank == 4, let image = moves.image else { throw .parameters }
    try self.init(Shape(u[0], u[1], image.rows, image.columns), moves, "avg_pool2d")
    guard outputs == u else { throw .parameters }
  }

  private var planes: Int { images[0] * images[1] }
  private var planeSize: Int { images[2] * images[3] }

  /// The first largest entry of each window.
  func largest(_ x: Tensor) -> Selection {
    var window = nabla_window(
      channels: images[1], height: images[2], width: images[3], kernel_height: size.rows,
      kernel_width: size.columns, out_width: outputs[3], stride_rows: moves.stride.rows,
      stride_columns: moves.stride.columns, pad_rows: 0, pad_columns: 0)
    let each = outputs.count / max(images[0], 1)
    let places = x.withEntries { x in
      [Int](unsafeUninitializedCapacity: outputs.count) { places, count in
        count = outputs.count
        guard let x = x.baseAddress, let places = places.baseAddress, each > 0 else { return }
        for image in 0..<images[0] {
          // What is left stays valid as places; the interrupted pass discards it.
          if Interruption.isCurrentRequested {
            (places + image * each).initialize(repeating: 0, count: (images[0] - image) * each)
            return
          }
          let offset = image * images[1] * planeSize
          nabla_max_pool(x + offset, places + image * each, &window, offset, outputs[2])
        }
      }
    }
    return Selection(source: images, result: outputs, places: .listed(places))
  }

  /// Calls `body` with each output and the first entry of its window.
  private func forEachWindow(_ body: (_ output: Int, _ corner: Int) -> Void) {
    var output = 0
    for plane in 0..<planes {
      if Interruption.isCurrentRequested { return }
      for i in 0..<outputs[2] {
        for j in 0..<outputs[3] {
          let corner =
            plane * planeSize + i * moves.stride.rows * images[3] + j * moves.stride.columns
          body(output, corner)
          output += 1
        }
      }
    }
  }

  func means(_ x: Tensor) -> Tensor {
    let share = 1 / Double(size.rows * size.columns)
    return x.withEntries { x in
      Tensor(shape: outputs) { out in
        forEachWindow { output, corner in
          var sum = 0.0
          for k in 0..<size.rows {
            for l in 0..<size.columns { sum += x[corner + k * images[3] + l] }
          }
          out[output] = sum * share
        }
      }
    }
  }

  func spread(_ u: Tensor) -> Tensor {
    let share = 1 / Double(size.rows * size.columns)
    return u.withEntries { u in
      Tensor(shape: images) { out in
        out.initialize(repeating: 0)
        forEachWindow { output, corner in
          let part = u[output] * share
          for k in 0..<size.rows {
            for l in 0..<size.columns { out[corner + k * images[3] + l] += part }
          }
        }
      }
    }
  }

  /// The means as a map.
  var averaging: LinearMap {
    var spreading = moves
    spreading.image = .init(images[2], images[3])
    let share = 1 / Double(size.rows * size.columns)
    return LinearMap(
      rows: outputs, columns: images,
      .operation(
        MapOperation(
          factors: [],
          apply: { [moves] x, tape throws(GateError) in
            try tape.apply("avg_pool2d", x, parameters: .other(moves))
          },
          applyTransposed: { [spreading] u, tape throws(GateError) in
            try tape.apply("avg_pool2d_image", u, parameters: .other(spreading))
          },
          entries: { [self] in
            let capacity = outputs.count * size.rows * size.columns
            return .listed(rows: outputs, columns: images, capacity: capacity) { row, append in
              let (i, j) = (row / outputs[3] % outputs[2], row % outputs[3])
              let corner =
                row / (outputs[2] * outputs[3]) * planeSize + i * moves.stride.rows * images[3]
                + j * moves.stride.columns
              for k in 0..<size.rows {
                for l in 0..<size.columns { append(corner + k * images[3] + l, share) }
              }
            }
          })))
  }
}
