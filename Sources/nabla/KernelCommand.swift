import EngineInterface
import Glibc
import History
import JupyterKernel
import Logging
import ZeroMQTransport

/// Runs a Jupyter kernel to its end: the one that a connection file describes, or, without one, a
/// kernel that chooses its ports and says how to connect.
///
/// Returns the exit code: 0 when the kernel was ended, 1 when it could not start; then one line on
/// stderr says why.
func runKernel(
  connectionFile: String?, engine: any Engine, history: HistoryPlace = .standard(),
  logLevel: Logger.Level = .warning
) -> Int32 {
  do {
    let server = KernelServer(
      engine: engine, implementation: "nabla", version: engine.language.version,
      history: history, logLevel: logLevel)
    let ending: Kernel.Ending
    if let connectionFile {
      ending = try server.run(startupFile: connectionFile) { try? RuntimeFolder.path() }
    } else {
      ending = try server.run(runtimeFolder: RuntimeFolder.path(), announce: announce)
    }
    // A cell that does not stop would hold up the orderly end of the process.
    if ending == .stuck { _exit(0) }
    return 0
  } catch {
    put("nabla kernel: \(error)\n", on: STDERR_FILENO)
    return 1
  }
}

/// Says how to connect; Ctrl-C would be missed most, as it ends other programs.
private func announce(connectionFile path: String) {
  put(
    """
    A client connects with
      jupyter console --existing \(path)
    Ctrl-C interrupts the running cell, Ctrl-\\ ends the kernel.

    """, on: STDOUT_FILENO)
}

private func put(_ text: String, on descriptor: Int32) {
  let bytes = Array(text.utf8)
  _ = write(descriptor, bytes, bytes.count)
}
