/// The version of the Jupyter messaging protocol that this kernel speaks.
///
/// Headers, `kernel_info_reply` and the kernelspec all say this one, which is wholly implemented.
public enum ProtocolVersion {
  public static let current = "5.6"
}
