import JupyterProtocol

/// What carries messages between clients and a kernel.
///
/// All of it is called on one thread, the kernel's I/O thread. The heartbeat is the transport's own
/// business.
public protocol Transport: AnyObject {
  /// From now on `wakeup` ends each wait, and is taken back by it.
  func watch(_ wakeup: Wakeup) throws(KernelFailure)

  /// Waits until something came, the watched wakeup was signalled or the time is over, and hands
  /// over what came.
  ///
  /// Control messages come before those of the other channels. Nil waits for ever.
  func wait(milliseconds: Int?, _ handle: (TransportEvent) -> Void)

  /// Whether more waits for subscribers than is good; then nothing is to be sent for now.
  ///
  /// It does not last: subscribers that do not read are cut off by ``wait(milliseconds:_:)``.
  var isCongested: Bool { get }

  /// Sends a multipart message; false when it could not be sent.
  func send(_ parts: [[UInt8]], on channel: Channel) -> Bool

  /// Delivers what was sent, as far as that is possible at once, and closes all channels.
  func close()
}

/// What a transport has to report.
public enum TransportEvent: Sendable {
  /// A multipart message, as it came.
  case message([[UInt8]], Channel)
  /// A client subscribed to iopub; the next message sent there is the first that it gets.
  case subscribed(topic: [UInt8])
  /// The user pressed an interrupt key, or a process sent SIGINT.
  case interrupted
  /// The system asks the process to end.
  case terminated
  /// The process that started the kernel is gone.
  case orphaned
  /// A subscriber that did not read was cut off.
  case cutOff
  /// A connection failed before a message came, and why; `lacksKey` where it is a matter of
  /// encryption, which locks a client out.
  case failed(String, Channel, lacksKey: Bool)
  /// Something was dropped, and why.
  case dropped(String, Channel)
}
