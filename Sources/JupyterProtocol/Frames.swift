/// A message as the frames that travel: identities, delimiter, signature, four JSON parts, buffers.
public struct Frames: Sendable, Equatable {
  /// Routing identities; on iopub the topic.
  public var identities: [[UInt8]]
  public var signature: [UInt8]
  public var header: [UInt8]
  public var parent: [UInt8]
  public var metadata: [UInt8]
  public var content: [UInt8]
  public var buffers: [[UInt8]]

  /// What stands between the identities and the signature.
  public static let delimiter = Array("<IDS|MSG>".utf8)

  /// More identities than any chain of proxies would add are refused.
  static let maximumIdentities = 64

  public init(
    identities: [[UInt8]] = [], signature: [UInt8] = [], header: [UInt8], parent: [UInt8],
    metadata: [UInt8], content: [UInt8], buffers: [[UInt8]] = []
  ) {
    self.identities = identities
    self.signature = signature
    self.header = header
    self.parent = parent
    self.metadata = metadata
    self.content = content
    self.buffers = buffers
  }

  /// Takes a received multipart message apart.
  public init(splitting parts: [[UInt8]]) throws(FrameError) {
    let searched = parts.prefix(Self.maximumIdentities + 1)
    guard let place = searched.firstIndex(of: Self.delimiter) else {
      throw parts.count > searched.count
        ? .tooManyIdentities(frames: parts.count) : .noDelimiter(frames: parts.count)
    }
    guard parts.count >= place + 6 else {
      throw .tooFewParts(found: parts.count - place - 1)
    }
    identities = Array(parts[..<place])
    signature = parts[place + 1]
    header = parts[place + 2]
    parent = parts[place + 3]
    metadata = parts[place + 4]
    content = parts[place + 5]
    buffers = Array(parts[(place + 6)...])
  }

  /// The multipart message to send.
  public var joined: [[UInt8]] {
    var parts: [[UInt8]] = []
    parts.reserveCapacity(identities.count + 6 + buffers.count)
    parts += identities
    parts += [Self.delimiter, signature, header, parent, metadata, content]
    parts += buffers
    return parts
  }
}

/// Why a multipart message is no Jupyter message.
public enum FrameError: Error, Equatable, CustomStringConvertible {
  case noDelimiter(frames: Int)
  case tooManyIdentities(frames: Int)
  case tooFewParts(found: Int)

  public var description: String {
    switch self {
    case .noDelimiter(let frames): "no <IDS|MSG> among its \(frames) frames"
    case .tooManyIdentities(let frames): "no <IDS|MSG> in the first of its \(frames) frames"
    case .tooFewParts(let found): "\(found) frames after <IDS|MSG>, at least 5 are needed"
    }
  }
}
