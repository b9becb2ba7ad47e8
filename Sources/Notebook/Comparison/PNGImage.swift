import CZlib

/// The pixels of a PNG file, whatever its colour type, depth and interlacing.
struct PNGImage {
  let width: Int
  let height: Int
  /// Red, green, blue and opacity of each pixel, row by row, from 0 to 255.
  private(set) var pixels: [UInt8]

  private let depth: Int
  private let channels: Int
  private let isIndexed: Bool
  private var palette: [UInt8] = []
  private var transparency: [UInt8] = []

  /// The most pixels that are read: what a page can show, many times over.
  private static let limit = 1 << 26

  /// Nil for bytes that are no whole PNG.
  init?(_ bytes: [UInt8]) {
    guard bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) else { return nil }
    var header: [UInt8] = []
    var data: [UInt8] = []
    var at = 8
    chunks: while at + 12 <= bytes.count {
      let length = Self.number(bytes[at..<at + 4])
      guard length <= bytes.count - at - 12 else { return nil }
      let body = bytes[(at + 8)..<(at + 8 + length)]
      switch String(decoding: bytes[(at + 4)..<(at + 8)], as: UTF8.self) {
      case "IHDR": header = Array(body)
      case "PLTE": palette = Array(body)
      case "tRNS": transparency = Array(body)
      case "IDAT": data += body
      case "IEND": break chunks
      default: break
      }
      at += 12 + length
    }
    guard header.count == 13, let channels = [0: 1, 2: 3, 3: 1, 4: 2, 6: 4][header[9]],
      [1, 2, 4, 8, 16].contains(header[8]), header[12] <= 1
    else { return nil }
    width = Self.number(header[0..<4])
    height = Self.number(header[4..<8])
    depth = Int(header[8])
    self.channels = channels
    isIndexed = header[9] == 3
    guard width > 0, height > 0, width <= Self.limit / height else { return nil }
    pixels = Array(repeating: 0, count: width * height * 4)
    guard read(data, isInterlaced: header[12] == 1) else { return nil }
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> Int {
    bytes.reduce(0) { $0 << 8 | Int($1) }
  }

  /// The part of the pixels that a pass of Adam7 has: its first pixel, and the steps to the next.
  private struct Pass {
    var x = 0
    var y = 0
    var stepX = 1
    var stepY = 1

    static let interlaced = [
      Pass(x: 0, y: 0, stepX: 8, stepY: 8), Pass(x: 4, y: 0, stepX: 8, stepY: 8),
      Pass(x: 0, y: 4, stepX: 4, stepY: 8), Pass(x: 2, y: 0, stepX: 4, stepY: 4),
      Pass(x: 0, y: 2, stepX: 2, stepY: 4), Pass(x: 1, y: 0, stepX: 2, stepY: 2),
      Pass(x: 0, y: 1, stepX: 1, stepY: 2),
    ]

    func columns(_ width: Int) -> Int { max(0, (width - x + stepX - 1) / stepX) }
    func rows(_ height: Int) -> Int { max(0, (height - y + stepY - 1) / stepY) }
  }

  private func rowBytes(_ columns: Int) -> Int { (columns * channels * depth + 7) / 8 }

  private mutating func read(_ data: [UInt8], isInterlaced: Bool) -> Bool {
    let passes = (isInterlaced ? Pass.interlaced : [Pass()]).filter {
      $0.columns(width) > 0 && $0.rows(height) > 0
    }
    let size = passes.reduce(0) { $0 + $1.rows(height) * (rowBytes($1.columns(width)) + 1) }
    var length = uLong(size)
    var code: Int32 = 0
    var lines = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      code = data.withUnsafeBufferPointer {
        uncompress(buffer.baseAddress, &length, $0.baseAddress, uLong($0.count))
      }
      count = code == Z_OK ? Int(length) : 0
    }
    guard code == Z_OK, lines.count == size else { return false }
    var at = 0
    for pass in passes {
      let count = rowBytes(pass.columns(width))
      var above = -1
      for row in 0..<pass.rows(height) {
        guard Self.unfilter(&lines, at: at, count: count, above: above, step: pixelStep) else {
          return false
        }
        for column in 0..<pass.columns(width) {
          let place = (pass.y + row * pass.stepY) * width + pass.x + column * pass.stepX
          guard setPixel(place, lines, line: at + 1, column: column) else { return false }
        }
        above = at + 1
        at += count + 1
      }
    }
    return true
  }

  /// The bytes from a pixel to the next, at least one.
  private var pixelStep: Int { max(1, channels * depth / 8) }

  /// Undoes the filter of a line, whose kind stands before it; `above` is the line above, or -1.
  private static func unfilter(
    _ lines: inout [UInt8], at start: Int, count: Int, above: Int, step: Int
  ) -> Bool {
    let first = start + 1
    for index in 0..<count {
      let left = index >= step ? Int(lines[first + index - step]) : 0
      let up = above >= 0 ? Int(lines[above + index]) : 0
      let corner = above >= 0 && index >= step ? Int(lines[above + index - step]) : 0
      let guess: Int
      switch lines[start] {
      case 0: guess = 0
      case 1: guess = left
      case 2: guess = up
      case 3: guess = (left + up) / 2
      case 4:
        let sum = left + up - corner
        let (toLeft, toUp, toCorner) = (abs(sum - left), abs(sum - up), abs(sum - corner))
        guess = toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner
      default: return false
      }
      lines[first + index] &+= UInt8(truncatingIfNeeded: guess)
    }
    return true
  }

  /// Writes a pixel from the samples of a line.
  private mutating func setPixel(
    _ place: Int, _ lines: [UInt8], line: Int, column: Int
  ) -> Bool {
    func sample(_ channel: Int) -> Int {
      let bit = (column * channels + channel) * depth
      let byte = Int(lines[line + bit / 8])
      if depth >= 8 { return byte }
      return byte >> (8 - depth - bit % 8) & (1 << depth - 1)
    }
    let at = place * 4
    if isIndexed {
      let index = sample(0)
      guard index * 3 + 3 <= palette.count else { return false }
      for channel in 0..<3 { pixels[at + channel] = palette[index * 3 + channel] }
      pixels[at + 3] = index < transparency.count ? transparency[index] : 255
      return true
    }
    // Of 16 bits the upper ones are kept; fewer than 8 are stretched.
    let scale = depth < 8 ? 255 / (1 << depth - 1) : 1
    let values = (0..<channels).map { UInt8(truncatingIfNeeded: sample($0) * scale) }
    let colors = channels >= 3 ? Array(values[0..<3]) : [values[0], values[0], values[0]]
    for channel in 0..<3 { pixels[at + channel] = colors[channel] }
    pixels[at + 3] = channels % 2 == 0 ? values[channels - 1] : 255
    return true
  }
}
