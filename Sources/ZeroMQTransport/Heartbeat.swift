import CZeroMQ
import Glibc
import JupyterKernel

/// The heartbeat: every message goes back as it came, whatever it is.
///
/// It has a thread of its own, which does nothing else: so it beats on however much there is to be
/// sent on other channels.
enum Heartbeat {
  /// Starts to answer on a socket, which from now on belongs to the heartbeat's thread; it is closed
  /// there when the context is shut down.
  static func start(on socket: Socket) throws(KernelFailure) {
    // Sendable: nobody else uses it from here on.
    nonisolated(unsafe) let pointer = socket.pointer
    try KernelThread.start(name: "heartbeat", stackSize: 1 << 18) {
      var frame = zmq_msg_t()
      zmq_msg_init(&frame)
      while true {
        if zmq_msg_recv(&frame, pointer, 0) < 0 {
          if errno == EINTR { continue }
          break
        }
        let more = zmq_msg_more(&frame) != 0 ? ZMQ_SNDMORE : 0
        // A peer that is gone, or does not read, loses it.
        while zmq_msg_send(&frame, pointer, more | ZMQ_DONTWAIT) < 0, errno == EINTR {}
      }
      zmq_msg_close(&frame)
      zmq_close(pointer)
    }
  }
}
