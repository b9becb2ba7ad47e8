import JSON

/// Asks what the kernel takes of the machine; JupyterLab's resource view sends it.
public struct UsageRequest: EmptyRequest {
  public static let type = "usage_request"
  public static let channels: [Channel] = [.control, .shell]
  public init() {}
}

/// What the kernel takes of the machine, and what the machine has.
public struct UsageReply: Reply {
  public static let type = "usage_reply"

  public var hostname: String
  public var processID: Int
  /// Percent of one processor since the last request.
  public var processorUse: Double
  /// Resident bytes.
  public var memory: Int
  public var processorCount: Int
  /// Percent of all processors since the last request.
  public var hostProcessorUse: Double
  public var hostMemory: HostMemory

  /// Bytes of the whole machine.
  public struct HostMemory: Sendable {
    public var total: Int
    public var available: Int
    public var free: Int

    public init(total: Int, available: Int, free: Int) {
      self.total = total
      self.available = available
      self.free = free
    }
  }

  public init(
    hostname: String, processID: Int, processorUse: Double, memory: Int, processorCount: Int,
    hostProcessorUse: Double, hostMemory: HostMemory
  ) {
    self.hostname = hostname
    self.processID = processID
    self.processorUse = processorUse
    self.memory = memory
    self.processorCount = processorCount
    self.hostProcessorUse = hostProcessorUse
    self.hostMemory = hostMemory
  }

  public var content: JSON.Object {
    let used = hostMemory.total - hostMemory.available
    let percent = hostMemory.total > 0 ? Double(used) / Double(hostMemory.total) * 100 : 0
    return .ok([
      "hostname": .string(hostname), "pid": .number(processID),
      "kernel_cpu": .number(processorUse), "kernel_memory": .number(memory),
      "cpu_count": .number(processorCount), "host_cpu_percent": .number(hostProcessorUse),
      "host_virtual_memory": [
        "total": .number(hostMemory.total), "available": .number(hostMemory.available),
        "percent": .number(percent), "used": .number(used), "free": .number(hostMemory.free),
        "active": .number(used),
      ],
    ])
  }
}
