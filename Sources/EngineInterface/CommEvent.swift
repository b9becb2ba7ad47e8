import JSON

/// What one side of a comm tells the other.
public struct CommEvent: Sendable, Equatable {
  public enum Action: Sendable, Equatable {
    case open(target: String)
    case message
    case close
  }

  public var action: Action
  /// Names the comm from its opening to its close.
  public var id: String
  public var data: JSON
  /// The metadata of the message, such as the version of the widgets' protocol.
  public var metadata: JSON.Object
  /// Bytes that the data refer to.
  public var buffers: [[UInt8]]

  public init(
    _ action: Action, id: String, data: JSON, metadata: JSON.Object = [:], buffers: [[UInt8]] = []
  ) {
    self.action = action
    self.id = id
    self.data = data
    self.metadata = metadata
    self.buffers = buffers
  }

  public static func open(
    id: String, target: String, data: JSON, metadata: JSON.Object = [:]
  ) -> CommEvent {
    CommEvent(.open(target: target), id: id, data: data, metadata: metadata)
  }

  public static func message(
    id: String, data: JSON, metadata: JSON.Object = [:], buffers: [[UInt8]] = []
  ) -> CommEvent {
    CommEvent(.message, id: id, data: data, metadata: metadata, buffers: buffers)
  }

  public static func close(id: String, data: JSON = [:]) -> CommEvent {
    CommEvent(.close, id: id, data: data)
  }
}
