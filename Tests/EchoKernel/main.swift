import Glibc
import History
import JupyterKernel
import Logging
import TestSupport
import ZeroMQTransport

// A kernel whose language only echoes: what clients see of the protocol without a language behind
// it. Usage: echo-kernel CONNECTION_FILE [LOG_LEVEL]
let arguments = CommandLine.arguments
do throws(KernelFailure) {
  let server = KernelServer(
    engine: EchoEngine(), implementation: "echo", version: "1.0", history: .standard(),
    logLevel: arguments.count > 2 ? Logger.Level(rawValue: arguments[2]) ?? .warning : .warning)
  let ending = try server.run(startupFile: arguments.count > 1 ? arguments[1] : "")
  if ending == .stuck { _exit(0) }
} catch {
  let line = Array("echo-kernel: \(error)\n".utf8)
  _ = write(STDERR_FILENO, line, line.count)
  exit(1)
}
