import Files

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// What the system says of memory, in bytes.
public enum SystemMemory {
  /// What this process holds of the machine's memory.
  public static var resident: Int {
    // The second number counts pages.
    guard let pages = numbers(in: "/proc/self/statm").dropFirst().first else { return 0 }
    return pages * pageSize
  }

  /// What can still be taken before the machine or the control group runs out.
  public static var available: Int {
    var available = Int.max
    for line in SystemFile.text(of: "/proc/meminfo").split(separator: "\n") {
      guard line.hasPrefix("MemAvailable:") else { continue }
      let kibibytes = line.split(separator: " ").dropFirst().first.flatMap { Int($0) }
      if let kibibytes { available = kibibytes << 10 }
    }
    for group in groups {
      guard let limit = numbers(in: group.limit).first, limit < Int.max >> 1,
        let usage = numbers(in: group.usage).first
      else { continue }
      // Pages of files count as used, though the system takes them back when it needs them.
      available = min(available, max(limit - usage, 0) + cachedFiles(group.folder))
    }
    return available
  }

  /// What the machine and the control groups of this process allow.
  public static let total: Int = {
    let pages = sysconf(Int32(_SC_PHYS_PAGES))
    let machine = pages > 0 ? pages * pageSize : 8 << 30
    return groups.compactMap { numbers(in: $0.limit).first }.filter { $0 > 0 }
      .reduce(machine, min)
  }()

  private static let pageSize = max(sysconf(Int32(_SC_PAGESIZE)), 1)

  /// A control group that bounds this process.
  struct Group: Equatable {
    var folder: String
    var limit: String
    var usage: String
  }

  private static let groups = groups(
    of: SystemFile.text(of: "/proc/self/cgroup"), under: "/sys/fs/cgroup"
  ) { access($0, R_OK) == 0 }

  /// The groups of a process, by the text of its `cgroup` file: each bounds those below it.
  ///
  /// In a container the path may be one of the host's that is not seen here; its root then speaks
  /// for it.
  static func groups(
    of description: String, under root: String, isThere: (String) -> Bool
  ) -> [Group] {
    var found: [Group] = []
    for line in description.split(separator: "\n") {
      // Hierarchy, controllers, path; the unified hierarchy is 0 and names no controllers.
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { continue }
      let isUnified = parts[0] == "0" && parts[1].isEmpty
      guard isUnified || parts[1].split(separator: ",").contains("memory") else { continue }
      let base = isUnified ? root : root + "/memory"
      let (limit, usage) =
        isUnified
        ? ("memory.max", "memory.current") : ("memory.limit_in_bytes", "memory.usage_in_bytes")
      var names = parts[2].split(separator: "/")
      while true {
        let folder = ([base] + names.map(String.init)).joined(separator: "/")
        let group = Group(
          folder: folder, limit: folder + "/" + limit, usage: folder + "/" + usage)
        if isThere(group.limit), !found.contains(group) { found.append(group) }
        guard names.popLast() != nil else { break }
      }
    }
    return found
  }

  /// The pages of files that a group holds.
  private static func cachedFiles(_ folder: String) -> Int {
    var sum = 0
    for line in SystemFile.text(of: folder + "/memory.stat").split(separator: "\n") {
      let fields = line.split(separator: " ")
      guard fields.count == 2, fields[0] == "inactive_file" || fields[0] == "active_file" else {
        continue
      }
      sum += Int(fields[1]) ?? 0
    }
    return sum
  }

  /// The numbers of a small file; none where it is missing, or says `max`.
  private static func numbers(in path: String) -> [Int] {
    SystemFile.text(of: path).split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
  }
}
