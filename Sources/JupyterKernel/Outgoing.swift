import EngineInterface
import JSON
import JupyterProtocol

/// A message that waits to be sent.
struct Outgoing: Sendable {
  /// The content: ready to send, or text on a stream that may still grow.
  enum Body: Sendable {
    case content([UInt8])
    case stream(StandardStream, String)
  }

  var channel: Channel
  /// Routing identities, or the topic.
  var identities: [[UInt8]]
  var type: String
  var parent: [UInt8]
  var metadata: [UInt8] = Exchange.noParent
  var body: Body
  var buffers: [[UInt8]] = []
  var date = Timestamp.now()
  /// The gate that wants to know the id under which this message is sent.
  var announces: InputGate?

  /// A message on iopub.
  init(_ publication: some Publication, parent: [UInt8]) {
    channel = .iopub
    identities = [Array(publication.topic.utf8)]
    type = Swift.type(of: publication).type
    self.parent = parent
    body = .content(JSON.object(publication.content).serialized())
  }

  /// A busy or an idle.
  init(_ state: Status.State, parent: [UInt8]) {
    channel = .iopub
    identities = Self.statusTopic
    type = Status.type
    self.parent = parent
    body = .content(state == .busy ? Self.busy : Self.idle)
  }

  /// Text on a stream.
  init(_ text: String, on stream: StandardStream, parent: [UInt8]) {
    channel = .iopub
    identities = stream == .stdout ? Self.stdoutTopic : Self.stderrTopic
    type = StreamMessage.type
    self.parent = parent
    body = .stream(stream, text)
  }

  /// A reply of any type, on the channel of its request.
  init(
    reply content: JSON.Object, type: String, metadata: JSON.Object = [:], to exchange: Exchange
  ) {
    channel = exchange.channel
    identities = exchange.identities
    self.type = type
    parent = exchange.parent
    if !metadata.isEmpty { self.metadata = JSON.object(metadata).serialized() }
    body = .content(JSON.object(content).serialized())
  }

  /// The content in JSON.
  var content: [UInt8] {
    switch body {
    case .content(let bytes): bytes
    case .stream(let stream, let text):
      JSON.object(StreamMessage(stream: stream, text: text).content).serialized()
    }
  }

  /// What a message takes beside its content, as bytes: its frames, and the time to sign and send
  /// them, in which as many bytes of content could be sent.
  static let overhead = 16 << 10

  /// About how many bytes it takes.
  var size: Int {
    let content =
      switch body {
      case .content(let bytes): bytes.count
      case .stream(_, let text): text.utf8.count
      }
    return buffers.reduce(content + Self.overhead) { $0 + $1.count }
  }

  private static let busy = JSON.object(Status(.busy).content).serialized()
  private static let idle = JSON.object(Status(.idle).content).serialized()
  private static let statusTopic = [Array(Status.type.utf8)]
  private static let stdoutTopic = [Array("stream.stdout".utf8)]
  private static let stderrTopic = [Array("stream.stderr".utf8)]
}
