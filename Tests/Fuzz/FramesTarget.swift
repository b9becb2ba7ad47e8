import JSON
import JupyterProtocol

/// What happens to a message before its type is known: it is split, its signature is verified, it
/// is looked up among those that came before, and its header is read.
///
/// An input is a byte of choices and parts, each behind its length in two bytes.
final class FramesTarget: Target {
  static let longest = 4096
  private let signer = Signer(key: Array("a key".utf8))

  func test(_ input: [UInt8]) {
    guard let choices = input.first else { return }
    let parts = Self.parts(of: input.dropFirst())
    if choices & 1 == 0 { checkReplays(parts, capacity: Int(choices >> 4) + 1) }
    guard let frames = split(parts) else { return }
    verify(frames)
    readHeader(frames.header)
  }

  private static func parts(of bytes: ArraySlice<UInt8>) -> [[UInt8]] {
    var rest = bytes
    var parts: [[UInt8]] = []
    while let low = rest.popFirst() {
      let length = Int(low) | Int(rest.popFirst() ?? 0) << 8
      parts.append(Array(rest.prefix(length)))
      rest = rest.dropFirst(length)
    }
    return parts
  }

  /// What was split is put together again as it was.
  private func split(_ parts: [[UInt8]]) -> Frames? {
    guard let frames = try? Frames(splitting: parts) else { return nil }
    if frames.joined != parts { fail("frames that are not put together as they were") }
    return frames
  }

  /// The right signature is taken, and no other.
  private func verify(_ frames: Frames) {
    let right = signer.signature(of: frames)
    if frames.signature != right, (try? signer.verify(frames)) != nil {
      fail("a wrong signature was taken")
    }
    var signed = frames
    signed.signature = right
    guard let digest = try? signer.verify(signed), digest.hexadecimal == right else {
      fail("a right signature was refused")
    }
    do {
      if try Signer(key: []).verify(frames) != nil { fail("a digest without a key") }
    } catch { fail("without a key, a signature was refused") }
    var window = ReplayWindow(capacity: 4)
    if !window.insert(digest) { fail("a first message was called a replay") }
    if window.insert(digest) { fail("a replay was not seen") }
  }

  /// The window remembers the last messages, as a plain list does.
  private func checkReplays(_ parts: [[UInt8]], capacity: Int) {
    var window = ReplayWindow(capacity: capacity)
    var last: [[UInt8]] = []
    for part in parts {
      var frames = Frames(header: part, parent: [], metadata: [], content: [])
      frames.signature = signer.signature(of: frames)
      guard let digest = try? signer.verify(frames) else { fail("a right signature was refused") }
      let isNew = !last.contains(part)
      if window.insert(digest) != isNew { fail("a window of \(capacity) is wrong about a replay") }
      guard isNew else { continue }
      last.append(part)
      if last.count > capacity { last.removeFirst() }
    }
  }

  /// A header that can be read is a JSON object, and written it is read as the same.
  private func readHeader(_ bytes: [UInt8]) {
    guard let header = try? Header(parsing: bytes) else { return }
    guard let value = try? JSON.parse(bytes, maximumDepth: 64) else {
      fail("a header that is no JSON was taken")
    }
    guard value["msg_type"]?.string == header.type else { fail("a header of another type") }
    guard let again = try? JSON.parse(value.serialized(), maximumDepth: 64), again == value else {
      fail("a header that changes as it is written")
    }
  }
}

extension FramesTarget {
  static var seeds: [[UInt8]] {
    let signer = Signer(key: Array("a key".utf8))
    return MessagesTarget.examples.enumerated().flatMap { number, example in
      var frames = Frames(
        identities: Array(repeating: [0, 1, UInt8(number)], count: number % 3),
        header: Array(example.header.utf8), parent: Array("{}".utf8), metadata: Array("{}".utf8),
        content: Array(example.content.utf8), buffers: Array(repeating: [7], count: number % 2))
      let unsigned = encode(frames.joined)
      frames.signature = signer.signature(of: frames)
      return [unsigned, encode(frames.joined), encode(Array(frames.joined.dropLast(2)))]
    } + [[0, 1, 0, 65, 1, 0, 65, 1, 0, 66], [16], []]
  }

  static let words = [
    "<IDS|MSG>", "msg_id", "msg_type", "session", "username", "version", "subshell_id", "date",
    "{}", "[]", "null", "true", "1e999", "-0", "2024-01-01T00:00:00.000000Z", "+00:00",
  ]

  /// The bytes of an input with these parts.
  private static func encode(_ parts: [[UInt8]]) -> [UInt8] {
    parts.reduce([1]) { $0 + [UInt8($1.count & 255), UInt8($1.count >> 8)] + $1 }
  }
}
