import EngineInterface
import JSON

/// A comm that is opened, by either side.
public struct CommOpen: Request, Publication {
  public static let type = "comm_open"
  public static let channels: [Channel] = [.shell]

  public var id: String
  public var target: String
  public var data: JSON

  public init(id: String, target: String, data: JSON) {
    self.id = id
    self.target = target
    self.data = data
  }

  public init(_ fields: Fields) throws(MalformedContent) {
    id = try fields.string("comm_id")
    target = try fields.string("target_name")
    data = fields.object["data"] ?? [:]
  }

  public var content: JSON.Object {
    ["comm_id": .string(id), "target_name": .string(target), "data": data]
  }
}

/// A message on an open comm, from either side.
public struct CommMessage: Request, Publication {
  public static let type = "comm_msg"
  public static let channels: [Channel] = [.shell]

  public var id: String
  public var data: JSON

  public init(id: String, data: JSON) {
    self.id = id
    self.data = data
  }

  public init(_ fields: Fields) throws(MalformedContent) {
    id = try fields.string("comm_id")
    data = fields.object["data"] ?? [:]
  }

  public var content: JSON.Object { ["comm_id": .string(id), "data": data] }
}

/// A comm that is closed, by either side.
public struct CommClose: Request, Publication {
  public static let type = "comm_close"
  public static let channels: [Channel] = [.shell]

  public var id: String
  public var data: JSON

  public init(id: String, data: JSON) {
    self.id = id
    self.data = data
  }

  public init(_ fields: Fields) throws(MalformedContent) {
    id = try fields.string("comm_id")
    data = fields.object["data"] ?? [:]
  }

  public var content: JSON.Object { ["comm_id": .string(id), "data": data] }
}
