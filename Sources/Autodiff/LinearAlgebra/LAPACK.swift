import COpenBLAS

/// The routines of LAPACK that gates use, by their Fortran names.
///
/// Matrices are column-major there: a row-major matrix is seen as its transpose. Opened at the first
/// call, as OpenBLAS is.
struct LAPACK: Sendable {
  typealias Index = Int32
  private typealias Factorise =
    @convention(c) (
      UnsafePointer<Index>, UnsafePointer<Index>, UnsafeMutablePointer<Double>,
      UnsafePointer<Index>, UnsafeMutablePointer<Index>, UnsafeMutablePointer<Index>
    ) -> Void
  private typealias SolveFactorised =
    @convention(c) (
      UnsafePointer<CChar>, UnsafePointer<Index>, UnsafePointer<Index>, UnsafePointer<Double>,
      UnsafePointer<Index>, UnsafePointer<Index>, UnsafeMutablePointer<Double>,
      UnsafePointer<Index>, UnsafeMutablePointer<Index>, Int
    ) -> Void
  private typealias Invert =
    @convention(c) (
      UnsafePointer<Index>, UnsafeMutablePointer<Double>, UnsafePointer<Index>,
      UnsafePointer<Index>, UnsafeMutablePointer<Double>, UnsafePointer<Index>,
      UnsafeMutablePointer<Index>
    ) -> Void
  private typealias Cholesky =
    @convention(c) (
      UnsafePointer<CChar>, UnsafePointer<Index>, UnsafeMutablePointer<Double>,
      UnsafePointer<Index>, UnsafeMutablePointer<Index>, Int
    ) -> Void
  private typealias SingularValues =
    @convention(c) (
      UnsafePointer<CChar>, UnsafePointer<CChar>, UnsafePointer<Index>, UnsafePointer<Index>,
      UnsafeMutablePointer<Double>, UnsafePointer<Index>, UnsafeMutablePointer<Double>,
      UnsafeMutablePointer<Double>, UnsafePointer<Index>, UnsafeMutablePointer<Double>,
      UnsafePointer<Index>, UnsafeMutablePointer<Double>, UnsafePointer<Index>,
      UnsafeMutablePointer<Index>, Int, Int
    ) -> Void

  private let dgetrf: Factorise
  private let dgetrs: SolveFactorised
  private let dgetri: Invert
  private let dpotrf: Cholesky
  private let dgesvd: SingularValues

  private static let opened = LAPACK()

  /// The routines.
  ///
  /// Throws: LinAlgError where the library is missing.
  static var routines: LAPACK {
    get throws(GateError) {
      guard let opened else {
        throw GateError(
          .linearAlgebra, "the library OpenBLAS, with its LAPACK, was not found",
          hint: "install libopenblas0 (Debian and Ubuntu)")
      }
      return opened
    }
  }

  private init?() {
    guard let dgetrf = nabla_blas_symbol("dgetrf_"), let dgetrs = nabla_blas_symbol("dgetrs_"),
      let dgetri = nabla_blas_symbol("dgetri_"), let dpotrf = nabla_blas_symbol("dpotrf_"),
      let dgesvd = nabla_blas_symbol("dgesvd_")
    else { return nil }
    self.dgetrf = unsafeBitCast(dgetrf, to: Factorise.self)
    self.dgetrs = unsafeBitCast(dgetrs, to: SolveFactorised.self)
    self.dgetri = unsafeBitCast(dgetri, to: Invert.self)
    self.dpotrf = unsafeBitCast(dpotrf, to: Cholesky.self)
    self.dgesvd = unsafeBitCast(dgesvd, to: SingularValues.self)
  }

  /// Factors a square matrix in place as P L U; false where a pivot is exactly 0.
  func factorise(
    _ matrix: UnsafeMutablePointer<Double>, _ pivots: UnsafeMutablePointer<Index>, size: Int
  ) -> Bool {
    let n = Index(size)
    var info: Index = 0
    dgetrf([n], [n], matrix, [n], pivots, &info)
    return info == 0
  }

  /// Solves with the transpose of a column-major factored matrix, in place, column by column.
  func solveTransposed(
    _ factors: UnsafePointer<Double>, _ pivots: UnsafePointer<Index>, size: Int,
    _ right: UnsafeMutablePointer<Double>, columns: Int
  ) {
    let n = Index(size)
    var info: Index = 0
    dgetrs([CChar(84)], [n], [Index(columns)], factors, [n], pivots, right, [n], &info, 1)
  }

  /// Makes a factored matrix its inverse.
  func invert(
    _ factors: UnsafeMutablePointer<Double>, _ pivots: UnsafePointer<Index>, size: Int
  ) {
    let n = Index(size)
    let length = size * 32
    var info: Index = 0
    withUnsafeTemporaryAllocation(of: Double.self, capacity: length) { work in
      guard let work = work.baseAddress else { return }
      dgetri([n], factors, [n], pivots, work, [Index(length)], &info)
    }
  }

  /// Makes the upper triangle, column-major, its Cholesky factor; false where it has none.
  func cholesky(_ matrix: UnsafeMutablePointer<Double>, size: Int) -> Bool {
    let n = Index(size)
    var info: Index = 0
    dpotrf([CChar(85)], [n], matrix, [n], &info, 1)
    return info == 0
  }

  /// `U`, the singular values and `Vᵀ` of a square matrix, column-major; false where the iteration
  /// did not end.
  func singularValues(
    _ matrix: UnsafeMutablePointer<Double>, size: Int, values: UnsafeMutablePointer<Double>,
    u: UnsafeMutablePointer<Double>, v: UnsafeMutablePointer<Double>
  ) -> Bool {
    let n = Index(size)
    let length = max(1, size * 8)
    var info: Index = 0
    withUnsafeTemporaryAllocation(of: Double.self, capacity: length) { work in
      guard let work = work.baseAddress else { return }
      dgesvd(
        [CChar(65)], [CChar(65)], [n], [n], matrix, [n], values, u, [n], v, [n], work,
        [Index(length)], &info, 1, 1)
    }
    return info == 0
  }
}
