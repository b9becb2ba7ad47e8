import EngineInterface
import Glibc
import History
import JupyterKernel
import Logging
import ZeroMQTransport

/// Runs the Jupyter kernel that a connection file describes, to its end.
///
/// Returns the exit code: 0 when the kernel was ended, 1 when it could not start; then one line on
/// stderr says why.
func runKernel(
  connectionFile: String, engine: any Engine, history: HistoryPlace = .standard(),
  logLevel: Logger.Level = .warning
) -> Int32 {
  do throws(KernelFailure) {
    let ending = try KernelServer.run(
      connectionFile: connectionFile, engine: engine, implementation: "nabla",
      version: engine.language.version, history: history, logLevel: logLevel)
    // A cell that does not stop would hold up the orderly end of the process.
    if ending == .stuck { _exit(0) }
    return 0
  } catch {
    let line = Array("nabla kernel: \(error)\n".utf8)
    _ = write(STDERR_FILENO, line, line.count)
    return 1
  }
}
