import JupyterProtocol
import Testing

@Suite("Signatures")
struct SignatureTests {
  /// HMAC-SHA256 vectors 1, 2, 3, 4, 6 and 7 of RFC 4231.
  static let vectors: [(key: [UInt8], data: [UInt8], digest: String)] = [
    (
      Array(repeating: 0x0b, count: 20), Array("Hi There".utf8),
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
    ),
    (
      Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    ),
    (
      Array(repeating: 0xaa, count: 20), Array(repeating: 0xdd, count: 50),
      "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
    ),
    (
      Array(1...25), Array(repeating: 0xcd, count: 50),
      "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
    ),
    (
      Array(repeating: 0xaa, count: 131),
      Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
    ),
    (
      Array(repeating: 0xaa, count: 131),
      Array(
        """
        This is a test using a larger than block-size key and a larger than block-size data. \
        The key needs to be hashed before being used by the HMAC algorithm.
        """.utf8),
      "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
    ),
  ]

  @Test("agree with RFC 4231, wherever the data is cut into parts", arguments: 0..<6)
  func vectors(index: Int) throws {
    let (key, data, digest) = Self.vectors[index]
    let signer = Signer(key: key)
    for cut in [0, 1, data.count / 2, data.count] {
      var frames = Frames(
        header: Array(data[..<cut]), parent: [], metadata: Array(data[cut...]), content: [])
      #expect(String(decoding: signer.signature(of: frames), as: UTF8.self) == digest)
      frames.signature = Array(digest.utf8)
      #expect(try signer.verify(frames)?.hexadecimal == Array(digest.utf8))
    }
  }

  @Test("are refused when they are not exactly right")
  func refusals() {
    let signer = Signer(key: Array("key".utf8))
    var frames = Frames(
      header: Array("{}".utf8), parent: Array("{}".utf8), metadata: Array("{}".utf8),
      content: Array("{}".utf8))
    let good = signer.signature(of: frames)
    func failure(_ signature: [UInt8]) -> SignatureError? {
      frames.signature = signature
      do throws(SignatureError) {
        _ = try signer.verify(frames)
        return nil
      } catch {
        return error
      }
    }
    #expect(failure(good) == nil)
    #expect(failure([]) == .missing)
    #expect(failure(Array(good.dropLast())) == .wrongLength(63))
    #expect(failure(good + Array("0".utf8)) == .wrongLength(65))
    #expect(failure(good + good) == .wrongLength(128))
    #expect(failure(Array(String(decoding: good, as: UTF8.self).uppercased().utf8)) == .wrong)
    for index in good.indices {
      var changed = good
      changed[index] ^= 1
      #expect(failure(changed) == .wrong)
    }
    frames.content = Array("{ }".utf8)
    #expect(failure(good) == .wrong)
  }

  @Test("are off with an empty key")
  func off() throws {
    let signer = Signer(key: [])
    let frames = Frames(
      signature: Array("anything".utf8), header: [], parent: [], metadata: [], content: [])
    #expect(signer.signature(of: frames).isEmpty)
    #expect(!signer.isActive)
    #expect(try signer.verify(frames) == nil)
  }

  @Test("are remembered in a bounded window, once each")
  func replays() throws {
    let signer = Signer(key: [1])
    func digest(_ number: Int) throws -> Digest {
      var frames = Frames(header: Array("\(number)".utf8), parent: [], metadata: [], content: [])
      frames.signature = signer.signature(of: frames)
      return try #require(try signer.verify(frames))
    }
    var window = ReplayWindow(capacity: 10)
    for number in 0..<10 { #expect(window.insert(try digest(number))) }
    for number in 0..<10 { #expect(!window.insert(try digest(number))) }
    #expect(window.insert(try digest(10)))
    #expect(!window.insert(try digest(1)))
    #expect(window.insert(try digest(0)))
    #expect(!window.insert(try digest(0)))
  }
}
