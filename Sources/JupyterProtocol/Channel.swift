/// One of the five channels between a kernel and its clients.
public enum Channel: String, Sendable, Hashable, CaseIterable {
  case shell
  case control
  case stdin
  case iopub
  case heartbeat

  /// The member of a connection file that names the channel's port.
  public var portField: String { self == .heartbeat ? "hb_port" : "\(rawValue)_port" }
}
