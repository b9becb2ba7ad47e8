import JSON
import JupyterProtocol
import Testing

@Suite("Registration files and the startup handshake")
struct RegistrationTests {
  static let good: JSON.Object = [
    "kernel_id": "k-1", "transport": "tcp", "registration_ip": "127.0.0.1",
    "registration_port": 4567, "key": "secret", "signature_scheme": "hmac-sha256",
  ]

  static func parse(_ changes: [(String, JSON?)]) throws -> Registration? {
    var object = good
    for (key, value) in changes { object[key] = value }
    return try Registration(parsing: JSON.object(object).serialized())
  }

  @Test("say where the launcher listens, and where the kernel is to")
  func addresses() throws {
    let file = try #require(try Self.parse([]))
    #expect(file.kernelID == "k-1")
    #expect(file.address == "tcp://127.0.0.1:4567")
    #expect(file.connection.ip == "127.0.0.1")
    #expect(file.connection.ports.values.allSatisfy { $0 == 0 })
    #expect(file.connection.key == Array("secret".utf8))
    #expect(try Self.parse([("ip", "::1")])?.connection.ip == "::1")
    #expect(try Self.parse([("registration_port", "99")])?.address == "tcp://127.0.0.1:99")
    let ipc = try Self.parse([("transport", "ipc"), ("registration_ip", "/tmp/r")])
    #expect(ipc?.address == "ipc:///tmp/r-4567")
  }

  @Test("are told from connection files by naming no channel's port")
  func kinds() throws {
    #expect(try Self.parse([("shell_port", 1)]) == nil)
    #expect(try Self.parse([("registration_port", nil)]) == nil)
  }

  @Test(
    "say what is wrong with them",
    arguments: [
      ("registration_port", 0, "`registration_port` must be a port from 1 to 65535"),
      ("registration_port", "x", "`registration_port` must be a port from 1 to 65535"),
      ("registration_port", .null, "`registration_port` must be a port from 1 to 65535"),
      ("kernel_id", nil, "`kernel_id` must be a string"),
      ("registration_ip", "", "`registration_ip` must not be empty"),
      ("transport", "udp", "unknown transport `udp`; tcp and ipc are known"),
      ("signature_scheme", "none", "unknown signature scheme `none`; hmac-sha256 is known"),
      ("key", nil, "`key` must be a string"),
    ] as [(String, JSON?, String)])
  func refusals(key: String, value: JSON?, reason: String) {
    #expect(throws: ConnectionFileError(reason)) { try Self.parse([(key, value)]) }
  }

  @Test("The ports are sent as strings in one signed part")
  func announcement() throws {
    let file = try #require(try Self.parse([]))
    let signer = Signer(key: file.connection.key)
    let ports = Dictionary(
      uniqueKeysWithValues: zip(Channel.allCases, 9000...).map { ($0, $1) })
    let parts = file.announcement(of: ports, signer: signer)
    #expect(parts.count == 3)
    #expect(parts[0] == Frames.delimiter)
    let content = try JSON.parse(parts[2])
    #expect(content["kernel_id"] == "k-1")
    for (channel, port) in ports { #expect(content[channel.portField] == .string("\(port)")) }
    // HMAC-SHA256 of that one part, as the four parts of other messages are signed together.
    let frames = Frames(header: [], parent: [], metadata: [], content: parts[2])
    #expect(parts[1] == signer.signature(of: frames))
  }

  @Test("Only an acknowledgement that is signed rightly is one")
  func acknowledgement() throws {
    let file = try #require(try Self.parse([]))
    let signer = Signer(key: file.connection.key)
    let content = Array("ACK".utf8)
    let frames = Frames(header: [], parent: [], metadata: [], content: content)
    let good = [Frames.delimiter, signer.signature(of: frames), content]
    try file.check(acknowledgement: good, signer: signer)
    try file.check(acknowledgement: [[1, 2]] + good, signer: signer)
    var wrong = good
    wrong[2] = Array("NAK".utf8)
    for parts in [wrong, [], [content], Array(good.dropLast()), [good[0], [], content]] {
      #expect(throws: SignatureError.self) {
        try file.check(acknowledgement: parts, signer: signer)
      }
    }
  }
}
