import Synchronization

/// The most memory that the process may take, all in all.
///
/// The system ends a process that takes more than the machine or its control group has, and all
/// that a session holds is lost. So what would pass the limit is refused before it is taken, and
/// the cell that asked for it gets a MemoryError.
public enum MemoryLimit {
  private static let chosen = Atomic<Int>(0)

  /// The limit in bytes: what was chosen, or else four fifths of what the machine and the control
  /// group allow.
  public static var bytes: Int {
    get {
      let bytes = chosen.load(ordering: .relaxed)
      return bytes > 0 ? bytes : standard
    }
    set { chosen.store(newValue, ordering: .relaxed) }
  }

  private static let standard = SystemMemory.total / 5 * 4

  /// From this size on what is free on the machine is looked at too.
  private static let largeBytes = 64 << 20
  /// What is left free for others, and for what the machine itself needs.
  private static let reserve = 64 << 20

  /// Whether so many bytes more would pass the limit, or what the machine has left.
  public static func isPassed(by wanted: Int) -> Bool {
    if wanted > bytes - SystemMemory.resident { return true }
    return wanted >= largeBytes && wanted > SystemMemory.available - reserve
  }

  /// The error of a cell that takes too much, or would by so many bytes more.
  public static func error(wanted: Int? = nil) -> GateError {
    let resident = SystemMemory.resident
    let message: String
    if let wanted, wanted <= bytes - resident {
      message =
        "\(text(wanted)) more are needed, and the machine has \(text(SystemMemory.available)) left"
    } else if let wanted {
      message =
        "\(text(wanted)) more are needed, and this session takes \(text(resident)) of the"
        + " \(text(bytes)) that it may"
    } else {
      message = "this session takes \(text(resident)), more than the limit of \(text(bytes))"
    }
    return GateError(
      .memory, message,
      hint: "del what is no longer needed; --max-memory or NABLA_MAX_MEMORY sets the limit")
  }

  /// A size in the unit that reads best.
  public static func text(_ bytes: Int) -> String {
    if bytes == 1 { return "1 byte" }
    if bytes == Int.max { return "more bytes than can be counted" }
    var value = Double(max(bytes, 0))
    var unit = 0
    while value >= 1024, unit < units.count - 1 {
      value /= 1024
      unit += 1
    }
    let tenths = Int((value * 10).rounded())
    return tenths % 10 == 0
      ? "\(tenths / 10) \(units[unit])" : "\(tenths / 10).\(tenths % 10) \(units[unit])"
  }

  private static let units = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
}
