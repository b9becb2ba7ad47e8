import JSON
import JupyterProtocol
import Testing

@Suite("Connection files")
struct ConnectionFileTests {
  static let good: JSON.Object = [
    "shell_port": 1, "iopub_port": 2, "stdin_port": 3, "control_port": 4, "hb_port": 5,
    "ip": "127.0.0.1", "transport": "tcp", "key": "secret", "signature_scheme": "hmac-sha256",
    "kernel_name": "nabla",
  ]

  static func parse(_ changes: [(String, JSON?)]) throws -> ConnectionFile {
    var object = good
    for (key, value) in changes { object[key] = value }
    return try ConnectionFile(parsing: JSON.object(object).serialized())
  }

  @Test("give addresses for tcp, IPv6 and ipc")
  func addresses() throws {
    let tcp = try Self.parse([])
    #expect(tcp.address(of: .shell) == "tcp://127.0.0.1:1")
    #expect(tcp.address(of: .heartbeat) == "tcp://127.0.0.1:5")
    #expect(tcp.key == Array("secret".utf8))
    #expect(tcp.curve == nil)
    #expect(try Self.parse([("ip", "::1")]).address(of: .iopub) == "tcp://[::1]:2")
    #expect(try Self.parse([("ip", "localhost")]).address(of: .shell) == "tcp://127.0.0.1:1")
    let ipc = try Self.parse([("transport", "ipc"), ("ip", "/tmp/k")])
    #expect(ipc.address(of: .control) == "ipc:///tmp/k-4")
  }

  @Test("may leave out what has a default, and may say more")
  func tolerance() throws {
    let file = try Self.parse([
      ("transport", nil), ("ip", nil), ("signature_scheme", nil), ("kernel_name", nil),
      ("registration_address", "tcp://127.0.0.1:9"), ("kernel_id", "x"),
    ])
    #expect(file.address(of: .stdin) == "tcp://127.0.0.1:3")
  }

  @Test(
    "say what is wrong with them",
    arguments: [
      ("transport", "udp", "unknown transport `udp`; tcp and ipc are known"),
      ("signature_scheme", "none", "unknown signature scheme `none`; hmac-sha256 is known"),
      ("key", nil, "`key` must be a string"), ("key", 1, "`key` must be a string"),
      ("ip", "", "`ip` must not be empty"), ("ip", .null, "`ip` must be a string"),
      ("shell_port", -1, "`shell_port` must be a port from 1 to 65535, or 0 for any"),
      ("shell_port", "1", "`shell_port` must be a port from 1 to 65535, or 0 for any"),
      ("hb_port", 65_536, "`hb_port` must be a port from 1 to 65535, or 0 for any"),
      ("hb_port", nil, "`hb_port` must be a port from 1 to 65535, or 0 for any"),
      ("hb_port", 1, "`hb_port` names the port of another channel"),
      (
        "curve_publickey", "short",
        "`curve_secretkey` is missing, which belongs to `curve_publickey`"
      ),
      (
        "curve_secretkey", "short",
        "`curve_publickey` is missing, which belongs to `curve_secretkey`"
      ),
    ] as [(String, JSON?, String)])
  func refusals(key: String, value: JSON?, reason: String) {
    #expect(throws: ConnectionFileError(reason)) { try Self.parse([(key, value)]) }
  }

  @Test("may leave ports to the kernel, and say them when they are chosen")
  func chosenPorts() throws {
    var file = try Self.parse([("shell_port", 0), ("hb_port", 0)])
    #expect(file.choosesPorts)
    #expect(file.address(of: .shell) == "tcp://127.0.0.1:*")
    #expect(file.address(of: .iopub) == "tcp://127.0.0.1:2")
    file.ports[.shell] = 1
    file.ports[.heartbeat] = 5
    #expect(!file.choosesPorts)
    let written = JSON.object(file.members).serialized()
    let read = try ConnectionFile(parsing: written)
    #expect(read.ports == file.ports)
    #expect(read.key == file.key)
    #expect(ConnectionFile(key: [1]).choosesPorts)
  }

  @Test("carry CURVE keys")
  func curve() throws {
    let key = String(repeating: "a", count: 40)
    let file = try Self.parse([
      ("curve_publickey", .string(key)), ("curve_secretkey", .string(key)),
    ])
    #expect(file.curve?.publicKey == key)
  }
}
